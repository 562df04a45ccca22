//! What a bare word means.

use crate::go::number;
use crate::go::{float, time_parse};

/// The meaning of a bare word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Scalar {
    /// Nothing.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number beyond the signed ones.
    Uint(u64),
    /// A number with a fraction.
    Float(f64),
    /// A date.
    Timestamp,
    /// A text.
    Text,
}

/// Resolves a bare word by YAML 1.1.
pub(crate) fn resolve(text: &str) -> Scalar {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Scalar::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Scalar::Bool(false),
        _ => resolve_newer(text, false),
    }
}

/// The same without the old booleans; `octal` also reads `0o7`.
pub(crate) fn resolve_newer(text: &str, octal: bool) -> Scalar {
    match text {
        "true" | "True" | "TRUE" => return Scalar::Bool(true),
        "false" | "False" | "FALSE" => return Scalar::Bool(false),
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        ".nan" | ".NaN" | ".NAN" => return Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        _ => {}
    }
    match text.as_bytes()[0] {
        b'.' => match float::parse(text.as_bytes()) {
            (number, None) => Scalar::Float(number),
            _ => Scalar::Text,
        },
        b'+' | b'-' | b'0'..=b'9' if is_timestamp(text) => Scalar::Timestamp,
        b'+' | b'-' | b'0'..=b'9' => numeric(&text.replace('_', ""), octal),
        _ => Scalar::Text,
    }
}

fn numeric(plain: &str, octal: bool) -> Scalar {
    let bytes = plain.as_bytes();
    if let (number, None) = number::signed(bytes, 0) {
        return Scalar::Int(number);
    }
    if let (number, None) = number::unsigned(bytes, 0) {
        return Scalar::Uint(number);
    }
    if is_decimal(plain)
        && let (number, None) = float::parse(bytes)
    {
        return Scalar::Float(number);
    }
    // Signs within the digits are read, too: 0b-1.
    let bases: &[(&str, i64)] = if octal { &[("0b", 2), ("0o", 8)] } else { &[("0b", 2)] };
    for (prefix, base) in bases {
        let (digits, sign) = match plain.strip_prefix('-') {
            Some(rest) => (rest.strip_prefix(prefix), "-"),
            None => (plain.strip_prefix(prefix), ""),
        };
        if let Some(digits) = digits {
            if let (number, None) = number::signed(format!("{sign}{digits}").as_bytes(), *base) {
                return Scalar::Int(number);
            }
            if let (number, None) = number::unsigned(digits.as_bytes(), *base)
                && sign.is_empty()
            {
                return Scalar::Uint(number);
            }
        }
    }
    Scalar::Text
}

/// `-1.5e3`, `.5`, `1.` and the like.
fn is_decimal(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|text| {
        let text = text.strip_prefix(['-', '+']).unwrap_or(text);
        !text.is_empty() && digits(text)
    });
    let mantissa_fits = match mantissa.split_once('.') {
        Some((whole, fraction)) => {
            digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty())
        }
        None => !mantissa.is_empty() && digits(mantissa),
    };
    exponent_fits && mantissa_fits
}

const LAYOUTS: [&str; 4] = [
    "2006-1-2T15:4:5.999999999Z07:00",
    "2006-1-2t15:4:5.999999999Z07:00",
    "2006-1-2 15:4:5.999999999",
    "2006-1-2",
];

fn is_timestamp(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits != 4 || text.as_bytes().get(4) != Some(&b'-') {
        return false;
    }
    LAYOUTS.iter().any(|layout| time_parse::parse(layout.as_bytes(), text.as_bytes()).is_ok())
}

/// Whether it would be a number to the base of 60, which old readers know.
pub(crate) fn is_base60(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !text.starts_with(|first: char| first.is_ascii_digit()) || !text.contains(':') {
        return false;
    }
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (text, ""),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let mut parts = whole.split(':');
    let first = parts.next().unwrap_or_default();
    let is_sixtieth = |part: &str| {
        let bytes = part.as_bytes();
        match bytes {
            [one] => one.is_ascii_digit(),
            [ten, one] => (b'0'..=b'5').contains(ten) && one.is_ascii_digit(),
            _ => false,
        }
    };
    is_digits(first) && parts.all(is_sixtieth) && is_digits(fraction)
}
