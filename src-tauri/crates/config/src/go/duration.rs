//! Durations in nanoseconds, written and read as Go does: `1h2m3.5s`.

/// Writes a duration.
pub(crate) fn format(duration: i64) -> String {
    let all = duration.unsigned_abs();
    let sign = if duration < 0 { "-" } else { "" };
    if all == 0 {
        return "0s".to_owned();
    }
    if all < 1_000_000_000 {
        let (unit, digits) = match all {
            0..1_000 => ("ns", 0),
            1_000..1_000_000 => ("µs", 3),
            _ => ("ms", 6),
        };
        return format!("{sign}{}{unit}", with_fraction(all, digits));
    }
    let seconds = all / 1_000_000_000;
    let tail = with_fraction(seconds % 60 * 1_000_000_000 + all % 1_000_000_000, 9);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{sign}{tail}s"),
        (0, _) => format!("{sign}{minutes}m{tail}s"),
        _ => format!("{sign}{hours}h{minutes}m{tail}s"),
    }
}

fn with_fraction(number: u64, digits: u32) -> String {
    let scale = 10u64.pow(digits);
    let fraction = format!("{:0width$}", number % scale, width = digits as usize);
    let fraction = fraction.trim_end_matches('0');
    if digits == 0 || fraction.is_empty() {
        (number / scale).to_string()
    } else {
        format!("{}.{fraction}", number / scale)
    }
}

/// Reads a duration.
pub(crate) fn parse(text: &[u8]) -> Result<i64, String> {
    let shown = || super::utf8::lossy(&super::quote::quoted(text));
    let invalid = || format!("time: invalid duration {}", shown());
    let (negative, mut rest) = match text.first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == b"0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let limit = 1u64 << 63;
    let mut all = 0u64;
    while !rest.is_empty() {
        let whole = leading(rest);
        let fraction = rest[whole.len()..].strip_prefix(b".").map(leading);
        if whole.is_empty() && fraction.is_none_or(<[u8]>::is_empty) {
            return Err(invalid());
        }
        rest = &rest[whole.len() + fraction.map_or(0, |digits| digits.len() + 1)..];
        let length =
            rest.iter().position(|byte| *byte == b'.' || byte.is_ascii_digit()).unwrap_or(rest.len());
        let name = &rest[..length];
        rest = &rest[length..];
        if name.is_empty() {
            return Err(format!("time: missing unit in duration {}", shown()));
        }
        let unit = unit(name).ok_or_else(|| {
            let name = super::utf8::lossy(&super::quote::quoted(name));
            format!("time: unknown unit {name} in duration {}", shown())
        })?;
        let value = value(whole, fraction.unwrap_or_default(), unit).filter(|value| *value <= limit);
        all =
            value.and_then(|value| all.checked_add(value)).filter(|all| *all <= limit).ok_or_else(invalid)?;
    }
    match (negative, all) {
        (true, _) => Ok((all as i64).wrapping_neg()),
        (false, all) => i64::try_from(all).map_err(|_| invalid()),
    }
}

fn leading(text: &[u8]) -> &[u8] {
    &text[..text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len())]
}

fn unit(name: &[u8]) -> Option<u64> {
    Some(match name {
        b"ns" => 1,
        b"us" | b"\xc2\xb5s" | b"\xce\xbcs" => 1_000,
        b"ms" => 1_000_000,
        b"s" => 1_000_000_000,
        b"m" => 60_000_000_000,
        b"h" => 3_600_000_000_000,
        _ => return None,
    })
}

fn value(whole: &[u8], fraction: &[u8], unit: u64) -> Option<u64> {
    let mut all = 0u64;
    for digit in whole {
        all = all.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
    }
    let (mut part, mut scale) = (0u64, 1f64);
    for digit in fraction {
        if part > (i64::MAX as u64) / 10 {
            break;
        }
        part = part * 10 + u64::from(digit - b'0');
        scale *= 10.0;
    }
    let more = (part as f64 * (unit as f64 / scale)) as u64;
    all.checked_mul(unit)?.checked_add(more)
}

/// Rounds to a multiple, halves away from zero.
pub(crate) fn round(duration: i64, multiple: i64) -> i64 {
    if multiple <= 0 {
        return duration;
    }
    let rest = (i128::from(duration) % i128::from(multiple)).abs();
    let (all, step) = (i128::from(duration), i128::from(multiple));
    let toward = if rest * 2 < step { -rest } else { step - rest };
    let rounded = if duration < 0 { all - toward } else { all + toward };
    i64::try_from(rounded).unwrap_or(if duration < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::{format, parse, round};

    #[test]
    fn durations_go_round() {
        for (text, nanoseconds) in [
            ("1h0m0.5s", 3_600_500_000_000),
            ("1.5ms", 1_500_000),
            ("-2m3s", -123_000_000_000),
            ("0s", 0),
            ("999ns", 999),
        ] {
            assert_eq!(parse(text.as_bytes()), Ok(nanoseconds), "{text} read");
            assert_eq!(format(nanoseconds), text, "{text} written");
        }
        assert_eq!(parse(b"-1.5h"), Ok(-5_400_000_000_000));
        assert_eq!(round(1_500_000_000, 1_000_000_000), 2_000_000_000, "halves away from zero");
    }

    #[test]
    fn wrong_durations_are_told_in_gos_words() {
        assert_eq!(parse(b"1d"), Err("time: unknown unit \"d\" in duration \"1d\"".to_owned()));
        assert_eq!(parse(b"3"), Err("time: missing unit in duration \"3\"".to_owned()));
        assert_eq!(parse(b"x"), Err("time: invalid duration \"x\"".to_owned()));
    }
}
