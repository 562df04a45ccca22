//! Go's string and character constants.

use super::utf8;

/// What a character constant or escape stands for: a character, or a single byte.
pub(crate) enum Part {
    /// A character.
    Char(char),
    /// A byte, which need not be UTF-8.
    Byte(u8),
}

/// The text of a quoted constant; `None` when it is malformed.
pub(crate) fn unquote(text: &[u8]) -> Option<Vec<u8>> {
    let (quote, inner) = match text {
        [first, inner @ .., last] if first == last => (*first, inner),
        _ => return None,
    };
    match quote {
        b'`' => {
            (!inner.contains(&b'`')).then(|| inner.iter().copied().filter(|byte| *byte != b'\r').collect())
        }
        b'"' => {
            let mut out = Vec::with_capacity(inner.len());
            let mut rest = inner;
            while !rest.is_empty() {
                if rest[0] == b'\n' {
                    return None;
                }
                let (part, tail) = unquote_char(rest, b'"')?;
                match part {
                    Part::Char(character) => utf8::push(&mut out, character),
                    Part::Byte(byte) => out.push(byte),
                }
                rest = tail;
            }
            Some(out)
        }
        _ => None,
    }
}

/// The first character or escape of `text`, which stands within `quote`s, and what follows it.
pub(crate) fn unquote_char(text: &[u8], quote: u8) -> Option<(Part, &[u8])> {
    let first = *text.first()?;
    if first == quote {
        return None;
    }
    if first >= 0x80 {
        let (character, width) = utf8::decode(text);
        return Some((Part::Char(character), &text[width..]));
    }
    if first != b'\\' {
        return Some((Part::Byte(first), &text[1..]));
    }
    let (kind, rest) = (*text.get(1)?, &text[2..]);
    let simple = |byte: u8| Some((Part::Byte(byte), rest));
    match kind {
        b'a' => simple(7),
        b'b' => simple(8),
        b'f' => simple(12),
        b'n' => simple(b'\n'),
        b'r' => simple(b'\r'),
        b't' => simple(b'\t'),
        b'v' => simple(11),
        b'\\' => simple(b'\\'),
        b'\'' | b'"' if kind == quote => simple(kind),
        b'x' => {
            coded(rest, 2, 16).and_then(|(code, rest)| Some((Part::Byte(u8::try_from(code).ok()?), rest)))
        }
        b'u' => coded(rest, 4, 16).and_then(|(code, rest)| Some((Part::Char(char::from_u32(code)?), rest))),
        b'U' => coded(rest, 8, 16).and_then(|(code, rest)| Some((Part::Char(char::from_u32(code)?), rest))),
        b'0'..=b'7' => coded(&text[1..], 3, 8)
            .and_then(|(code, rest)| Some((Part::Byte(u8::try_from(code).ok()?), rest))),
        _ => None,
    }
}

fn coded(text: &[u8], length: usize, radix: u32) -> Option<(u32, &[u8])> {
    let mut code = 0u32;
    for byte in text.get(..length)? {
        code = code.checked_mul(radix)?.checked_add(char::from(*byte).to_digit(radix)?)?;
    }
    Some((code, &text[length..]))
}

#[cfg(test)]
mod tests {
    use super::unquote;

    #[test]
    fn constants_are_those_of_go() {
        assert_eq!(unquote(br#""\u00e9\x41\101\xff""#), Some(b"\xc3\xa9AA\xff".to_vec()));
        assert_eq!(unquote(b"`a\r\n\\`"), Some(b"a\n\\".to_vec()), "raw, without carriage returns");
        for wrong in [r#""\q""#, r#""\ud800""#, r#""\400""#, r#""\'""#, r#""\x4""#] {
            assert_eq!(unquote(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
