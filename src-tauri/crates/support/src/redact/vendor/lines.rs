//! Patterns that go over lines.
//!
//! They are Go's. It lets several groups have one name, takes `[`, `&` and a `-` after a class as letters within
//! brackets, and keeps to ASCII in `\w`, `\d`, `\s` and `\b`.

use std::ops::Range;

use regex::bytes::{Captures, Regex};

use crate::redact::span::{Rule, Span, Style};

/// What becomes of what a group matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Keep,
    Mask,
    Drop,
}

/// A pattern, and in what lines it counts.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    /// Counts only in the line after one that this matches.
    selector: Option<Regex>,
    pattern: Regex,
    groups: Vec<Group>,
}

impl Lines {
    /// Compiles both patterns.
    ///
    /// # Errors
    /// With the field, and why it is no pattern.
    pub(super) fn new(selector: &str, redactor: &str) -> Result<Self, (&'static str, String)> {
        let selector = match selector {
            "" => None,
            selector => Some(compiled(&translated(selector).0).map_err(|why| ("selector", why))?),
        };
        let (text, groups) = translated(redactor);
        Ok(Self { selector, pattern: compiled(&text).map_err(|why| ("redactor", why))?, groups })
    }
}

fn compiled(pattern: &str) -> Result<Regex, String> {
    let ascii = Regex::new(&format!("(?-u:{pattern})"));
    let found = ascii.or_else(|_| Regex::new(pattern));
    found.map_err(|error| {
        let text = error.to_string();
        let last = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
        last.trim_start_matches("error: ").to_owned()
    })
}

/// A pattern of Go as one of ours without names, and what becomes of each group.
fn translated(pattern: &str) -> (String, Vec<Group>) {
    let mut text = String::new();
    let mut groups = Vec::new();
    let mut rest = pattern;
    let mut class = Class::default();
    while let Some(letter) = rest.chars().next() {
        let mut length = letter.len_utf8();
        match letter {
            '\\' => {
                length += rest[1..].chars().next().map_or(0, char::len_utf8);
                text.push_str(&rest[..length]);
                class.after_escape = class.open
                    && matches!(rest.as_bytes().get(1), Some(b'w' | b'W' | b'd' | b'D' | b's' | b'S'));
                class.first = false;
                rest = &rest[length..];
                continue;
            }
            _ if class.open => length = class.step(rest, &mut text),
            '[' => {
                class = Class { open: true, first: true, after_escape: false };
                text.push('[');
                if rest[1..].starts_with('^') {
                    text.push('^');
                    length = 2;
                }
            }
            '(' => length = group(rest, &mut text, &mut groups),
            letter => text.push(letter),
        }
        class.after_escape = false;
        rest = &rest[length..];
    }
    (text, groups)
}

/// Where in brackets we are.
#[derive(Default)]
struct Class {
    open: bool,
    first: bool,
    after_escape: bool,
}

impl Class {
    /// Takes one letter within brackets, or the name of a class.
    fn step(&mut self, rest: &str, text: &mut String) -> usize {
        let named = rest.strip_prefix("[:").and_then(|name| name.find(":]")).map(|end| end + 4);
        let first = std::mem::take(&mut self.first);
        match rest.chars().next() {
            Some(']') if !first => {
                self.open = false;
                text.push(']');
            }
            Some('[') if named.is_some() => {
                let length = named.unwrap_or(1);
                text.push_str(&rest[..length]);
                return length;
            }
            Some('-') if self.after_escape || first => text.push_str("\\-"),
            Some(letter @ ('[' | ']' | '&' | '~')) => text.extend(['\\', letter]),
            Some(letter) => {
                text.push(letter);
                return letter.len_utf8();
            }
            None => {}
        }
        1
    }
}

/// Takes the beginning of a group.
fn group(rest: &str, text: &mut String, groups: &mut Vec<Group>) -> usize {
    let named = rest.strip_prefix("(?P<").or_else(|| rest.strip_prefix("(?<"));
    if let Some((name, after)) = named.and_then(|named| named.split_once('>')) {
        groups.push(match name {
            "mask" => Group::Mask,
            "drop" => Group::Drop,
            _ => Group::Keep,
        });
        text.push('(');
        return rest.len() - after.len();
    }
    if !rest.starts_with("(?") {
        groups.push(Group::Keep);
    }
    text.push('(');
    1
}

/// Places that patterns take out of a text, line by line.
pub(super) fn find(text: &[u8], patterns: &[(usize, &Lines)], out: &mut Vec<Span>) {
    if patterns.is_empty() {
        return;
    }
    let mut selected = vec![false; patterns.len()];
    let mut start = 0;
    while start < text.len() {
        let next = text[start..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |end| start + end);
        let end = if next > start && text[next - 1] == b'\r' { next - 1 } else { next };
        let line = &text[start..end];
        for ((name, lines), selected) in patterns.iter().zip(&mut selected) {
            if lines.selector.is_none() || *selected {
                for found in lines.pattern.captures_iter(line) {
                    places(&found, &lines.groups, start, *name, out);
                }
            }
            *selected = lines.selector.as_ref().is_some_and(|selector| selector.is_match(line));
        }
        start = next + 1;
    }
}

/// What becomes of a match: groups as their names say, and what is in none is dropped, as upstream does it.
fn places(found: &Captures<'_>, groups: &[Group], at: usize, name: usize, out: &mut Vec<Span>) {
    let Some(whole) = found.get(0).map(|whole| whole.range()) else { return };
    let mut push = |range: Range<usize>, style| {
        if !range.is_empty() {
            out.push(Span { start: at + range.start, end: at + range.end, rule: Rule::Vendor(name), style });
        }
    };
    let mut covered: Vec<Range<usize>> = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let Some(range) = found.get(index + 1).map(|part| part.range()) else { continue };
        covered.push(range.clone());
        match group {
            Group::Keep => {}
            Group::Mask => push(range, Style::Mask),
            Group::Drop => push(range, Style::Drop),
        }
    }
    covered.sort_by_key(|range| range.start);
    let mut from = whole.start;
    for range in covered {
        if range.start > from {
            push(from..range.start, Style::Drop);
        }
        from = from.max(range.end);
    }
    push(from..whole.end.max(from), Style::Drop);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_go_are_read() {
        for (pattern, ours) in [
            (r"(a)(?P<mask>b)(?P<mask>c)", "(a)(b)(c)"),
            (r"(?i)[\w\d\S-_]+", r"(?i)[\w\d\S\-_]+"),
            (r"[^[&]]", r"[^\[\&]]"),
            (r"[]a]", r"[\]a]"),
            (r"[[:alpha:]_]\(x\)", r"[[:alpha:]_]\(x\)"),
            (r"(?:a|b)(?P<drop>é)", "(?:a|b)(é)"),
        ] {
            assert_eq!(translated(pattern).0, ours, "{pattern}");
            assert!(compiled(ours).is_ok(), "{ours} compiles");
        }
        let error = Lines::new("", "(a").expect_err("it is not closed");
        assert_eq!(error, ("redactor", "unclosed group".to_owned()));
        assert_eq!(Lines::new("[", "a").expect_err("it is not closed").0, "selector");
    }
}
