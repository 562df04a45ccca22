//! Texts inside texts: what stands behind the escapes of JSON and shells, and behind those of URLs.
//!
//! A manifest inside an annotation, a key in one line of JSON, a log line inside a log line: each is looked at as it
//! was before it was escaped. Quotes bound what is one text at its level, whether they open or close; so nothing has
//! to be known of what the line as a whole is.

/// A text that was unescaped, and where its bytes come from.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) text: Vec<u8>,
    /// Where each byte begins in the outer text, and at the end, where that ends.
    at: Vec<usize>,
}

impl View {
    /// A place of the view in the outer text.
    pub(crate) fn outer(&self, start: usize, end: usize) -> (usize, usize) {
        (self.at[start], self.at[end])
    }

    fn push(&mut self, byte: u8, at: usize) {
        self.text.push(byte);
        self.at.push(at);
    }
}

/// Shorter ones hold no secret.
const SHORT: usize = 8;

/// Views of everything that is escaped in a text, one level down.
pub(crate) fn views(text: &[u8], see: &mut dyn FnMut(View)) {
    for (start, end) in pieces(text, b'\\') {
        see(unescaped(text, start, end));
    }
    for (start, end) in pieces(text, b'%') {
        if let Some(view) = unquoted(text, start, end) {
            see(view);
        }
    }
}

/// Pieces between quotes and ends of lines that hold a mark.
fn pieces(text: &[u8], mark: u8) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(next) = text[from..].iter().position(|byte| *byte == mark) {
        let at = from + next;
        let start = text[from..at].iter().rposition(|byte| ends(*byte)).map_or(from, |back| from + back + 1);
        let mut end = at;
        while end < text.len() && !ends(text[end]) {
            // What is escaped ends nothing, but for the end of the line.
            end += if text[end] == b'\\' && text.get(end + 1).is_some_and(|byte| *byte != b'\n') {
                2
            } else {
                1
            };
        }
        let end = end.min(text.len());
        if end - start >= SHORT {
            found.push((start, end));
        }
        from = end;
    }
    found
}

fn ends(byte: u8) -> bool {
    matches!(byte, b'"' | b'\n')
}

fn unescaped(text: &[u8], start: usize, end: usize) -> View {
    let mut view = View { text: Vec::with_capacity(end - start), at: Vec::with_capacity(end - start + 1) };
    let mut at = start;
    while at < end {
        let next = if text[at] == b'\\' && at + 1 < end { Some(text[at + 1]) } else { None };
        let (byte, length) = match next {
            None => (text[at], 1),
            Some(b'n') => (b'\n', 2),
            Some(b't') => (b'\t', 2),
            Some(b'r') => (b'\r', 2),
            Some(b'u') => {
                at += point(text, at, end, &mut view);
                continue;
            }
            Some(b'x') => match hex(text, at + 2, 2, end) {
                Some(byte) => (byte as u8, 4),
                None => (b'\\', 1),
            },
            Some(escaped @ (b'"' | b'\\' | b'/' | b'\'' | b'`' | b'$')) => (escaped, 2),
            Some(_) => (b'\\', 1),
        };
        view.push(byte, at);
        at += length;
    }
    view.at.push(end);
    view
}

/// Pushes what a `\uXXXX` stands for, one in two halves as well, and says how long it is.
fn point(text: &[u8], at: usize, end: usize, view: &mut View) -> usize {
    let Some(first) = hex(text, at + 2, 4, end) else {
        view.push(b'\\', at);
        return 1;
    };
    let mut length = 6;
    let mut point = first;
    let second = if text.get(at + 6..at + 8) == Some(b"\\u") { hex(text, at + 8, 4, end) } else { None };
    if let Some(second) = second.filter(|second| (0xdc00..0xe000).contains(second))
        && (0xd800..0xdc00).contains(&first)
    {
        point = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        length = 12;
    }
    let letter = char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER);
    letter.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| view.push(byte, at));
    length
}

fn hex(text: &[u8], at: usize, digits: usize, end: usize) -> Option<u32> {
    let text = text.get(at..at + digits).filter(|_| at + digits <= end)?;
    text.iter().try_fold(0, |value, digit| Some(value * 16 + char::from(*digit).to_digit(16)?))
}

/// A piece of a URL without its percents; none if there are none in it.
fn unquoted(text: &[u8], start: usize, end: usize) -> Option<View> {
    let mut view = View { text: Vec::with_capacity(end - start), at: Vec::with_capacity(end - start + 1) };
    let mut any = false;
    let mut at = start;
    while at < end {
        let quoted = if text[at] == b'%' { hex(text, at + 1, 2, end) } else { None };
        any |= quoted.is_some();
        view.push(quoted.map_or(text[at], |byte| byte as u8), at);
        at += if quoted.is_some() { 3 } else { 1 };
    }
    view.at.push(end);
    any.then_some(view)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        views(text.as_bytes(), &mut |view| {
            assert_eq!(view.at.len(), view.text.len() + 1, "every byte has its place");
            found.push(String::from_utf8_lossy(&view.text).into_owned());
        });
        found
    }

    #[test]
    fn what_is_escaped_is_seen_as_it_was() {
        for (text, seen) in [
            (r#"{"a":"no escapes here"}"#, &[][..]),
            (r#"{"a":"{\"b\":\"line one\nline two\"}"}"#, &["{\"b\":\"line one\nline two\"}"]),
            (r#"x="\\\"deeper\\\" text" y"#, &["\\\"deeper\\\" text"]),
            (r#""A=b\u0026c=\u00e9 \ud83d\ude00""#, &["A=b&c=é 😀"]),
            (r#""at the end \u00" "#, &["at the end \\u00"]),
            ("q=a%20b%26c%zz", &["q=a b&c%zz"]),
            ("100% of it", &[]),
            ("first line\\\nsecond one", &["first line\\"]),
        ] {
            assert_eq!(all(text), seen, "{text}");
        }
    }

    #[test]
    fn places_lead_back() {
        let text = br#""ab\ncd\u0026ef""#;
        views(text, &mut |view| {
            let at = view.text.iter().position(|byte| *byte == b'c').expect("it is there");
            let (start, end) = view.outer(at, at + 3);
            assert_eq!(&text[start..end], br"cd\u0026");
        });
    }
}
