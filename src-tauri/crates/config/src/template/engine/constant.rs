//! Number and character constants, read as every kind of number they can be.

use super::ast::Number;
use crate::go::unquote::{Part, unquote_char};
use crate::go::{float, number, quote, utf8};

fn shown(text: &str) -> String {
    utf8::lossy(&quote::quoted(text.as_bytes()))
}

/// A character in single quotes.
pub(super) fn character(text: &str) -> Result<Number, String> {
    let Some((part, tail)) = unquote_char(&text.as_bytes()[1..], b'\'') else {
        return Err("invalid syntax".to_owned());
    };
    if tail != b"'" {
        return Err(format!("malformed character constant: {text}"));
    }
    let code = match part {
        Part::Char(character) => u32::from(character),
        Part::Byte(byte) => u32::from(byte),
    };
    Ok(Number {
        int: Some(i64::from(code)),
        uint: Some(u64::from(code)),
        float: Some(f64::from(code)),
        complex: None,
        text: text.to_owned(),
    })
}

/// A pair such as `1+2i`.
pub(super) fn complex(text: &str) -> Result<Number, String> {
    let wrong = || "syntax error scanning complex number".to_owned();
    let inner = text.strip_suffix('i').ok_or_else(wrong)?;
    // The sign between the parts is the last one that belongs to no exponent.
    let bytes = inner.as_bytes();
    let split = (1..bytes.len())
        .rev()
        .find(|at| matches!(bytes[*at], b'+' | b'-') && !matches!(bytes[at - 1], b'e' | b'E' | b'p' | b'P'))
        .ok_or_else(wrong)?;
    let part = |text: &str| match float::parse(text.as_bytes()) {
        (number, None) => Ok(number),
        (_, Some(error)) => Err(error.sentence("ParseFloat", text.as_bytes())),
    };
    let (real, imaginary) = (part(&inner[..split])?, part(&inner[split..])?);
    Ok(simplified(real, imaginary, text))
}

/// A complex number is every other number, too, when it has no imaginary part.
fn simplified(real: f64, imaginary: f64, text: &str) -> Number {
    let float = (imaginary == 0.0).then_some(real);
    Number {
        int: float.and_then(whole),
        uint: float.and_then(natural),
        float,
        complex: Some((real, imaginary)),
        text: text.to_owned(),
    }
}

#[allow(clippy::float_cmp, reason = "whether nothing is lost is the question")]
fn whole(number: f64) -> Option<i64> {
    let cut = number as i64;
    // The conversion saturates where Go's wraps, and 2^63 itself is out of range.
    (cut as f64 == number && number < 9_223_372_036_854_775_808.0).then_some(cut)
}

#[allow(clippy::float_cmp, reason = "whether nothing is lost is the question")]
fn natural(number: f64) -> Option<u64> {
    let cut = number as u64;
    (cut as f64 == number && number < 18_446_744_073_709_551_616.0).then_some(cut)
}

/// Any other number.
pub(super) fn number(text: &str) -> Result<Number, String> {
    let bytes = text.as_bytes();
    if let Some((imaginary, None)) = text.strip_suffix('i').map(|inner| float::parse(inner.as_bytes())) {
        return Ok(simplified(0.0, imaginary, text));
    }
    let mut found = Number { text: text.to_owned(), ..Number::default() };
    let (uint, uint_error) = number::unsigned(bytes, 0);
    found.uint = uint_error.is_none().then_some(uint);
    let (int, int_error) = number::signed(bytes, 0);
    if int_error.is_none() {
        found.int = Some(int);
        if int == 0 {
            found.uint = Some(uint);
        }
    }
    if let Some(int) = found.int {
        found.float = Some(int as f64);
    } else if let Some(uint) = found.uint {
        found.float = Some(uint as f64);
    } else if let (float, None) = float::parse(bytes) {
        if !text.contains(['.', 'e', 'E', 'p', 'P']) {
            return Err(format!("integer overflow: {}", shown(text)));
        }
        found.float = Some(float);
        found.int = whole(float);
        found.uint = natural(float);
    }
    if found.float.is_none() {
        return Err(format!("illegal number syntax: {}", shown(text)));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{character, complex, number};

    #[test]
    fn constants_are_every_number_they_can_be() {
        let found = number("0x_ff").expect("a number");
        assert_eq!((found.int, found.uint, found.float), (Some(255), Some(255), Some(255.0)));
        let found = number("1e3").expect("a number");
        assert_eq!((found.int, found.float), (Some(1000), Some(1000.0)), "a whole float is an integer");
        assert_eq!(number("1.5").expect("a number").int, None);
        assert_eq!(complex("1+2i").expect("a number").complex, Some((1.0, 2.0)));
        assert_eq!(character(r"'\n'").expect("a character").int, Some(10));
    }

    #[test]
    fn errors_are_gos() {
        assert_eq!(number("08").expect_err("octal"), "integer overflow: \"08\"");
        assert_eq!(number("-").expect_err("no digits"), "illegal number syntax: \"-\"");
        assert_eq!(character("'ab'").expect_err("two"), "malformed character constant: 'ab'");
    }
}
