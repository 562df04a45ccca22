//! Numbers and booleans as Go's `strconv` reads them.

/// `strconv.Atoi`: digits with an optional sign, nothing else.
pub(crate) fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    (!digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())).then(|| text.parse().ok())?
}

/// `strconv.ParseBool`.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// `strconv.ParseFloat`, underscores and hexadecimals left out.
pub(crate) fn float(text: &str) -> Option<f64> {
    let plain = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
    let word = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
    if !text.chars().all(plain) && !["inf", "infinity", "nan"].contains(&word.as_str()) {
        return None;
    }
    text.parse().ok()
}

/// `%v` of a float: the shortest digits that mean it, with an exponent from a million on.
pub(crate) fn shown(value: f64) -> String {
    let scientific = format!("{value:e}");
    let Some((digits, power)) = scientific.split_once('e') else { return value.to_string() };
    let power: i32 = power.parse().unwrap_or(0);
    if (-4..6).contains(&power) {
        return value.to_string();
    }
    let sign = if power < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", power.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        assert_eq!(integer("12"), Some(12));
        assert_eq!(integer("-3"), Some(-3));
        for text in ["", "-", "1.0", "1e3", " 1", "0x1", "99999999999999999999"] {
            assert_eq!(integer(text), None, "{text}");
        }
    }

    #[test]
    fn floats() {
        assert_eq!(float("50.4"), Some(50.4));
        assert_eq!(float("1e3"), Some(1000.0));
        assert_eq!(float("fifty"), None);
        assert_eq!(float(""), None);
    }

    #[test]
    fn floats_are_shown_as_go_shows_them() {
        for (value, text) in [
            (8.0, "8"),
            (1.5, "1.5"),
            (100_000.0, "100000"),
            (1_000_000.0, "1e+06"),
            (8_589_934_592.0, "8.589934592e+09"),
            (12_345_678.9, "1.23456789e+07"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (0.0, "0"),
        ] {
            assert_eq!(shown(value), text);
        }
    }
}
