//! UTF-8 as Go reads it: a byte that belongs to no character is one replacement character of width one.

/// What stands for bytes that are no character.
pub(crate) const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// The first character and its width in bytes; width 0 at the end.
pub(crate) fn decode(bytes: &[u8]) -> (char, usize) {
    let Some(&first) = bytes.first() else { return (REPLACEMENT, 0) };
    if first < 0x80 {
        return (char::from(first), 1);
    }
    let width = match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return (REPLACEMENT, 1),
    };
    match bytes.get(..width).and_then(|head| std::str::from_utf8(head).ok()) {
        Some(head) => (head.chars().next().unwrap_or(REPLACEMENT), width),
        None => (REPLACEMENT, 1),
    }
}

/// Characters with their offsets.
pub(crate) fn chars(bytes: &[u8]) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (found, width) = decode(bytes.get(at..)?);
        (width > 0).then(|| {
            let start = at;
            at += width;
            (start, found)
        })
    })
}

/// How many characters there are.
pub(crate) fn count(bytes: &[u8]) -> usize {
    if bytes.is_ascii() { bytes.len() } else { chars(bytes).count() }
}

/// Adds a character.
pub(crate) fn push(out: &mut Vec<u8>, character: char) {
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Text in which each byte that belongs to no character is replaced.
pub(crate) fn lossy(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => chars(bytes).map(|(_, character)| character).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{count, decode, lossy};

    #[test]
    fn each_stray_byte_counts_alone() {
        assert_eq!(decode(b"\xe4\xb8"), ('\u{fffd}', 1), "a cut character is a stray byte");
        assert_eq!(decode("世".as_bytes()), ('世', 3), "a whole one is not");
        assert_eq!(count(b"a\xff\xfeb"), 4, "two stray bytes are two");
        assert_eq!(lossy(b"a\xff\xfe"), "a\u{fffd}\u{fffd}", "each is replaced");
    }
}
