//! Numbers in text, as Go's `strconv` reads them.

/// Why a text is no number. The words are Go's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberError {
    /// Not written as a number.
    Syntax,
    /// Too large; the value given is the largest there is.
    Range,
    /// No such base.
    Base(i64),
}

impl NumberError {
    /// Go's sentence, with the name of Go's function and the text.
    pub(crate) fn sentence(self, function: &str, text: &[u8]) -> String {
        let why = match self {
            Self::Syntax => "invalid syntax".to_owned(),
            Self::Range => "value out of range".to_owned(),
            Self::Base(base) => format!("invalid base {base}"),
        };
        format!("strconv.{function}: parsing {}: {why}", super::utf8::lossy(&super::quote::quoted(text)))
    }
}

/// A number and, when the text is none, why.
pub(crate) type Read<T> = (T, Option<NumberError>);

/// A whole number without sign. Base 0 reads the prefix and allows underscores.
pub(crate) fn unsigned(text: &[u8], base: i64) -> Read<u64> {
    if text.is_empty() {
        return (0, Some(NumberError::Syntax));
    }
    let (radix, digits) = match base {
        0 => prefixed(text),
        2..=36 => (base as u64, text),
        _ => return (0, Some(NumberError::Base(base))),
    };
    let mut number = 0u64;
    let mut underscores = false;
    for byte in digits {
        if *byte == b'_' && base == 0 {
            underscores = true;
            continue;
        }
        let Some(digit) = digit(*byte).filter(|digit| *digit < radix) else {
            return (0, Some(NumberError::Syntax));
        };
        number = match number.checked_mul(radix).and_then(|all| all.checked_add(digit)) {
            Some(number) => number,
            None => return (u64::MAX, Some(NumberError::Range)),
        };
    }
    if underscores && !underscores_in_place(text) {
        return (0, Some(NumberError::Syntax));
    }
    (number, None)
}

fn prefixed(text: &[u8]) -> (u64, &[u8]) {
    if text[0] != b'0' {
        return (10, text);
    }
    match text.get(1).map(u8::to_ascii_lowercase) {
        Some(b'b') if text.len() >= 3 => (2, &text[2..]),
        Some(b'o') if text.len() >= 3 => (8, &text[2..]),
        Some(b'x') if text.len() >= 3 => (16, &text[2..]),
        _ => (8, &text[1..]),
    }
}

fn digit(byte: u8) -> Option<u64> {
    match byte {
        b'0'..=b'9' => Some(u64::from(byte - b'0')),
        b'a'..=b'z' => Some(u64::from(byte - b'a') + 10),
        b'A'..=b'Z' => Some(u64::from(byte - b'A') + 10),
        _ => None,
    }
}

/// A whole number with an optional sign.
pub(crate) fn signed(text: &[u8], base: i64) -> Read<i64> {
    let (negative, digits) = match text.first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let (number, error) = unsigned(digits, base);
    if matches!(error, Some(NumberError::Syntax | NumberError::Base(_))) {
        return (0, error);
    }
    let limit = 1u64 << 63;
    match (negative, number) {
        (false, number) if number >= limit => (i64::MAX, Some(NumberError::Range)),
        (true, number) if number > limit => (i64::MIN, Some(NumberError::Range)),
        (false, number) => (number as i64, None),
        (true, number) => ((number as i64).wrapping_neg(), None),
    }
}

/// Whether each underscore stands between digits, or between a base prefix and a digit.
pub(crate) fn underscores_in_place(text: &[u8]) -> bool {
    let text = match text.first() {
        Some(b'-' | b'+') => &text[1..],
        _ => text,
    };
    let prefix = (text.len() >= 2 && text[0] == b'0').then(|| text[1].to_ascii_lowercase());
    let (mut saw, digits, hex) = match prefix {
        Some(kind @ (b'b' | b'o' | b'x')) => (b'0', &text[2..], kind == b'x'),
        _ => (b'^', text, false),
    };
    for byte in digits {
        if byte.is_ascii_digit() || (hex && byte.is_ascii_hexdigit()) {
            saw = b'0';
        } else if *byte == b'_' {
            if saw != b'0' {
                return false;
            }
            saw = b'_';
        } else if saw == b'_' {
            return false;
        } else {
            saw = b'!';
        }
    }
    saw != b'_'
}

/// A boolean in one of the twelve spellings.
pub(crate) fn boolean(text: &[u8]) -> Option<bool> {
    match text {
        b"1" | b"t" | b"T" | b"TRUE" | b"true" | b"True" => Some(true),
        b"0" | b"f" | b"F" | b"FALSE" | b"false" | b"False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{NumberError, signed, underscores_in_place, unsigned};

    #[test]
    fn whole_numbers_are_read_as_in_go() {
        for (text, base, wanted) in [
            ("0x_ff", 0, (255, None)),
            ("017", 0, (15, None)),
            ("017", 10, (17, None)),
            ("-9223372036854775809", 10, (i64::MIN, Some(NumberError::Range))),
            ("08", 0, (0, Some(NumberError::Syntax))),
            ("1__0", 0, (0, Some(NumberError::Syntax))),
            ("z", 36, (35, None)),
            ("1", 37, (0, Some(NumberError::Base(37)))),
        ] {
            assert_eq!(signed(text.as_bytes(), base), wanted, "{text} to base {base}");
        }
        assert_eq!(unsigned(b"-1", 10), (0, Some(NumberError::Syntax)), "no sign");
        assert!(!underscores_in_place(b"_1") && underscores_in_place(b"1_0.5"), "between digits only");
    }
}
