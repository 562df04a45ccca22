//! Reading dates by a layout, with Go's sentences when they do not fit.

use super::layout::{Chunk, Offset, next};
use super::time::{Civil, DAYS, MONTHS, Time, Zone, days_in, is_leap};

/// Why the reading of one element ended.
enum Bad {
    /// It is not there.
    Missing,
    /// Its value is out of range; what it is.
    Range(&'static str),
}

#[derive(Default)]
struct Found {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanoseconds: u32,
    utc: bool,
    offset: Option<i64>,
    zone: Option<Vec<u8>>,
    pm: bool,
    am: bool,
}

/// Reads `value` by `layout`; a value without zone is of the local one.
pub(crate) fn parse(layout: &[u8], value: &[u8]) -> Result<Time, String> {
    let failed = |element: &[u8], at: &[u8]| {
        format!(
            "parsing time {} as {}: cannot parse {} as {}",
            quote(value),
            quote(layout),
            quote(at),
            quote(element)
        )
    };
    let wrong = |message: &str| format!("parsing time {}{message}", quote(value));
    let mut found = Found::default();
    let (mut pattern, mut rest) = (layout, value);
    loop {
        let (prefix, chunk, suffix) = next(pattern);
        rest = skip(rest, prefix).map_err(|at| failed(prefix, at))?;
        let Some((chunk, length)) = chunk else {
            if rest.is_empty() {
                break;
            }
            return Err(wrong(&format!(": extra text: {}", quote(rest))));
        };
        let element = &pattern[prefix.len()..prefix.len() + length];
        pattern = suffix;
        rest = read(&mut found, chunk, rest, pattern).map_err(|bad| match bad {
            Bad::Missing => failed(element, rest),
            Bad::Range(what) => wrong(&format!(": {what} out of range")),
        })?;
    }
    finish(found).map_err(|message| wrong(&format!(": {message}")))
}

/// Go's own quoting of dates: bytes outside ASCII as escapes.
fn quote(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for byte in bytes {
        match byte {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(*byte));
            }
            b' '..=b'~' | 0x7f => out.push(char::from(*byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}

fn skip<'a>(mut value: &'a [u8], mut prefix: &[u8]) -> Result<&'a [u8], &'a [u8]> {
    while let Some(wanted) = prefix.first() {
        if *wanted == b' ' {
            if value.first().is_some_and(|byte| *byte != b' ') {
                return Err(value);
            }
            prefix = prefix.trim_ascii_start_of(b' ');
            value = value.trim_ascii_start_of(b' ');
        } else if value.first() == Some(wanted) {
            prefix = &prefix[1..];
            value = &value[1..];
        } else {
            return Err(value);
        }
    }
    Ok(value)
}

trait TrimStart {
    fn trim_ascii_start_of(&self, cut: u8) -> &Self;
}

impl TrimStart for [u8] {
    fn trim_ascii_start_of(&self, cut: u8) -> &Self {
        &self[self.iter().position(|byte| *byte != cut).unwrap_or(self.len())..]
    }
}

/// One or two digits; two when `fixed`.
fn number(value: &[u8], fixed: bool) -> Result<(i64, &[u8]), Bad> {
    let digit =
        |at: usize| value.get(at).filter(|byte| byte.is_ascii_digit()).map(|byte| i64::from(byte - b'0'));
    match (digit(0), digit(1)) {
        (Some(first), Some(second)) => Ok((first * 10 + second, &value[2..])),
        (Some(first), None) if !fixed => Ok((first, &value[1..])),
        _ => Err(Bad::Missing),
    }
}

/// Digits alone, as many as there are.
fn all_digits(text: &[u8]) -> Result<i64, Bad> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return Err(Bad::Missing);
    }
    Ok(text.iter().fold(0, |all, byte| all * 10 + i64::from(byte - b'0')))
}

fn name<'a>(names: &[&str], value: &'a [u8], short: bool) -> Result<(i64, &'a [u8]), Bad> {
    for (at, full) in names.iter().enumerate() {
        let name = if short { &full[..3] } else { full };
        if value.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes())) {
            return Ok((at as i64, &value[name.len()..]));
        }
    }
    Err(Bad::Missing)
}

fn within(number: i64, most: i64, what: &'static str) -> Result<i64, Bad> {
    if (0..=most).contains(&number) { Ok(number) } else { Err(Bad::Range(what)) }
}

fn read<'a>(found: &mut Found, chunk: Chunk, value: &'a [u8], pattern: &[u8]) -> Result<&'a [u8], Bad> {
    match chunk {
        Chunk::LongMonth | Chunk::Month => {
            let (at, rest) = name(&MONTHS, value, chunk == Chunk::Month)?;
            found.month = Some(at + 1);
            Ok(rest)
        }
        Chunk::NumMonth | Chunk::ZeroMonth => {
            let (month, rest) = number(value, chunk == Chunk::ZeroMonth)?;
            if !(1..=12).contains(&month) {
                return Err(Bad::Range("month"));
            }
            found.month = Some(month);
            Ok(rest)
        }
        Chunk::LongWeekDay | Chunk::WeekDay => Ok(name(&DAYS, value, chunk == Chunk::WeekDay)?.1),
        Chunk::Year | Chunk::LongYear => year(found, chunk, value),
        Chunk::Day | Chunk::UnderDay | Chunk::ZeroDay => {
            let spaced = chunk == Chunk::UnderDay && value.first() == Some(&b' ');
            let (day, rest) = number(if spaced { &value[1..] } else { value }, chunk == Chunk::ZeroDay)?;
            found.day = Some(day);
            Ok(rest)
        }
        Chunk::UnderYearDay | Chunk::ZeroYearDay => year_day(found, chunk, value),
        Chunk::UpperPm | Chunk::LowerPm => half_day(found, chunk, value),
        Chunk::ZoneName => zone_name(found, value),
        Chunk::Offset(how) => offset(found, how, value),
        Chunk::Fraction(digits, false, _) => {
            let length = digits + 1;
            found.nanoseconds = nanoseconds(value.get(..length).ok_or(Bad::Missing)?)?;
            Ok(&value[length..])
        }
        Chunk::Fraction(_, true, _) => fraction(found, value),
        _ => clock(found, chunk, value, pattern),
    }
}

fn clock<'a>(found: &mut Found, chunk: Chunk, value: &'a [u8], pattern: &[u8]) -> Result<&'a [u8], Bad> {
    let fixed = matches!(chunk, Chunk::ZeroHour12 | Chunk::ZeroMinute | Chunk::ZeroSecond);
    let (number, rest) = number(value, fixed)?;
    match chunk {
        Chunk::Hour => found.hour = within(number, 23, "hour")?,
        Chunk::Hour12 | Chunk::ZeroHour12 => found.hour = within(number, 12, "hour")?,
        Chunk::Minute | Chunk::ZeroMinute => found.minute = within(number, 59, "minute")?,
        _ => {
            found.second = within(number, 59, "second")?;
            // A fraction may follow even where the layout has none.
            if !matches!(next(pattern).1, Some((Chunk::Fraction(..), _))) {
                return fraction(found, rest);
            }
        }
    }
    Ok(rest)
}

fn year<'a>(found: &mut Found, chunk: Chunk, value: &'a [u8]) -> Result<&'a [u8], Bad> {
    let length = if chunk == Chunk::LongYear { 4 } else { 2 };
    let number = all_digits(value.get(..length).ok_or(Bad::Missing)?)?;
    found.year = match number {
        _ if length == 4 => number,
        69.. => number + 1900,
        _ => number + 2000,
    };
    Ok(&value[length..])
}

fn year_day<'a>(found: &mut Found, chunk: Chunk, mut value: &'a [u8]) -> Result<&'a [u8], Bad> {
    for _ in 0..2 {
        if chunk == Chunk::UnderYearDay && value.first() == Some(&b' ') {
            value = &value[1..];
        }
    }
    let length = value.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 || (chunk == Chunk::ZeroYearDay && length != 3) {
        return Err(Bad::Missing);
    }
    found.year_day = Some(all_digits(&value[..length])?);
    Ok(&value[length..])
}

fn half_day<'a>(found: &mut Found, chunk: Chunk, value: &'a [u8]) -> Result<&'a [u8], Bad> {
    match (chunk, value.get(..2).ok_or(Bad::Missing)?) {
        (Chunk::UpperPm, b"PM") | (Chunk::LowerPm, b"pm") => found.pm = true,
        (Chunk::UpperPm, b"AM") | (Chunk::LowerPm, b"am") => found.am = true,
        _ => return Err(Bad::Missing),
    }
    Ok(&value[2..])
}

fn is_point(byte: u8) -> bool {
    matches!(byte, b'.' | b',')
}

fn fraction<'a>(found: &mut Found, value: &'a [u8]) -> Result<&'a [u8], Bad> {
    match value {
        [point, digit, ..] if is_point(*point) && digit.is_ascii_digit() => {
            let length = 1 + value[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            found.nanoseconds = nanoseconds(&value[..length])?;
            Ok(&value[length..])
        }
        _ => Ok(value),
    }
}

fn nanoseconds(text: &[u8]) -> Result<u32, Bad> {
    if !text.first().is_some_and(|byte| is_point(*byte)) {
        return Err(Bad::Missing);
    }
    let digits = &text[1..text.len().min(10)];
    let scale = 10i64.pow(9 - digits.len() as u32);
    Ok((all_digits(digits)? * scale) as u32)
}

fn offset<'a>(found: &mut Found, how: Offset, value: &'a [u8]) -> Result<&'a [u8], Bad> {
    if how.z && value.first() == Some(&b'Z') {
        found.utc = true;
        return Ok(&value[1..]);
    }
    let gap = usize::from(how.colon);
    let mut at = 3;
    let mut parts = [0i64; 3];
    let present = [true, how.minutes, how.seconds];
    let length = 3 + present[1..].iter().filter(|part| **part).count() * (2 + gap);
    let text = value.get(..length).ok_or(Bad::Missing)?;
    parts[0] = number(&text[1..3], true)?.0;
    for (part, _) in parts[1..].iter_mut().zip(&present[1..]).filter(|(_, present)| **present) {
        if how.colon && text[at] != b':' {
            return Err(Bad::Missing);
        }
        *part = number(&text[at + gap..at + gap + 2], true)?.0;
        at += gap + 2;
    }
    within(parts[0], 24, "time zone offset hour")?;
    within(parts[1], 60, "time zone offset minute")?;
    within(parts[2], 60, "time zone offset second")?;
    let seconds = (parts[0] * 60 + parts[1]) * 60 + parts[2];
    found.offset = Some(match text[0] {
        b'+' => seconds,
        b'-' => -seconds,
        _ => return Err(Bad::Missing),
    });
    Ok(&value[length..])
}

fn zone_name<'a>(found: &mut Found, value: &'a [u8]) -> Result<&'a [u8], Bad> {
    if value.starts_with(b"UTC") {
        found.utc = true;
        return Ok(&value[3..]);
    }
    let length = zone_length(value).ok_or(Bad::Missing)?;
    found.zone = Some(value[..length].to_vec());
    Ok(&value[length..])
}

fn zone_length(value: &[u8]) -> Option<usize> {
    if value.len() < 3 {
        return None;
    }
    if value.starts_with(b"ChST") || value.starts_with(b"MeST") {
        return Some(4);
    }
    if value.starts_with(b"GMT") {
        return Some(3 + signed_offset(&value[3..]));
    }
    if matches!(value[0], b'+' | b'-') {
        return Some(signed_offset(value)).filter(|length| *length > 0);
    }
    match value.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count() {
        5 if value[4] == b'T' => Some(5),
        4 if value[3] == b'T' || value.starts_with(b"WITA") => Some(4),
        3 => Some(3),
        _ => None,
    }
}

/// Length of a sign and an hour up to 23; 0 when there is none.
fn signed_offset(value: &[u8]) -> usize {
    if !matches!(value.first(), Some(b'+' | b'-')) {
        return 0;
    }
    let length = value[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let hour = all_digits(&value[1..=length.min(18)]).unwrap_or(24);
    if length == 0 || hour > 23 { 0 } else { length + 1 }
}

fn finish(mut found: Found) -> Result<Time, &'static str> {
    if found.pm && found.hour < 12 {
        found.hour += 12;
    } else if found.am && found.hour == 12 {
        found.hour = 0;
    }
    let (month, day) = month_and_day(&found)?;
    if day < 1 || day > days_in(month, found.year) {
        return Err("day out of range");
    }
    let civil = Civil {
        year: found.year,
        month,
        day,
        hour: found.hour,
        minute: found.minute,
        second: found.second,
        year_day: 0,
        week_day: 0,
    };
    let at = |zone| Time::date(&civil, found.nanoseconds, zone);
    if found.utc {
        return Ok(at(Zone::Utc));
    }
    let mut time = at(Zone::Local);
    let name = found.zone.map(|name| String::from_utf8_lossy(&name).into_owned());
    let offset = match (&name, found.offset) {
        (_, Some(offset)) => offset,
        (Some(name), None) => {
            // Only hours east of Greenwich say how far they are; any other name is a label.
            name.strip_prefix("GMT").and_then(|hours| hours.parse::<i64>().ok()).unwrap_or(0) * 3600
        }
        (None, None) => return Ok(time),
    };
    let is_local = found.offset == Some(0) && name.as_deref().is_none_or(|name| name == "UTC");
    if let Some(offset) = found.offset {
        time.seconds -= offset;
    }
    if !is_local {
        time.zone = Zone::Fixed(name.unwrap_or_default().into(), offset);
    }
    Ok(time)
}

fn month_and_day(found: &Found) -> Result<(i64, i64), &'static str> {
    let Some(mut year_day) = found.year_day else {
        return Ok((found.month.unwrap_or(1), found.day.unwrap_or(1)));
    };
    let leap = is_leap(found.year);
    if year_day < 1 || year_day > 365 + i64::from(leap) {
        return Err("day-of-year out of range");
    }
    let mut month = 1;
    while year_day > days_in(month, found.year) {
        year_day -= days_in(month, found.year);
        month += 1;
    }
    if found.month.is_some_and(|given| given != month) {
        return Err("day-of-year does not match month");
    }
    if found.day.is_some_and(|given| given != year_day) {
        return Err("day-of-year does not match day");
    }
    Ok((month, year_day))
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::go::layout::format;

    #[test]
    fn dates_are_read_as_in_go() {
        let shown = b"2006-01-02 15:04:05.999999999 -0700 MST";
        for (layout, value, wanted) in [
            ("2006-01-02 15:04:05 -0700", "2024-02-29 13:05:09 +0200", "2024-02-29 13:05:09 +0200 +0200"),
            ("2006-01-02T15:04:05Z07:00", "2024-02-29T13:05:09.5Z", "2024-02-29 13:05:09.5 +0000 UTC"),
            ("Jan _2 2006 3:04pm", "feb  9 2024 12:30am", "2024-02-09 00:30:00 +0000 UTC"),
            ("2006-002", "2024-366", "2024-12-31 00:00:00 +0000 UTC"),
            ("2 Jan 06 MST", "1 Mar 70 CEST", "1970-03-01 00:00:00 +0000 CEST"),
        ] {
            let time = parse(layout.as_bytes(), value.as_bytes()).expect("it fits");
            assert_eq!(String::from_utf8(format(&time, shown)).expect("text"), wanted, "{value} by {layout}");
        }
    }

    #[test]
    fn what_does_not_fit_is_told_in_gos_words() {
        for (layout, value, wanted) in [
            ("2006-01-02", "bad", r#"parsing time "bad" as "2006-01-02": cannot parse "bad" as "2006""#),
            ("2006-01-02", "2024-13-01", r#"parsing time "2024-13-01": month out of range"#),
            ("2006-01-02", "2023-02-29", r#"parsing time "2023-02-29": day out of range"#),
            ("2006", "20245", r#"parsing time "20245": extra text: "5""#),
        ] {
            let error = parse(layout.as_bytes(), value.as_bytes()).expect_err("it does not fit");
            assert_eq!(error, wanted);
        }
    }
}
