//! Small steps through a text that every rule takes.

use std::ops::Range;

/// Bytes of blanks and ends of lines that a rule reads over.
const REACH: usize = 4 << 10;
/// Bytes that a rule looks forward for the end of a line.
const FORWARD: usize = 16 << 10;
/// Bytes that a rule looks back for the beginning of a line.
const BACK: usize = 4 << 10;

/// The first byte at or after a place that is not a blank.
pub(super) fn skip_blanks(text: &[u8], at: usize) -> usize {
    at + text.get(at..).unwrap_or_default().iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// The same with ends of lines.
pub(super) fn skip_space(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take(REACH).take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// The place after the last byte before `at` that is not a space or end of line.
pub(super) fn skip_space_back(text: &[u8], at: usize) -> usize {
    at - text[..at].iter().rev().take(REACH).take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Where the line ends, its end left out.
pub(super) fn line_end(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let end = at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    if end > at && text[end - 1] == b'\r' { end - 1 } else { end }
}

/// The same, but not far away: a rule that comes to its words again and again must not read all of an endless line
/// each time.
pub(super) fn near_end(text: &[u8], at: usize) -> usize {
    line_end(&text[..text.len().min(at + FORWARD)], at)
}

/// Where the line begins, but not far away.
pub(super) fn line_start(text: &[u8], at: usize) -> usize {
    let from = at.saturating_sub(BACK);
    text[from..at].iter().rposition(|byte| *byte == b'\n').map_or(from, |end| from + end + 1)
}

/// What lies within quotes that open at a place, up to those that close, or up to the end of the line.
///
/// A backslash escapes within double quotes, and a quote that is doubled ends nothing within single ones.
pub(super) fn quoted(text: &[u8], at: usize) -> Range<usize> {
    let quote = text[at];
    let mut end = at + 1;
    while end < text.len() && text[end] != b'\n' {
        if text[end] == b'\\' && quote == b'"' {
            end += 1;
            if text.get(end).is_none_or(|byte| *byte == b'\n') {
                break;
            }
        } else if text[end] == quote {
            if quote == b'\'' && text.get(end + 1) == Some(&quote) {
                end += 1;
            } else {
                return at + 1..end;
            }
        }
        end += 1;
    }
    let end = end.min(text.len());
    let end = if end > at + 1 && text[end - 1] == b'\r' { end - 1 } else { end };
    at + 1..end
}

/// What lies within double quotes that close right before a place.
pub(super) fn quoted_back(text: &[u8], end: usize) -> Option<Range<usize>> {
    let close = end.checked_sub(1).filter(|close| text[*close] == b'"')?;
    let mut at = close;
    while at > 0 && text[at - 1] != b'\n' {
        at -= 1;
        if text[at] != b'"' {
            continue;
        }
        let escapes = text[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        if escapes % 2 == 0 {
            return Some(at + 1..close);
        }
    }
    None
}

pub(super) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// A block of YAML below a line: what is indented more than `indent`, without the blanks before its first letter and
/// the end of its last line.
pub(super) fn block(text: &[u8], line: usize, indent: usize) -> Option<Range<usize>> {
    let mut found: Option<Range<usize>> = None;
    let mut at = line;
    while at < text.len() {
        let end = text[at..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |end| at + end);
        let letters = skip_blanks(text, at);
        let stop = if end > at && text[end - 1] == b'\r' { end - 1 } else { end };
        if letters < stop {
            if letters - at <= indent {
                break;
            }
            let start = found.map_or(letters, |found| found.start);
            found = Some(start..stop);
        }
        at = end + 1;
    }
    found
}
