//! JSON as Go's `encoding/json` reads and writes it, over a small trait so that it knows no values.

use super::{float, utf8};

/// Nesting that Go refuses to read.
const NESTING: usize = 10_000;

/// A JSON value as it was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(Vec<u8>),
    /// A list.
    List(Vec<Json>),
    /// An object; a name that comes twice keeps its last value.
    Object(Vec<(Vec<u8>, Json)>),
}

/// Reads a document. The second part is the error of a number that is too large, whose value is then null.
///
/// # Errors
/// With Go's sentence when it is no JSON.
pub(crate) fn parse(text: &[u8]) -> Result<(Json, Option<String>), String> {
    let mut reader = Reader { text, at: 0, large: None };
    reader.space();
    let value = reader.value(0, "beginning of value")?;
    reader.space();
    if reader.at < text.len() {
        return Err(reader.unexpected("after top-level value"));
    }
    Ok((value, reader.large))
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    large: Option<String>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn unexpected(&self, context: &str) -> String {
        let Some(byte) = self.peek() else { return "unexpected end of JSON input".to_owned() };
        let shown = match byte {
            b'\'' => r"'\''".to_owned(),
            b'"' => "'\"'".to_owned(),
            _ => {
                let quoted = super::quote::quoted(char::from(byte).to_string().as_bytes());
                format!("'{}'", utf8::lossy(&quoted[1..quoted.len() - 1]))
            }
        };
        format!("invalid character {shown} {context}")
    }

    fn value(&mut self, depth: usize, context: &str) -> Result<Json, String> {
        if depth > NESTING {
            return Err("exceeded max depth".to_owned());
        }
        match self.peek() {
            Some(b'{') => stacker::maybe_grow(64 << 10, 1 << 20, || self.object(depth)),
            Some(b'[') => stacker::maybe_grow(64 << 10, 1 << 20, || self.list(depth)),
            Some(b'"') => self.text().map(Json::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            _ => Err(self.unexpected(&format!("looking for {context}"))),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, String> {
        for wanted in word.bytes() {
            if self.peek() != Some(wanted) {
                let wanted = char::from(wanted);
                return Err(self.unexpected(&format!("in literal {word} (expecting '{wanted}')")));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn list(&mut self, depth: usize) -> Result<Json, String> {
        let mut items = Vec::new();
        self.at += 1;
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Json::List(items));
        }
        loop {
            self.space();
            items.push(self.value(depth + 1, "beginning of value")?);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Json::List(items));
                }
                _ => return Err(self.unexpected("after array element")),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, String> {
        let mut fields = Vec::new();
        self.at += 1;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Object(fields));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("looking for beginning of object key string"));
            }
            let name = self.text()?;
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.unexpected("after object key"));
            }
            self.at += 1;
            self.space();
            fields.push((name, self.value(depth + 1, "beginning of value")?));
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Json::Object(fields));
                }
                _ => return Err(self.unexpected("after object key:value pair")),
            }
        }
    }

    fn digits(&mut self, context: &str) -> Result<(), String> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(self.unexpected(context));
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Json, String> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits("in numeric literal")?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        let text = &self.text[start..self.at];
        if let (number, None) = float::parse(text) {
            Ok(Json::Number(number))
        } else {
            let text = utf8::lossy(text);
            self.large.get_or_insert_with(|| {
                format!("json: cannot unmarshal number {text} into Go value of type float64")
            });
            Ok(Json::Null)
        }
    }

    fn text(&mut self) -> Result<Vec<u8>, String> {
        self.at += 1;
        let mut out = Vec::new();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    self.escape(&mut out)?;
                }
                Some(byte) if byte < b' ' => return Err(self.unexpected("in string literal")),
                Some(_) => {
                    let (character, width) = utf8::decode(&self.text[self.at..]);
                    utf8::push(&mut out, character);
                    self.at += width;
                }
                None => return Err(self.unexpected("")),
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), String> {
        let plain = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => byte,
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => {
                self.at += 1;
                let code = self.code()?;
                utf8::push(out, self.joined(code));
                return Ok(());
            }
            _ => return Err(self.unexpected("in string escape code")),
        };
        self.at += 1;
        out.push(plain);
        Ok(())
    }

    fn code(&mut self) -> Result<u32, String> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            code = code * 16 + digit.ok_or_else(|| self.unexpected("in \\u hexadecimal character escape"))?;
            self.at += 1;
        }
        Ok(code)
    }

    /// A surrogate with its partner, if that follows; alone it is no character.
    fn joined(&mut self, code: u32) -> char {
        if let Some(character) = char::from_u32(code) {
            return character;
        }
        let back = self.at;
        if code < 0xdc00 && self.text[self.at..].starts_with(b"\\u") {
            self.at += 2;
            if let Ok(low @ 0xdc00..=0xdfff) = self.code() {
                let joined = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                return char::from_u32(joined).unwrap_or(utf8::REPLACEMENT);
            }
            self.at = back;
        }
        utf8::REPLACEMENT
    }
}

/// Writes a text; `html` also escapes what has a meaning in HTML.
pub(crate) fn write_text(out: &mut Vec<u8>, text: &[u8], html: bool) {
    out.push(b'"');
    for (at, character) in utf8::chars(text) {
        let code = u32::from(character);
        match character {
            utf8::REPLACEMENT if !text[at..].starts_with("\u{fffd}".as_bytes()) => out.extend(b"\\ufffd"),
            '"' | '\\' => out.extend([b'\\', code as u8]),
            '\x08' => out.extend(b"\\b"),
            '\x0c' => out.extend(b"\\f"),
            '\n' => out.extend(b"\\n"),
            '\r' => out.extend(b"\\r"),
            '\t' => out.extend(b"\\t"),
            '<' | '>' | '&' if html => out.extend(format!("\\u{code:04x}").into_bytes()),
            '\u{2028}' | '\u{2029}' => out.extend(format!("\\u{code:04x}").into_bytes()),
            _ if code < 0x20 => out.extend(format!("\\u{code:04x}").into_bytes()),
            // Bytes that are no character are written as an escape, a real replacement character as it is.
            _ => utf8::push(out, character),
        }
    }
    out.push(b'"');
}

/// Writes a number.
///
/// # Errors
/// With Go's sentence for infinities and what is no number.
pub(crate) fn write_number(out: &mut Vec<u8>, number: f64) -> Result<(), String> {
    if !number.is_finite() {
        return Err(format!("json: unsupported value: {}", utf8::lossy(&float::format(number, b'g', -1))));
    }
    let size = number.abs();
    let is_odd = size != 0.0 && !(1e-6..1e21).contains(&size);
    let mut text = float::format(number, if is_odd { b'e' } else { b'f' }, -1);
    // e-09 is written e-9.
    let length = text.len();
    if is_odd && length >= 4 && &text[length - 4..length - 1] == b"e-0" {
        text.remove(length - 2);
    }
    out.extend(text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Json, parse, write_number, write_text};

    fn number(number: f64) -> String {
        let mut out = Vec::new();
        write_number(&mut out, number).expect("finite");
        String::from_utf8(out).expect("digits")
    }

    #[test]
    fn documents_are_read_as_in_go() {
        let (value, error) = parse(br#" {"a":[1,2.5,null],"a":"\ud83d\ude00\ud800x"} "#).expect("JSON");
        let Json::Object(fields) = value else { panic!("an object") };
        assert_eq!(fields[1].1, Json::Text("😀\u{fffd}x".as_bytes().to_vec()), "surrogates");
        assert_eq!(error, None);
        assert!(parse(b"1e999").expect("JSON").1.is_some(), "too large a number is told");
    }

    #[test]
    fn errors_are_gos() {
        for (text, wanted) in [
            ("", "unexpected end of JSON input"),
            ("{a", "invalid character 'a' looking for beginning of object key string"),
            ("[1,]", "invalid character ']' looking for beginning of value"),
            ("nul", "unexpected end of JSON input"),
            ("trux", "invalid character 'x' in literal true (expecting 'e')"),
            ("1 2", "invalid character '2' after top-level value"),
            ("\"\n\"", "invalid character '\\n' in string literal"),
        ] {
            assert_eq!(parse(text.as_bytes()), Err(wanted.to_owned()), "{text}");
        }
    }

    #[test]
    fn values_are_written_as_in_go() {
        assert_eq!((number(1e21), number(1e-7), number(-0.0)), ("1e+21".into(), "1e-7".into(), "-0".into()));
        let mut out = Vec::new();
        write_text(&mut out, "<é\u{2028}\u{1}\"".as_bytes(), true);
        assert_eq!(out, "\"\\u003cé\\u2028\\u0001\\\"\"".as_bytes());
    }
}
