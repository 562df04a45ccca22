//! Kubernetes quantities: `8Gi`, `500m`, `1.5`, `8e9`, as `resource.Quantity` of k8s.io/apimachinery reads them.

use std::cmp::Ordering;

/// A quantity: what it is worth, and what it is as a whole number where upstream sees one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quantity {
    /// In billionths, the smallest step there is.
    nano: i128,
    whole: Option<i64>,
}

const NANO: i128 = 1_000_000_000;

/// What a suffix multiplies with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scale {
    Ten(i32),
    Two(u32),
}

fn scale(suffix: &str) -> Option<Scale> {
    Some(match suffix {
        "" => Scale::Ten(0),
        "n" => Scale::Ten(-9),
        "u" => Scale::Ten(-6),
        "m" => Scale::Ten(-3),
        "k" => Scale::Ten(3),
        "M" => Scale::Ten(6),
        "G" => Scale::Ten(9),
        "T" => Scale::Ten(12),
        "P" => Scale::Ten(15),
        "E" => Scale::Ten(18),
        "Ki" => Scale::Two(10),
        "Mi" => Scale::Two(20),
        "Gi" => Scale::Two(30),
        "Ti" => Scale::Two(40),
        "Pi" => Scale::Two(50),
        "Ei" => Scale::Two(60),
        exponent => Scale::Ten(exponent.strip_prefix(['e', 'E'])?.parse().ok()?),
    })
}

/// A quantity's parts before they are worth anything.
struct Parts<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    suffix: &'a str,
}

fn parts(text: &str) -> Option<Parts<'_>> {
    let negative = text.starts_with('-');
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text).trim_start_matches('0');
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (whole, rest) = unsigned.split_at(digits(unsigned));
    let (fraction, suffix) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(digits(rest)),
        None => ("", rest),
    };
    let tail = suffix.trim_start_matches(|c: char| "eEinumkKMGTP".contains(c));
    let tail = tail.strip_prefix(['-', '+']).unwrap_or(tail);
    tail.chars().all(|c| c.is_ascii_digit()).then_some(Parts { negative, whole, fraction, suffix })
}

impl Quantity {
    /// Nothing.
    pub(crate) const ZERO: Self = Self { nano: 0, whole: Some(0) };

    /// Reads one; `None` when it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let parts = parts(text)?;
        let scale = scale(parts.suffix)?;
        let size = i32::try_from(parts.whole.len().max(1) + parts.fraction.len()).ok()?;
        let digits = format!("0{}{}", parts.whole, parts.fraction);
        let places = i32::try_from(parts.fraction.len()).ok()?;
        let found = match scale {
            Scale::Ten(power) if 18 - size >= 0 && power - places >= -9 => {
                Self::decimal(digits.parse().ok()?, power - places)
            }
            Scale::Two(power) if places == 0 && 15 - size - (power.cast_signed() * 3 / 10) > 0 => {
                let value: i64 = digits.parse().ok()?;
                Self::binary(value, power)?
            }
            _ => Self::wide(&digits, parts.fraction.len(), scale)?,
        };
        Some(if parts.negative {
            Self { nano: -found.nano, whole: found.whole.map(|whole| -whole) }
        } else {
            found
        })
    }

    fn decimal(value: i64, power: i32) -> Self {
        let ten = |power: i32| 10_i128.checked_pow(u32::try_from(power).unwrap_or(0));
        let nano =
            ten(power + 9).and_then(|factor| factor.checked_mul(i128::from(value))).unwrap_or(i128::MAX);
        let whole = match power {
            ..0 => None,
            _ => ten(power)
                .and_then(|factor| factor.checked_mul(i128::from(value)))
                .and_then(|whole| i64::try_from(whole).ok()),
        };
        Self { nano: if value == 0 { 0 } else { nano }, whole }
    }

    fn binary(value: i64, power: u32) -> Option<Self> {
        let whole = value.checked_mul(1_i64.checked_shl(power)?)?;
        Some(Self { nano: i128::from(whole) * NANO, whole: Some(whole) })
    }

    /// Numbers past the plain ones: rounded up to a billionth, and no whole number to upstream even when they
    /// are one.
    fn wide(digits: &str, places: usize, scale: Scale) -> Option<Self> {
        let digits = digits.trim_start_matches('0');
        if digits.len() > 36 {
            return Some(Self { nano: i128::MAX, whole: None });
        }
        let value: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        let places = i32::try_from(places).ok()?;
        let nano = match scale {
            Scale::Ten(power) => ratio(value, 1, power - places + 9),
            Scale::Two(power) => ratio(value, 1 << power, 9 - places),
        };
        let most = if matches!(scale, Scale::Two(_)) { i128::from(i64::MAX) * NANO } else { i128::MAX };
        Some(Self { nano: nano.min(most), whole: None })
    }

    /// As a whole number, if upstream can see it as one: a fraction never, however it comes out.
    pub(crate) fn as_i64(self) -> Option<i64> {
        self.whole
    }

    /// Rounded up to a whole number.
    pub(crate) fn ceil(self) -> i64 {
        let up = self.nano.div_euclid(NANO) + i128::from(self.nano.rem_euclid(NANO) != 0);
        i64::try_from(up).unwrap_or(i64::MAX)
    }

    /// The sum of two.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self { nano: self.nano.saturating_add(other.nano), whole: None }
    }
}

/// `value × factor × 10^power`, rounded up, and the most there is when it does not fit.
fn ratio(value: i128, factor: i128, power: i32) -> i128 {
    let Some(product) = value.checked_mul(factor) else { return i128::MAX };
    let Some(ten) = 10_i128.checked_pow(power.unsigned_abs()) else {
        return if power > 0 && product != 0 { i128::MAX } else { i128::from(product != 0) };
    };
    if power >= 0 {
        product.checked_mul(ten).unwrap_or(i128::MAX)
    } else {
        product / ten + i128::from(product % ten != 0)
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nano == other.nano
    }
}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.nano.cmp(&other.nano))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worth() {
        for (text, nano) in [
            ("2", 2 * NANO),
            ("500m", NANO / 2),
            ("1.5", NANO * 3 / 2),
            ("8Gi", 8_589_934_592 * NANO),
            ("8e9", 8_000_000_000 * NANO),
            ("8E9", 8_000_000_000 * NANO),
            ("14.0", 14 * NANO),
            ("0", 0),
            ("-1", -NANO),
            ("1.5Gi", 1_610_612_736 * NANO),
            // Neither number nor digits are needed by upstream's reader.
            ("Gi", 0),
            ("-", 0),
        ] {
            assert_eq!(Quantity::parse(text).map(|found| found.nano), Some(nano), "{text}");
        }
        for text in ["", "eight", "1..2", "1 Gi", "0x10", "8GB", "1e", "8 ", "Kii"] {
            assert!(Quantity::parse(text).is_none(), "{text} is no quantity");
        }
    }

    #[test]
    fn only_plain_numbers_are_whole() {
        for (text, whole) in [
            ("8Gi", Some(8_589_934_592)),
            ("8G", Some(8_000_000_000)),
            ("1.5G", Some(1_500_000_000)),
            ("7.5Gi", None),
            ("7.5", None),
            ("500m", None),
            ("1e3", Some(1000)),
            ("9223372036854775808", None),
        ] {
            assert_eq!(Quantity::parse(text).and_then(Quantity::as_i64), whole, "{text}");
        }
    }
}
