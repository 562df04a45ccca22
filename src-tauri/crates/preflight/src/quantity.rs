//! Kubernetes quantities: `8Gi`, `500m`, `1.5`, `8e9`. In thousandths, so that CPU and memory compare alike.

/// A quantity in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Quantity(pub(crate) i128);

const SUFFIXES: &[(&str, i128)] = &[
    ("Ki", 1 << 10),
    ("Mi", 1 << 20),
    ("Gi", 1 << 30),
    ("Ti", 1 << 40),
    ("Pi", 1 << 50),
    ("Ei", 1 << 60),
    ("k", 1_000),
    ("M", 1_000_000),
    ("G", 1_000_000_000),
    ("T", 1_000_000_000_000),
    ("P", 1_000_000_000_000_000),
    ("E", 1_000_000_000_000_000_000),
];

impl Quantity {
    /// Reads one; `None` when it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let thousandths = |number: &str, factor: i128| {
            let (whole, part) = number.split_once('.').unwrap_or((number, ""));
            let negative = whole.starts_with('-');
            let digits = |text: &str| text.chars().all(|digit| digit.is_ascii_digit());
            let whole = whole.trim_start_matches(['-', '+']);
            if (whole.is_empty() && part.is_empty()) || !digits(whole) || !digits(part) || part.len() > 18 {
                return None;
            }
            let base: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
            let scale = 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
            let fraction: i128 = if part.is_empty() { 0 } else { part.parse().ok()? };
            let all =
                base.checked_mul(scale)?.checked_add(fraction)?.checked_mul(1000)?.checked_mul(factor)?;
            // Quantities round up to what they can express.
            let value = all.div_euclid(scale) + i128::from(all.rem_euclid(scale) != 0);
            Some(if negative { -value } else { value })
        };
        if let Some((suffix, factor)) = SUFFIXES.iter().find(|(suffix, _)| text.ends_with(suffix)) {
            return thousandths(text.strip_suffix(suffix)?, *factor).map(Self);
        }
        if let Some(number) = text.strip_suffix('m') {
            let value = thousandths(number, 1)?;
            return Some(Self(value.div_euclid(1000) + i128::from(value.rem_euclid(1000) != 0)));
        }
        if let Some((number, power)) = text.split_once(['e', 'E']) {
            let power: u32 = power.parse().ok().filter(|power| *power <= 18)?;
            return thousandths(number, 10_i128.pow(power)).map(Self);
        }
        thousandths(text, 1).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        for (text, thousandths) in [
            ("2", 2_000),
            ("500m", 500),
            ("1.5", 1_500),
            ("8Gi", 8_589_934_592_000),
            ("8e9", 8_000_000_000_000),
            ("14.0", 14_000),
            ("32937736Ki", 33_728_241_664_000),
            ("0", 0),
        ] {
            assert_eq!(Quantity::parse(text), Some(Quantity(thousandths)), "{text}");
        }
        for text in ["", "Gi", "eight", "1..2", "1 Gi", "0x10"] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
    }
}
