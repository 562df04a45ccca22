//! Layouts: dates written as the reference time `Mon Jan 2 15:04:05 MST 2006` would be.

use super::time::{DAYS, MONTHS, Time};

/// One element of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chunk {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekDay,
    WeekDay,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperPm,
    LowerPm,
    ZoneName,
    /// An offset.
    Offset(Offset),
    /// A fraction of the second: digits, whether trailing zeros are left out, separator.
    Fraction(usize, bool, u8),
}

/// How an offset is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offset {
    /// `Z` for no offset.
    pub z: bool,
    /// Colons between its parts.
    pub colon: bool,
    /// Whether there are minutes.
    pub minutes: bool,
    /// Whether there are seconds.
    pub seconds: bool,
}

/// What stands before the first element, the element and its length, and the rest.
pub(crate) fn next(layout: &[u8]) -> (&[u8], Option<(Chunk, usize)>, &[u8]) {
    for at in 0..layout.len() {
        if let Some((skip, chunk, length)) = element(&layout[at..]) {
            let start = at + skip;
            return (&layout[..start], Some((chunk, length)), &layout[start + length..]);
        }
    }
    (layout, None, &[])
}

/// The element that `text` begins with: bytes to skip, what it is, its length.
fn element(text: &[u8]) -> Option<(usize, Chunk, usize)> {
    let lower_follows = |at: usize| text.get(at).is_some_and(u8::is_ascii_lowercase);
    let found = |chunk, length| Some((0, chunk, length));
    match text[0] {
        b'J' if text.starts_with(b"January") => found(Chunk::LongMonth, 7),
        b'J' if text.starts_with(b"Jan") && !lower_follows(3) => found(Chunk::Month, 3),
        b'M' if text.starts_with(b"Monday") => found(Chunk::LongWeekDay, 6),
        b'M' if text.starts_with(b"Mon") && !lower_follows(3) => found(Chunk::WeekDay, 3),
        b'M' if text.starts_with(b"MST") => found(Chunk::ZoneName, 3),
        b'0' => zero(text),
        b'1' if text.starts_with(b"15") => found(Chunk::Hour, 2),
        b'1' => found(Chunk::NumMonth, 1),
        b'2' if text.starts_with(b"2006") => found(Chunk::LongYear, 4),
        b'2' => found(Chunk::Day, 1),
        b'_' if text.starts_with(b"_2006") => Some((1, Chunk::LongYear, 4)),
        b'_' if text.starts_with(b"_2") => found(Chunk::UnderDay, 2),
        b'_' if text.starts_with(b"__2") => found(Chunk::UnderYearDay, 3),
        b'3' => found(Chunk::Hour12, 1),
        b'4' => found(Chunk::Minute, 1),
        b'5' => found(Chunk::Second, 1),
        b'P' if text.starts_with(b"PM") => found(Chunk::UpperPm, 2),
        b'p' if text.starts_with(b"pm") => found(Chunk::LowerPm, 2),
        b'-' | b'Z' => offset(text),
        b'.' | b',' => fraction(text),
        _ => None,
    }
}

fn zero(text: &[u8]) -> Option<(usize, Chunk, usize)> {
    let chunk = match text.get(1)? {
        b'1' => Chunk::ZeroMonth,
        b'2' => Chunk::ZeroDay,
        b'3' => Chunk::ZeroHour12,
        b'4' => Chunk::ZeroMinute,
        b'5' => Chunk::ZeroSecond,
        b'6' => Chunk::Year,
        b'0' if text.starts_with(b"002") => return Some((0, Chunk::ZeroYearDay, 3)),
        _ => return None,
    };
    Some((0, chunk, 2))
}

fn offset(text: &[u8]) -> Option<(usize, Chunk, usize)> {
    let z = text[0] == b'Z';
    let rest = &text[1..];
    let (colon, minutes, seconds, length) = if rest.starts_with(b"070000") {
        (false, true, true, 7)
    } else if rest.starts_with(b"07:00:00") {
        (true, true, true, 9)
    } else if rest.starts_with(b"0700") {
        (false, true, false, 5)
    } else if rest.starts_with(b"07:00") {
        (true, true, false, 6)
    } else if rest.starts_with(b"07") {
        (false, false, false, 3)
    } else {
        return None;
    };
    Some((0, Chunk::Offset(Offset { z, colon, minutes, seconds }), length))
}

fn fraction(text: &[u8]) -> Option<(usize, Chunk, usize)> {
    let digit = *text.get(1).filter(|digit| matches!(digit, b'0' | b'9'))?;
    let end = text[1..].iter().position(|byte| *byte != digit).map_or(text.len(), |at| at + 1);
    if text.get(end).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    Some((0, Chunk::Fraction(end - 1, digit == b'9', text[0]), end))
}

/// Writes a time by a layout.
pub(crate) fn format(time: &Time, layout: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(layout.len() + 10);
    let (name, offset) = time.zone.at(time.seconds);
    let civil = time.civil();
    let mut rest = layout;
    while !rest.is_empty() {
        let (prefix, chunk, suffix) = next(rest);
        out.extend_from_slice(prefix);
        let Some((chunk, _)) = chunk else { break };
        rest = suffix;
        let month = MONTHS[(civil.month - 1).clamp(0, 11) as usize];
        let day = DAYS[civil.week_day.clamp(0, 6) as usize];
        let hour12 = if civil.hour % 12 == 0 { 12 } else { civil.hour % 12 };
        let text = match chunk {
            Chunk::LongMonth => month.to_owned(),
            Chunk::Month => month[..3].to_owned(),
            Chunk::NumMonth => civil.month.to_string(),
            Chunk::ZeroMonth => format!("{:02}", civil.month),
            Chunk::LongWeekDay => day.to_owned(),
            Chunk::WeekDay => day[..3].to_owned(),
            Chunk::Day => civil.day.to_string(),
            Chunk::UnderDay => format!("{:2}", civil.day),
            Chunk::ZeroDay => format!("{:02}", civil.day),
            Chunk::UnderYearDay => format!("{:3}", civil.year_day),
            Chunk::ZeroYearDay => format!("{:03}", civil.year_day),
            Chunk::Hour => format!("{:02}", civil.hour),
            Chunk::Hour12 => hour12.to_string(),
            Chunk::ZeroHour12 => format!("{hour12:02}"),
            Chunk::Minute => civil.minute.to_string(),
            Chunk::ZeroMinute => format!("{:02}", civil.minute),
            Chunk::Second => civil.second.to_string(),
            Chunk::ZeroSecond => format!("{:02}", civil.second),
            Chunk::LongYear => year(civil.year),
            Chunk::Year => format!("{:02}", civil.year.abs() % 100),
            Chunk::UpperPm => if civil.hour >= 12 { "PM" } else { "AM" }.to_owned(),
            Chunk::LowerPm => if civil.hour >= 12 { "pm" } else { "am" }.to_owned(),
            Chunk::ZoneName if name.is_empty() => numeric(offset, "", true, false),
            Chunk::ZoneName => name.clone(),
            Chunk::Offset(how) if how.z && offset == 0 => "Z".to_owned(),
            Chunk::Offset(how) => numeric(offset, if how.colon { ":" } else { "" }, how.minutes, how.seconds),
            Chunk::Fraction(digits, trim, separator) => {
                fraction_text(time.nanoseconds, digits, trim, separator)
            }
        };
        out.extend(text.into_bytes());
    }
    out
}

fn year(year: i64) -> String {
    if year < 0 { format!("-{:04}", -year) } else { format!("{year:04}") }
}

fn numeric(offset: i64, colon: &str, minutes: bool, seconds: bool) -> String {
    let (sign, zone) = if offset / 60 < 0 { ('-', -(offset / 60)) } else { ('+', offset / 60) };
    let mut out = format!("{sign}{:02}", zone / 60);
    if minutes {
        out.push_str(&format!("{colon}{:02}", zone % 60));
    }
    if seconds {
        out.push_str(&format!("{colon}{:02}", offset.abs() % 60));
    }
    out
}

fn fraction_text(nanoseconds: u32, digits: usize, trim: bool, separator: u8) -> String {
    if trim && nanoseconds == 0 {
        return String::new();
    }
    let all = format!("{nanoseconds:09}");
    let mut out = format!("{}{}", char::from(separator), &all[..digits.min(9)]);
    if trim {
        out.truncate(out.trim_end_matches('0').len());
        if out.len() == 1 {
            out.clear();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::format;
    use crate::go::time::{Time, Zone};

    #[test]
    fn times_are_written_by_layout() {
        let mut time = Time::unix(1_709_211_909);
        time.nanoseconds = 120_000_000;
        for (layout, wanted) in [
            ("Monday, January 2 2006 3:04PM .000 Z07:00 002", "Thursday, February 29 2024 1:05PM .120 Z 060"),
            ("Jan _2 06 15.99 -07:00:00 MST", "Feb 29 24 13.12 +00:00:00 UTC"),
            ("2006__2 Janus 5.9999 04,000", "2024 60 Janus 9.12 05,120"),
            ("1504 1 pm", "1305 2 pm"),
        ] {
            assert_eq!(
                String::from_utf8(format(&time, layout.as_bytes())).expect("text"),
                wanted,
                "{layout}"
            );
        }
        let east = time.within(Zone::Fixed("".into(), -34_230));
        assert_eq!(format(&east, b"MST Z070000 -07"), b"-0930 -093030 -09", "no name, odd offset");
    }
}
