//! Go's `strings` package, on bytes.

use super::{unicode, utf8};

/// Maps every character; bytes that belong to none become the replacement character, as in Go's `Map`.
pub(crate) fn map(bytes: &[u8], mut with: impl FnMut(char) -> char) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for (_, character) in utf8::chars(bytes) {
        utf8::push(&mut out, with(character));
    }
    out
}

/// Upper case.
pub(crate) fn upper(bytes: &[u8]) -> Vec<u8> {
    if bytes.is_ascii() { bytes.to_ascii_uppercase() } else { map(bytes, unicode::to_upper) }
}

/// Lower case.
pub(crate) fn lower(bytes: &[u8]) -> Vec<u8> {
    if bytes.is_ascii() { bytes.to_ascii_lowercase() } else { map(bytes, unicode::to_lower) }
}

/// The first letter of each word in title case; a word ends at what is neither letter, digit nor underscore.
pub(crate) fn title(bytes: &[u8]) -> Vec<u8> {
    let mut before = ' ';
    map(bytes, |character| {
        let begins = separates(before);
        before = character;
        if begins { unicode::to_title(character) } else { character }
    })
}

fn separates(character: char) -> bool {
    if character.is_ascii() {
        return !(character.is_ascii_alphanumeric() || character == '_');
    }
    !unicode::is_letter(character) && !unicode::is_digit(character) && unicode::is_space(character)
}

/// Without characters of a kind at both ends.
pub(crate) fn trim(bytes: &[u8], cut: impl Fn(char) -> bool) -> &[u8] {
    let start = utf8::chars(bytes).find(|(_, character)| !cut(*character)).map(|(at, _)| at);
    let Some(start) = start else { return &[] };
    let last = utf8::chars(bytes).filter(|(_, character)| !cut(*character)).last();
    let end = last.map_or(start, |(at, _)| at + utf8::decode(&bytes[at..]).1);
    &bytes[start..end]
}

/// Without white space at both ends.
pub(crate) fn trim_space(bytes: &[u8]) -> &[u8] {
    if bytes.is_ascii() {
        let space = |byte: &u8| matches!(byte, b'\t'..=b'\r' | b' ');
        let Some(start) = bytes.iter().position(|byte| !space(byte)) else { return &[] };
        let end = bytes.iter().rposition(|byte| !space(byte)).map_or(start, |at| at + 1);
        return &bytes[start..end];
    }
    trim(bytes, unicode::is_space)
}

/// Without any of the characters of `set` at both ends.
pub(crate) fn trim_set<'a>(bytes: &'a [u8], set: &[u8]) -> &'a [u8] {
    let set: Vec<char> = utf8::chars(set).map(|(_, character)| character).collect();
    trim(bytes, |character| set.contains(&character))
}

/// Where `part` is first.
pub(crate) fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return Some(0);
    }
    if part.len() > bytes.len() {
        return None;
    }
    let first = part[0];
    let last = bytes.len() - part.len();
    let mut at = 0;
    while at <= last {
        at += bytes[at..=last].iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(part) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Splits at each `separator`, into at most `most` parts when `most` is positive, none when it is zero and
/// as many as there are when it is negative. An empty separator splits into characters.
pub(crate) fn split(bytes: &[u8], separator: &[u8], most: i64) -> Vec<Vec<u8>> {
    if most == 0 {
        return Vec::new();
    }
    if separator.is_empty() {
        return explode(bytes, most);
    }
    let (mut parts, mut rest) = (Vec::new(), bytes);
    while most < 0 || (parts.len() as i64) < most - 1 {
        let Some(at) = find(rest, separator) else { break };
        parts.push(rest[..at].to_vec());
        rest = &rest[at + separator.len()..];
    }
    parts.push(rest.to_vec());
    parts
}

fn explode(bytes: &[u8], most: i64) -> Vec<Vec<u8>> {
    let (mut parts, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() {
        if most > 0 && parts.len() as i64 == most - 1 {
            parts.push(rest.to_vec());
            break;
        }
        let (_, width) = utf8::decode(rest);
        parts.push(rest[..width].to_vec());
        rest = &rest[width..];
    }
    parts
}

/// Replaces every `old`; an empty `old` matches before each character and at the end.
pub(crate) fn replace(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    if old.is_empty() {
        for (at, _) in utf8::chars(bytes) {
            out.extend_from_slice(new);
            out.extend_from_slice(&bytes[at..at + utf8::decode(&bytes[at..]).1]);
        }
        out.extend_from_slice(new);
        return out;
    }
    while let Some(at) = find(rest, old) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(new);
        rest = &rest[at + old.len()..];
    }
    out.extend_from_slice(rest);
    out
}

/// How often `part` occurs, without overlaps.
pub(crate) fn count(bytes: &[u8], part: &[u8]) -> usize {
    if part.is_empty() {
        return utf8::count(bytes) + 1;
    }
    let (mut found, mut rest) = (0, bytes);
    while let Some(at) = find(rest, part) {
        found += 1;
        rest = &rest[at + part.len()..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{replace, split, title, trim_space};

    #[test]
    fn strings_are_handled_as_in_go() {
        assert_eq!(title("it's foo-bar ünï".as_bytes()), "It'S Foo-Bar Ünï".as_bytes());
        assert_eq!(split(b"a,b,c", b",", 2), [b"a".to_vec(), b"b,c".to_vec()]);
        assert_eq!(split("aé".as_bytes(), b"", -1), [b"a".to_vec(), "é".as_bytes().to_vec()]);
        assert_eq!(replace(b"abc", b"", b"-"), b"-a-b-c-");
        assert_eq!(trim_space("\u{2003}a\u{85}".as_bytes()), b"a");
    }
}
