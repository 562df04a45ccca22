//! Text in Go's quotes.

use super::{unicode, utf8};

/// In double quotes, with what has no ink escaped.
pub(crate) fn quoted(bytes: &[u8]) -> Vec<u8> {
    with(bytes, false)
}

/// In double quotes, in ASCII.
pub(crate) fn quoted_ascii(bytes: &[u8]) -> Vec<u8> {
    with(bytes, true)
}

fn with(bytes: &[u8], ascii: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 2);
    out.push(b'"');
    let mut rest = bytes;
    while !rest.is_empty() {
        let (character, width) = utf8::decode(rest);
        if width == 1 && character == utf8::REPLACEMENT {
            out.extend(format!("\\x{:02x}", rest[0]).into_bytes());
        } else {
            escape(&mut out, character, '"', ascii);
        }
        rest = &rest[width..];
    }
    out.push(b'"');
    out
}

/// A character in single quotes; `code` may be none, which is shown as the replacement character.
pub(crate) fn quoted_char(code: u32, ascii: bool) -> Vec<u8> {
    let mut out = vec![b'\''];
    escape(&mut out, char::from_u32(code).unwrap_or(utf8::REPLACEMENT), '\'', ascii);
    out.push(b'\'');
    out
}

fn escape(out: &mut Vec<u8>, character: char, quote: char, ascii: bool) {
    if character == quote || character == '\\' {
        out.push(b'\\');
        utf8::push(out, character);
        return;
    }
    if unicode::is_print(character) && (character.is_ascii() || !ascii) {
        utf8::push(out, character);
        return;
    }
    let code = u32::from(character);
    let text = match character {
        '\x07' => "\\a".to_owned(),
        '\x08' => "\\b".to_owned(),
        '\x0c' => "\\f".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\x0b' => "\\v".to_owned(),
        _ if code < 0x20 || code == 0x7f => format!("\\x{code:02x}"),
        _ if code < 0x1_0000 => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    };
    out.extend(text.into_bytes());
}

/// Whether the text may stand between back quotes.
pub(crate) fn can_backquote(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while !rest.is_empty() {
        let (character, width) = utf8::decode(rest);
        rest = &rest[width..];
        let refused = if width > 1 {
            character == '\u{feff}'
        } else {
            character == utf8::REPLACEMENT
                || (character < ' ' && character != '\t')
                || matches!(character, '`' | '\x7f')
        };
        if refused {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{can_backquote, quoted, quoted_ascii, quoted_char};

    #[test]
    fn text_is_quoted_as_in_go() {
        assert_eq!(quoted("a\"\\\n\u{7f}é\u{a0}".as_bytes()), "\"a\\\"\\\\\\n\\x7fé\\u00a0\"".as_bytes());
        assert_eq!(quoted(b"\xff"), b"\"\\xff\"");
        assert_eq!(quoted_ascii("é😀".as_bytes()), b"\"\\u00e9\\U0001f600\"");
        assert_eq!(quoted_char(0x27, false), b"'\\''");
        assert!(can_backquote(b"a\tb") && !can_backquote(b"a`") && !can_backquote("\u{feff}".as_bytes()));
    }
}
