//! Go's regular expressions over the linear-time `regex` crate. The syntax is translated, because the two
//! differ where it hurts: `\d` is ASCII in Go, `a**` is refused, a class knows no set operations.

mod syntax;

use std::sync::Arc;

use regex::bytes::{Captures, RegexBuilder};
use regex_syntax::hir::{Class, HirKind};

use super::{unicode, utf8};

/// A compiled expression.
#[derive(Debug, Clone)]
pub(crate) struct Regex {
    compiled: regex::bytes::Regex,
    names: Arc<Vec<Option<Vec<u8>>>>,
    is_empty: bool,
}

/// Compiles an expression; the error is Go's sentence.
pub(crate) fn compile(pattern: &[u8]) -> Result<Regex, String> {
    let translated = syntax::translate(pattern)?;
    let compiled = RegexBuilder::new(&translated.pattern).build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "error parsing regexp: expression too large".to_owned(),
        // What the translation passes on unchecked are names of Unicode classes.
        _ => format!("error parsing regexp: invalid character class range: `{}`", utf8::lossy(pattern)),
    })?;
    Ok(Regex { compiled, names: Arc::new(translated.names), is_empty: pattern.is_empty() })
}

/// The ranges of an expression that is one class of characters, as Go would simplify it. A single
/// character, or a letter in both cases, is no class; nor is "any character".
pub(crate) fn class(pattern: &[u8]) -> Option<Vec<(u32, u32)>> {
    let translated = syntax::translate(pattern).ok()?;
    let hir = regex_syntax::ParserBuilder::new().utf8(false).build().parse(&translated.pattern).ok()?;
    let HirKind::Class(Class::Unicode(class)) = hir.kind() else { return None };
    let ranges: Vec<(u32, u32)> =
        class.iter().map(|range| (u32::from(range.start()), u32::from(range.end()))).collect();
    match ranges.as_slice() {
        [] | [(0, 0x10_ffff)] | [(0, 9), (11, 0x10_ffff)] => None,
        // Surrogates are no characters, so "all" comes in two ranges.
        [(0, 0xd7ff), (0xe000, 0x10_ffff)] => None,
        [(first, first_end), (second, second_end)]
            if first == first_end && second == second_end && is_fold_pair(*first, *second) =>
        {
            None
        }
        _ => Some(ranges),
    }
}

fn is_fold_pair(upper: u32, lower: u32) -> bool {
    match (char::from_u32(upper), char::from_u32(lower)) {
        // k and s have a third form, so they never are a pair.
        (Some(upper), Some(lower)) => unicode::to_lower(upper) == lower && !matches!(lower, 'k' | 's'),
        _ => false,
    }
}

impl Regex {
    /// Whether it matches somewhere.
    pub(crate) fn is_match(&self, text: &[u8]) -> bool {
        self.compiled.is_match(text)
    }

    /// The first match.
    pub(crate) fn find<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        self.compiled.find(text).map(|found| found.as_bytes())
    }

    /// Bounds of at most `most` matches, all of them when it is negative. An empty match right behind a
    /// match does not count.
    pub(crate) fn find_all(&self, text: &[u8], most: i64) -> Vec<(usize, usize)> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let (mut found, mut at, mut before) = (Vec::new(), 0, None);
        while found.len() < most && at <= text.len() {
            let Some(next) = self.compiled.find_at(text, at) else { break };
            let is_new = !(next.end() == at && before == Some(next.start()));
            if next.end() == at {
                at += utf8::decode(&text[at..]).1.max(1);
            } else {
                at = next.end();
            }
            before = Some(next.end());
            if is_new {
                found.push((next.start(), next.end()));
            }
        }
        found
    }

    /// Replaces every match by what `with` adds for it.
    fn replace(&self, text: &[u8], mut with: impl FnMut(&mut Vec<u8>, &Captures<'_>)) -> Vec<u8> {
        let (mut out, mut last, mut at) = (Vec::with_capacity(text.len()), 0, 0);
        while at <= text.len() {
            let Some(captures) = self.compiled.captures_at(text, at) else { break };
            let Some(whole) = captures.get(0) else { break };
            out.extend_from_slice(&text[last..whole.start()]);
            if whole.end() > last || whole.start() == 0 {
                with(&mut out, &captures);
            }
            last = whole.end();
            let width = utf8::decode(&text[at..]).1;
            at = if at + width > last { at + width } else { last.max(at + usize::from(at + 1 > last)) };
        }
        out.extend_from_slice(&text[last..]);
        out
    }

    /// Replaces every match; `$1`, `$name` and `${name}` stand for groups.
    pub(crate) fn replace_all(&self, text: &[u8], template: &[u8]) -> Vec<u8> {
        self.replace(text, |out, captures| self.expand(out, template, captures))
    }

    /// Replaces every match by a text as it is.
    pub(crate) fn replace_literal(&self, text: &[u8], new: &[u8]) -> Vec<u8> {
        self.replace(text, |out, _| out.extend_from_slice(new))
    }

    fn expand(&self, out: &mut Vec<u8>, template: &[u8], captures: &Captures<'_>) {
        let mut rest = template;
        while let Some(at) = rest.iter().position(|byte| *byte == b'$') {
            out.extend_from_slice(&rest[..at]);
            rest = &rest[at + 1..];
            if rest.first() == Some(&b'$') {
                out.push(b'$');
                rest = &rest[1..];
                continue;
            }
            let Some((name, tail)) = group_name(rest) else {
                out.push(b'$');
                continue;
            };
            rest = tail;
            if let Some(found) = self.group(name, captures) {
                out.extend_from_slice(found);
            }
        }
        out.extend_from_slice(rest);
    }

    /// What a group matched; of several with one name, the first that took part.
    fn group<'a>(&self, name: &[u8], captures: &Captures<'a>) -> Option<&'a [u8]> {
        let is_number = name.iter().all(u8::is_ascii_digit) && name.len() <= 8;
        if is_number && (name[0] != b'0' || name.len() == 1) {
            let group: usize = std::str::from_utf8(name).ok()?.parse().ok()?;
            return captures.get(group).map(|found| found.as_bytes());
        }
        let called = self.names.iter().enumerate().filter(|(_, known)| known.as_deref() == Some(name));
        called.filter_map(|(group, _)| captures.get(group)).map(|found| found.as_bytes()).next()
    }

    /// Splits at matches, into at most `most` parts when it is positive.
    pub(crate) fn split(&self, text: &[u8], most: i64) -> Vec<Vec<u8>> {
        if most == 0 {
            return Vec::new();
        }
        if !self.is_empty && text.is_empty() {
            return vec![Vec::new()];
        }
        let (mut parts, mut start, mut end) = (Vec::new(), 0, 0);
        for (from, to) in self.find_all(text, most) {
            if most > 0 && parts.len() as i64 == most - 1 {
                break;
            }
            end = from;
            if to != 0 {
                parts.push(text[start..end].to_vec());
            }
            start = to;
        }
        if end != text.len() {
            parts.push(text[start..].to_vec());
        }
        parts
    }
}

/// The group's name that a template goes on with, and what follows it.
fn group_name(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let braced = text.first() == Some(&b'{');
    let inner = if braced { &text[1..] } else { text };
    let is_name = |c: char| unicode::is_letter(c) || unicode::is_digit(c) || c == '_';
    let length = utf8::chars(inner).find(|(_, c)| !is_name(*c)).map_or(inner.len(), |(at, _)| at);
    if length == 0 {
        return None;
    }
    match (braced, inner.get(length)) {
        (true, Some(b'}')) => Some((&inner[..length], &inner[length + 1..])),
        (true, _) => None,
        (false, _) => Some((&inner[..length], &inner[length..])),
    }
}

/// Escapes what has a meaning in expressions.
pub(crate) fn quote_meta(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        if br"\.+*?()|[]{}^$".contains(byte) {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{class, compile};

    fn error(pattern: &str) -> String {
        compile(pattern.as_bytes()).expect_err("refused")
    }

    #[test]
    fn classes_are_ascii_as_in_go() {
        let digits = compile(br"^\d\w\s\b$").expect("compiles");
        assert!(!digits.is_match("٣é ".as_bytes()), "no Unicode digits");
        assert!(compile(br"^[\D\w]{2}$").expect("compiles").is_match("é1".as_bytes()), "negated in a class");
        assert!(compile(br"^[a&&b[]+$").expect("compiles").is_match(b"a&b["), "no set operations");
    }

    #[test]
    fn replacing_follows_go() {
        let all = |pattern: &str, text: &str, with: &str| {
            let regex = compile(pattern.as_bytes()).expect("compiles");
            String::from_utf8(regex.replace_all(text.as_bytes(), with.as_bytes())).expect("text")
        };
        assert_eq!(all("a(x*)b", "-ab-axxb-", "${1}W"), "-W-xxW-");
        assert_eq!(all("a(x*)b", "-ab-axxb-", "$1W"), "---", "a group of that name does not exist");
        assert_eq!(all("x*", "abc", "-"), "-a-b-c-");
        assert_eq!(all("(?P<n>b)", "abc", "<${n}$$>"), "a<b$>c");
        assert_eq!(all("é*", "aéb", "."), ".a.b.");
    }

    #[test]
    fn splitting_follows_go() {
        let split = |pattern: &str, text: &str, most| {
            let regex = compile(pattern.as_bytes()).expect("compiles");
            let parts = regex.split(text.as_bytes(), most);
            parts.iter().map(|part| String::from_utf8_lossy(part).into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(split("a", "banana", -1), ["b", "n", "n", ""]);
        assert_eq!(split("", "abc", -1), ["a", "b", "c"]);
        assert_eq!(split("z+", "pizzazz", 2), ["pi", "azz"]);
    }

    #[test]
    fn errors_are_gos() {
        for (pattern, wanted) in [
            ("(?=a)a", "invalid or unsupported Perl syntax: `(?=`"),
            ("(", "missing closing ): `(`"),
            ("a)", "unexpected ): `a)`"),
            ("[a", "missing closing ]: `[a`"),
            ("[b-a]", "invalid character class range: `b-a`"),
            ("a**", "invalid nested repetition operator: `**`"),
            ("*", "missing argument to repetition operator: `*`"),
            ("a{1001}", "invalid repeat count: `{1001}`"),
            ("(a{100}){11}", "invalid repeat count: `{11}`"),
            (r"(a)\1", r"invalid escape sequence: `\1`"),
            (r"a\", "trailing backslash at end of expression: ``"),
            ("(?P<n", "invalid named capture: `(?P<n`"),
            (r"\pX", r"invalid character class range: `\pX`"),
        ] {
            assert_eq!(error(pattern), format!("error parsing regexp: {wanted}"), "{pattern}");
        }
    }

    #[test]
    fn a_class_is_more_than_one_character() {
        assert_eq!(class(b"[a-c]"), Some(vec![(97, 99)]));
        assert_eq!(class(b"a|b|c"), Some(vec![(97, 99)]), "alternatives of characters are a class");
        for none in ["[x]", "abc", ".", "([a-z])", "[a-z]+", "[Aa]", "(?i)a"] {
            assert_eq!(class(none.as_bytes()), None, "{none}");
        }
    }
}
