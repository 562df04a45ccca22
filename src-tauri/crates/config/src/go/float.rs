//! Numbers with a fraction: Go's `ParseFloat` and `FormatFloat` for 64 bits.

use super::number::{NumberError, Read, underscores_in_place};

/// Reads a number: decimal or hexadecimal, with underscores between digits, or the words for infinity and
/// for no number. Too large a number is an infinity.
pub(crate) fn parse(text: &[u8]) -> Read<f64> {
    if let Some(special) = special(text) {
        return (special, None);
    }
    let (negative, digits) = match text.first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.contains(&b'_') && !underscores_in_place(text) {
        return (0.0, Some(NumberError::Syntax));
    }
    let plain: Vec<u8> = digits.iter().copied().filter(|byte| *byte != b'_').collect();
    let is_hex = plain.len() > 2 && plain[0] == b'0' && plain[1].eq_ignore_ascii_case(&b'x');
    let read = if is_hex { hexadecimal(&plain[2..]) } else { decimal(&plain) };
    let Some(number) = read else { return (0.0, Some(NumberError::Syntax)) };
    let signed = if negative { -number } else { number };
    (signed, number.is_infinite().then_some(NumberError::Range))
}

fn special(text: &[u8]) -> Option<f64> {
    let lower = text.to_ascii_lowercase();
    match lower.as_slice() {
        b"nan" => Some(f64::NAN),
        b"inf" | b"+inf" | b"infinity" | b"+infinity" => Some(f64::INFINITY),
        b"-inf" | b"-infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

fn decimal(digits: &[u8]) -> Option<f64> {
    let is_allowed = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-');
    // Signs stand behind the exponent's letter only.
    if !digits.iter().all(is_allowed) || matches!(digits.first(), Some(b'+' | b'-')) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn hexadecimal(digits: &[u8]) -> Option<f64> {
    let mark = digits.iter().position(|byte| byte.eq_ignore_ascii_case(&b'p'))?;
    let (mut mantissa, mut exponent, mut lost, mut seen, mut dot) = (0u64, 0i64, false, false, false);
    for byte in &digits[..mark] {
        if *byte == b'.' && !dot {
            dot = true;
            continue;
        }
        let digit = char::from(*byte).to_digit(16)?;
        seen = true;
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | u64::from(digit);
            exponent -= if dot { 4 } else { 0 };
        } else {
            lost |= digit != 0;
            exponent += if dot { 0 } else { 4 };
        }
    }
    if !seen {
        return None;
    }
    let (sign, power) = match digits.get(mark + 1)? {
        b'+' => (1, &digits[mark + 2..]),
        b'-' => (-1, &digits[mark + 2..]),
        _ => (1, &digits[mark + 1..]),
    };
    if power.is_empty() || !power.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let power = power.iter().fold(0i64, |all, byte| (all * 10 + i64::from(byte - b'0')).min(100_000));
    Some(assemble(mantissa, exponent + sign * power, lost))
}

/// The number nearest to `mantissa * 2^exponent`, halves to even; `lost` says that more bits followed.
fn assemble(mut mantissa: u64, mut exponent: i64, lost: bool) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let shift = i64::from(mantissa.leading_zeros());
    mantissa <<= shift;
    exponent -= shift;
    // Now the value is mantissa * 2^exponent with the top bit set; 53 bits stay, fewer near zero.
    let highest = exponent + 63;
    let keep = if highest >= -1022 { 53 } else { 53 - (-1022 - highest) };
    if keep < 0 {
        return 0.0;
    }
    let drop = (64 - keep).min(64) as u32;
    let (kept, rest) =
        if drop == 64 { (0, mantissa) } else { (mantissa >> drop, mantissa & ((1u64 << drop) - 1)) };
    let half = 1u64 << (drop - 1);
    let up = rest > half || (rest == half && (lost || kept & 1 == 1));
    let rounded = kept + u64::from(up);
    let scale = exponent + i64::from(drop);
    if scale > 1023 { f64::INFINITY } else { scaled(rounded, scale) }
}

/// `number * 2^power`, exact because `number` has at most 54 bits and was rounded for this power.
fn scaled(number: u64, power: i64) -> f64 {
    let mut value = number as f64;
    let mut power = power;
    while power > 0 {
        let step = power.min(1000);
        value *= 2f64.powi(step as i32);
        power -= step;
    }
    while power < 0 {
        let step = power.max(-1000);
        value *= 2f64.powi(step as i32);
        power -= step;
    }
    value
}

/// Digits of a number and where its point stands: `0.d₁d₂… × 10^point`.
struct Digits {
    digits: Vec<u8>,
    point: i64,
}

/// Writes a number. `form` is one of `b e E f g G x X`; a negative `precision` means as few digits as needed.
pub(crate) fn format(number: f64, form: u8, precision: i64) -> Vec<u8> {
    if number.is_nan() {
        return b"NaN".to_vec();
    }
    if number.is_infinite() {
        return if number > 0.0 { b"+Inf".to_vec() } else { b"-Inf".to_vec() };
    }
    match form {
        b'b' => binary(number),
        b'x' | b'X' => hex(number, form, precision),
        _ => by_digits(number, form, precision),
    }
}

fn by_digits(number: f64, form: u8, precision: i64) -> Vec<u8> {
    let negative = number.is_sign_negative();
    let absolute = number.abs();
    let shortest = precision < 0;
    let digits = digits(absolute, form, precision);
    let precision = match form {
        _ if !shortest => precision.max(i64::from(matches!(form, b'g' | b'G'))),
        b'e' | b'E' => (digits.digits.len() as i64 - 1).max(0),
        b'f' => (digits.digits.len() as i64 - digits.point).max(0),
        _ => digits.digits.len() as i64,
    };
    match form {
        b'e' | b'E' => scientific(negative, &digits, precision, form),
        b'f' => positional(negative, &digits, precision),
        _ => general(negative, &digits, precision, form, shortest),
    }
}

/// Trailing zeros are left out, as they carry nothing.
fn digits(number: f64, form: u8, precision: i64) -> Digits {
    if number == 0.0 {
        return Digits { digits: Vec::new(), point: 0 };
    }
    // Behind this many places there are only zeros.
    let precision = precision.min(1100);
    let text = match form {
        _ if precision < 0 => format!("{number:e}"),
        b'f' => {
            let text = format!("{number:.*}", precision as usize);
            let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
            let all = format!("{whole}{fraction}");
            let lead = all.len() - all.trim_start_matches('0').len();
            let digits = all.trim_matches('0').as_bytes().to_vec();
            return Digits { digits, point: whole.len() as i64 - lead as i64 };
        }
        b'e' | b'E' => format!("{number:.*e}", precision as usize),
        _ => format!("{number:.*e}", (precision.max(1) - 1) as usize),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits = mantissa.replace('.', "").trim_end_matches('0').as_bytes().to_vec();
    Digits { digits, point: exponent.parse::<i64>().unwrap_or(0) + 1 }
}

fn scientific(negative: bool, digits: &Digits, precision: i64, form: u8) -> Vec<u8> {
    let mut out = if negative { b"-".to_vec() } else { Vec::new() };
    out.push(digits.digits.first().copied().unwrap_or(b'0'));
    if precision > 0 {
        out.push(b'.');
        let rest = digits.digits.get(1..).unwrap_or_default();
        out.extend(rest.iter().copied().chain(std::iter::repeat(b'0')).take(precision as usize));
    }
    let exponent = if digits.digits.is_empty() { 0 } else { digits.point - 1 };
    out.push(form);
    out.push(if exponent < 0 { b'-' } else { b'+' });
    out.extend(format!("{:02}", exponent.abs()).into_bytes());
    out
}

fn positional(negative: bool, digits: &Digits, precision: i64) -> Vec<u8> {
    let mut out = if negative { b"-".to_vec() } else { Vec::new() };
    let digit = |at: i64| usize::try_from(at).ok().and_then(|at| digits.digits.get(at)).unwrap_or(&b'0');
    if digits.point > 0 {
        out.extend((0..digits.point).map(digit));
    } else {
        out.push(b'0');
    }
    if precision > 0 {
        out.push(b'.');
        out.extend((digits.point..digits.point + precision).map(digit));
    }
    out
}

fn general(negative: bool, digits: &Digits, precision: i64, form: u8, shortest: bool) -> Vec<u8> {
    let length = digits.digits.len() as i64;
    let mut limit = if precision > length && length >= digits.point { length } else { precision };
    if shortest {
        limit = 6;
    }
    let exponent = digits.point - 1;
    if exponent < -4 || exponent >= limit {
        return scientific(negative, digits, precision.min(length) - 1, form + b'e' - b'g');
    }
    let precision = if precision > digits.point { length } else { precision };
    positional(negative, digits, (precision - digits.point).max(0))
}

fn parts(number: f64) -> (bool, u64, i64) {
    let bits = number.to_bits();
    let (exponent, mantissa) = ((bits >> 52 & 0x7ff) as i64, bits & ((1 << 52) - 1));
    if exponent == 0 {
        (bits >> 63 == 1, mantissa, -1022)
    } else {
        (bits >> 63 == 1, mantissa | 1 << 52, exponent - 1023)
    }
}

fn binary(number: f64) -> Vec<u8> {
    let (negative, mantissa, exponent) = parts(number);
    format!("{}{mantissa}p{:+}", if negative { "-" } else { "" }, exponent - 52).into_bytes()
}

fn hex(number: f64, form: u8, precision: i64) -> Vec<u8> {
    let (negative, mut mantissa, mut exponent) = parts(number);
    if mantissa == 0 {
        exponent = 0;
    }
    mantissa <<= 8;
    while mantissa != 0 && mantissa & (1 << 60) == 0 {
        mantissa <<= 1;
        exponent -= 1;
    }
    if (0..15).contains(&precision) {
        let shift = precision as u32 * 4;
        let extra = mantissa << shift & ((1 << 60) - 1);
        mantissa >>= 60 - shift;
        mantissa += u64::from(extra | (mantissa & 1) > 1 << 59);
        mantissa <<= 60 - shift;
        if mantissa & (1 << 61) != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let upper = form == b'X';
    let mut out = format!("{}0{}{}", if negative { "-" } else { "" }, char::from(form), mantissa >> 60 & 1);
    mantissa <<= 4;
    let mut fraction = String::new();
    while (precision < 0 && mantissa != 0) || (fraction.len() as i64) < precision {
        let digit = mantissa >> 60 & 15;
        fraction.push_str(&if upper { format!("{digit:X}") } else { format!("{digit:x}") });
        mantissa <<= 4;
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(&fraction);
    }
    out.push(if upper { 'P' } else { 'p' });
    out.push(if exponent < 0 { '-' } else { '+' });
    out.push_str(&format!("{:02}", exponent.abs()));
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{format, parse};

    fn text(number: f64, form: u8, precision: i64) -> String {
        String::from_utf8(format(number, form, precision)).expect("digits")
    }

    #[test]
    fn numbers_are_written_as_in_go() {
        for (number, form, precision, wanted) in [
            (1e6, b'g', -1, "1e+06"),
            (123_456.0, b'g', -1, "123456"),
            (1e21, b'f', -1, "1000000000000000000000"),
            (0.000_01, b'g', -1, "1e-05"),
            (1234.5678, b'g', 3, "1.23e+03"),
            (100.0, b'g', 6, "100"),
            (0.0, b'e', 2, "0.00e+00"),
            (-0.0, b'g', -1, "-0"),
            (2.5, b'f', 0, "2"),
            (1.005, b'f', 2, "1.00"),
            (999_999.0, b'g', 4, "1e+06"),
            (1.5, b'x', -1, "0x1.8p+00"),
            (1.0, b'X', 3, "0X1.000P+00"),
            (1.0, b'b', -1, "4503599627370496p-52"),
            (f64::INFINITY, b'f', 1, "+Inf"),
        ] {
            assert_eq!(
                text(number, form, precision),
                wanted,
                "{number} as %.{precision}{}",
                char::from(form)
            );
        }
    }

    #[test]
    fn numbers_are_read_as_in_go() {
        for (given, wanted) in [
            ("1_0", Some(10.0)),
            ("0x1p4", Some(16.0)),
            ("0x1.8p1", Some(3.0)),
            (".5", Some(0.5)),
            ("1e400", None),
            ("0x1", None),
            ("1+1", None),
            ("+-1", None),
            ("0x.1p-1080", Some(0.0)),
            ("0x1p-1074", Some(f64::from_bits(1))),
        ] {
            let (number, error) = parse(given.as_bytes());
            assert_eq!(error.is_none().then_some(number), wanted, "{given}");
        }
    }
}
