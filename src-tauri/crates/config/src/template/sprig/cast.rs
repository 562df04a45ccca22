//! How sprig turns anything into a number or a text. What is no number is 0.

use std::borrow::Cow;

use crate::go::{float, number};
use crate::template::engine::function::Fault;
use crate::template::engine::print::shown;
use crate::template::engine::value::Value;

/// A float cut to a whole number as the processors do that Go programs run on: out of range is the smallest.
pub(crate) fn cut(number: f64) -> i64 {
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number) {
        number as i64
    } else {
        i64::MIN
    }
}

/// A whole number.
pub(crate) fn int(value: &Value) -> i64 {
    match value {
        Value::Int(_, number) => *number,
        Value::Uint(_, number) => *number as i64,
        Value::Float(number) => cut(*number),
        Value::Bool(yes) => i64::from(*yes),
        Value::Text(text) => match number::signed(whole_part(text), 0) {
            (number, None) => number,
            _ => 0,
        },
        _ => 0,
    }
}

/// The whole part of a decimal number; any other text as it is.
fn whole_part(text: &[u8]) -> &[u8] {
    let Some(point) = text.iter().position(|byte| *byte == b'.') else { return text };
    let (whole, fraction) = (&text[..point], &text[point + 1..]);
    let digits = whole.strip_prefix(b"-").or_else(|| whole.strip_prefix(b"+")).unwrap_or(whole);
    let is_decimal = digits.iter().chain(fraction).all(u8::is_ascii_digit);
    match (is_decimal, whole) {
        (false, _) => text,
        (true, b"" | b"-" | b"+") => b"0",
        (true, whole) => whole,
    }
}

/// A number with a fraction.
pub(crate) fn float(value: &Value) -> f64 {
    match value {
        Value::Int(_, number) => *number as f64,
        Value::Uint(_, number) => *number as f64,
        Value::Float(number) => *number,
        Value::Bool(yes) => f64::from(u8::from(*yes)),
        Value::Text(text) => match float::parse(text) {
            (number, None) => number,
            _ => 0.0,
        },
        _ => 0.0,
    }
}

/// A text.
pub(crate) fn text(value: &Value) -> Result<Cow<'_, [u8]>, Fault> {
    match value {
        Value::Text(text) => Ok(Cow::Borrowed(text)),
        other => Ok(Cow::Owned(shown(other)?)),
    }
}

/// A list of texts: of a list's items without nil, of anything else alone.
pub(crate) fn texts(value: &Value) -> Result<Vec<Vec<u8>>, Fault> {
    match value {
        Value::Nil => Ok(Vec::new()),
        Value::List(list) => {
            let items = list.items.borrow();
            let items = items.iter().filter(|item| !matches!(item, Value::Nil));
            items.map(|item| text(item).map(Cow::into_owned)).collect()
        }
        other => Ok(vec![text(other)?.into_owned()]),
    }
}

#[cfg(test)]
mod tests {
    use super::{float, int};
    use crate::template::engine::value::Value;

    #[test]
    fn anything_is_a_number() {
        for (given, wanted) in [
            ("0x10", 16),
            ("12.7", 12),
            (".5", 0),
            ("-.5", 0),
            ("1.2.3", 0),
            ("5 ", 0),
            ("", 0),
            ("1_000", 1000),
        ] {
            assert_eq!(int(&Value::text(given)), wanted, "{given}");
        }
        assert_eq!(int(&Value::Float(1e19)), i64::MIN, "out of range");
        assert_eq!((int(&Value::Nil), int(&Value::list(Vec::new()))), (0, 0));
        assert!(float(&Value::text("1e999")).abs() < f64::EPSILON, "an error is 0");
    }
}
