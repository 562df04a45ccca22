//! Secrets of Kubernetes: the values of `data` and `stringData` go, their keys stay.
//!
//! An object says what it is after what it holds, so the whole of it has to be seen. It may be a part of a list, stand
//! in one line or in a thousand, and miss its beginning or end.

use std::ops::Range;

use super::Sight;
use super::scan::{block, is_quote, line_end, quoted, skip_blanks, skip_space};
use crate::redact::span::Span;

const RULE: &str = "Secrets of Kubernetes";

/// Where an object says what it is; and what upstream's collector of secrets writes.
pub(super) const WORDS: &[&str] = &["kind", "\"secretexists\""];

pub(super) fn sign(sight: &Sight<'_>) -> bool {
    let text = sight.text;
    if text[sight.start] == b'"' {
        return true;
    }
    let quote = usize::from(text.get(sight.end).is_some_and(|byte| is_quote(*byte)));
    let colon = skip_blanks(text, sight.end + quote);
    if text.get(colon) != Some(&b':') {
        return false;
    }
    let at = skip_space(text, colon + 1);
    let at = at + usize::from(text.get(at).is_some_and(|byte| is_quote(*byte)));
    text.get(at..).is_some_and(|rest| rest.starts_with(b"Secret"))
}

/// An object or list of JSON that is open.
#[derive(Default)]
struct Frame {
    /// It is a Secret, or a list of them.
    secret: bool,
    list: bool,
    /// It is what `data` holds.
    data: bool,
    /// The key whose value is awaited.
    key: Range<usize>,
    /// Values of its `data`, or if it is that, its own.
    values: Vec<Range<usize>>,
    /// Values of the `data` of what it holds.
    below: Vec<Range<usize>>,
}

/// Values of Secrets in JSON, and in texts that hold JSON.
pub(crate) fn json(text: &[u8]) -> Vec<Span> {
    let mut out = Vec::new();
    let mut open = vec![Frame::default()];
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'"' => {
                let range = quoted(text, at);
                at = string(text, &mut open, range);
                continue;
            }
            b'{' | b'[' => {
                let data = open.last().is_some_and(|frame| frame.data || is_data(&text[frame.key.clone()]));
                open.push(Frame { data, ..Frame::default() });
            }
            b'}' | b']' if open.len() > 1 => close(&mut open, &mut out),
            b',' => {
                if let Some(frame) = open.last_mut() {
                    frame.key = 0..0;
                }
            }
            _ => {}
        }
        at += 1;
    }
    while !open.is_empty() {
        close(&mut open, &mut out);
    }
    out.iter().map(|range| Span::own(range.start, range.end, RULE)).collect()
}

fn is_data(key: &[u8]) -> bool {
    matches!(key, b"data" | b"stringData")
}

/// Takes in a string, and says where to go on.
fn string(text: &[u8], open: &mut [Frame], range: Range<usize>) -> usize {
    let next = (range.end + usize::from(text.get(range.end) == Some(&b'"'))).min(text.len());
    let Some(frame) = open.last_mut() else { return next };
    let colon = skip_space(text, next);
    let content = &text[range.clone()];
    if text.get(colon) == Some(&b':') {
        if content == b"secretExists" {
            frame.secret = true;
        }
        frame.key = range;
        return colon + 1;
    }
    let key = &text[frame.key.clone()];
    if frame.data {
        frame.values.push(range);
    } else if key == b"kind" {
        frame.secret |= content == b"Secret";
        frame.list |= content == b"SecretList";
    } else if key == b"value" {
        // Only what upstream's collector writes has its value here.
        frame.values.push(range);
    }
    next
}

fn close(open: &mut Vec<Frame>, out: &mut Vec<Range<usize>>) {
    let Some(mut frame) = open.pop() else { return };
    if frame.secret {
        out.append(&mut frame.values);
    }
    if frame.list {
        out.append(&mut frame.below);
    }
    let Some(around) = open.last_mut() else { return };
    if frame.data {
        around.values.append(&mut frame.values);
    } else {
        around.below.append(&mut frame.values);
    }
    around.below.append(&mut frame.below);
}

/// A line of YAML.
#[derive(Clone, Copy)]
struct Line {
    start: usize,
    /// Its end, without what ends a line.
    end: usize,
    /// Column of its first letter, a dash too.
    column: usize,
    /// Column of what follows the dashes.
    content: usize,
}

impl Line {
    fn text<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        &text[self.start + self.content..self.end]
    }

    /// Whether nothing can be told from it.
    fn bare(&self, text: &[u8]) -> bool {
        matches!(self.text(text).first(), None | Some(b'#'))
    }
}

fn lines(text: &[u8]) -> Vec<Line> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let next = text[start..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |end| start + end);
        let end = if next > start && text[next - 1] == b'\r' { next - 1 } else { next };
        let column = text[start..end].iter().take_while(|byte| **byte == b' ').count();
        let mut content = column;
        while text[start + content..end].starts_with(b"- ") {
            content += 2 + text[start + content + 2..end].iter().take_while(|byte| **byte == b' ').count();
        }
        found.push(Line { start, end, column, content });
        start = next + 1;
    }
    found
}

/// Values of Secrets in YAML, and in texts that hold YAML.
pub(crate) fn yaml(text: &[u8]) -> Vec<Span> {
    let lines = lines(text);
    let mut out = Vec::new();
    let mut known = (0, 0..0);
    for (at, line) in lines.iter().enumerate() {
        // What belongs to one object is looked through once, however often it says what it is.
        if known.0 == line.content && known.1.contains(&at) {
            continue;
        }
        let kind = value_of(line.text(text), b"kind");
        let list = match kind.map(<[u8]>::trim_ascii) {
            Some(b"Secret" | b"\"Secret\"" | b"'Secret'") => false,
            Some(b"SecretList") => true,
            _ => continue,
        };
        let object = object(text, &lines, at);
        let is = |line: &Line| {
            let content = line.text(text);
            (line.content == lines[at].content || list && line.content > lines[at].content)
                && (value_of(content, b"data").is_some() || value_of(content, b"stringData").is_some())
        };
        object.clone().filter(|at| is(&lines[*at])).for_each(|data| values(text, &lines, data, &mut out));
        known = (line.content, object);
    }
    out
}

/// What follows a key, a colon and a blank; or nothing, at the end of the line.
fn value_of<'t>(line: &'t [u8], key: &[u8]) -> Option<&'t [u8]> {
    let quote = usize::from(line.first().is_some_and(|byte| is_quote(*byte)));
    let rest = line[quote..].strip_prefix(key)?;
    let rest = rest.get(quote..)?.strip_prefix(b":")?;
    matches!(rest.first(), None | Some(b' ' | b'\t')).then_some(rest)
}

/// Lines of the object that has a line.
fn object(text: &[u8], lines: &[Line], at: usize) -> Range<usize> {
    let column = lines[at].content;
    let ends = |line: &Line| {
        let content = &text[line.start..line.end];
        !line.bare(text)
            && (line.column < column || content.starts_with(b"---") || content.starts_with(b"..."))
    };
    let mut first = at;
    // The line with the dash is the first of an object in a list.
    while first > 0 && lines[first].column >= column && !ends(&lines[first - 1]) {
        first -= 1;
    }
    if first > 0 && lines[first].column >= column && lines[first - 1].content == column {
        first -= 1;
    }
    let last = lines.iter().skip(at + 1).position(ends).map_or(lines.len(), |end| at + 1 + end);
    first..last
}

/// The values below a line, or in it.
fn values(text: &[u8], lines: &[Line], data: usize, out: &mut Vec<Span>) {
    let column = lines[data].content;
    let head = lines[data].text(text);
    if let Some(brace) = head.iter().position(|byte| *byte == b'{') {
        flow(text, lines[data].start + column + brace, out);
        return;
    }
    let below = lines[data + 1..].iter().take_while(|line| line.bare(text) || line.column > column);
    let below: Vec<&Line> = below.filter(|line| line.start + line.column < line.end).collect();
    let Some(inner) = below.first().map(|line| line.column) else { return };
    for line in below {
        let start = line.start + line.column;
        let value = if line.column == inner { after_key(text, start, line.end) } else { Some(start) };
        let Some(value) = value.filter(|value| *value < line.end) else { continue };
        let range = match text[value] {
            b'|' | b'>' if line.column == inner => match block(text, line_end(text, value) + 1, inner) {
                Some(range) => range,
                None => continue,
            },
            quote if is_quote(quote) && line.column == inner => quoted(text, value),
            _ => value..line.end,
        };
        out.push(Span::own(range.start, range.end, RULE));
    }
}

/// Where the value after a key begins; at the line's beginning if there is no key.
fn after_key(text: &[u8], start: usize, end: usize) -> Option<usize> {
    let from = if is_quote(text[start]) { quoted(text, start).end } else { start };
    let colon = text[from..end].windows(2).position(|pair| pair == b": ").map(|colon| from + colon);
    match colon {
        Some(colon) => Some(skip_blanks(text, colon + 1)),
        None if text[..end].ends_with(b":") => None,
        None => Some(start),
    }
}

/// Values between braces: all that follows a colon.
fn flow(text: &[u8], open: usize, out: &mut Vec<Span>) {
    let close = text[open..]
        .iter()
        .take(1 << 20)
        .position(|byte| *byte == b'}')
        .map_or(text.len(), |close| open + close);
    let mut at = open;
    while let Some(colon) = text[at..close].iter().position(|byte| *byte == b':').map(|colon| at + colon) {
        let start = skip_space(text, colon + 1);
        if start >= close {
            return;
        }
        let end =
            text[start..close].iter().position(|byte| *byte == b',').map_or(close, |comma| start + comma);
        let range = if is_quote(text[start]) { quoted(text, start) } else { start..end };
        at = range.end.max(end).min(close);
        let length = text[range.clone()].trim_ascii_end().len();
        out.push(Span::own(range.start, range.start + length, RULE));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{keeps, masks};

    #[test]
    fn in_json() {
        for (text, masked) in [
            (
                r#"{"apiVersion":"v1","data":{"a":"eA==","b":"eQ=="},"kind":"Secret","metadata":{"name":"n"}}"#,
                r#"{"apiVersion":"v1","data":{"a":"***HIDDEN***","b":"***HIDDEN***"},"kind":"Secret","metadata":{"name":"n"}}"#,
            ),
            (
                "{\n \"kind\": \"Secret\",\n \"stringData\": {\n  \"a\": \"x\"\n }\n}",
                "{\n \"kind\": \"Secret\",\n \"stringData\": {\n  \"a\": \"***HIDDEN***\"\n }\n}",
            ),
            (
                r#"{"items":[{"kind":"ConfigMap","data":{"a":"x"}},{"kind":"Secret","data":{"a":"x"}}],"kind":"List"}"#,
                r#"{"items":[{"kind":"ConfigMap","data":{"a":"x"}},{"kind":"Secret","data":{"a":"***HIDDEN***"}}],"kind":"List"}"#,
            ),
            (
                r#"{"kind":"SecretList","items":[{"data":{"a":"x"}}]}"#,
                r#"{"kind":"SecretList","items":[{"data":{"a":"***HIDDEN***"}}]}"#,
            ),
            (
                r#"{"secretExists":true,"value":"x","data":{"a":"y"}}"#,
                r#"{"secretExists":true,"value":"***HIDDEN***","data":{"a":"***HIDDEN***"}}"#,
            ),
            (
                r#"I1103 applied "{\"data\":{\"a\":\"x\"},\"kind\":\"Secret\"}""#,
                r#"I1103 applied "{\"data\":{\"a\":\"***HIDDEN***\"},\"kind\":\"Secret\"}""#,
            ),
            (r#"{"data":{"a":"x"},"kind":"Secret""#, r#"{"data":{"a":"***HIDDEN***"},"kind":"Secret""#),
        ] {
            masks(text, masked);
        }
        keeps(r#"{"kind":"ConfigMap","data":{"a":"x"}}"#);
        keeps(r#"{"kind":"SecretProviderClass","data":{"a":"x"}}"#);
    }

    #[test]
    fn in_yaml() {
        for (text, masked) in [
            (
                "apiVersion: v1\ndata:\n  a: eA==\n  b: 'eQ=='\nkind: Secret\nmetadata:\n  name: n\n",
                "apiVersion: v1\ndata:\n  a: ***HIDDEN***\n  b: '***HIDDEN***'\nkind: Secret\nmetadata:\n  name: n\n",
            ),
            (
                "kind: Secret\nstringData:\n  a: |\n    one\n\n    two\n  b: x\n---\nkind: ConfigMap\ndata:\n  c: y\n",
                "kind: Secret\nstringData:\n  a: |\n    ***HIDDEN***\n  b: ***HIDDEN***\n---\nkind: ConfigMap\ndata:\n  c: y\n",
            ),
            (
                "items:\n- data:\n    a: x\n  kind: ConfigMap\n- data:\n    a: x\n  kind: Secret\n- data:\n    a: x\n",
                "items:\n- data:\n    a: x\n  kind: ConfigMap\n- data:\n    a: ***HIDDEN***\n  kind: Secret\n- data:\n    a: x\n",
            ),
            (
                "x: |\n  kind: Secret\n  data:\n    a.b: x\n  type: Opaque\ny: 1\n",
                "x: |\n  kind: Secret\n  data:\n    a.b: ***HIDDEN***\n  type: Opaque\ny: 1\n",
            ),
            (
                "kind: Secret\ndata: {a: eA==, b: \"y\"}\n",
                "kind: Secret\ndata: {a: ***HIDDEN***, b: \"***HIDDEN***\"}\n",
            ),
            ("kind: Secret\r\ndata:\r\n  a: x\r\n", "kind: Secret\r\ndata:\r\n  a: ***HIDDEN***\r\n"),
            (
                "kind: Secret\ndata:\n  a: \"one\n    two\"\n",
                "kind: Secret\ndata:\n  a: \"***HIDDEN***\n    ***HIDDEN***\n",
            ),
        ] {
            masks(text, masked);
        }
        keeps("kind: ConfigMap\ndata:\n  a: x\n---\nkind: Secret\ntype: Opaque\n");
        keeps("roleRef:\n  kind: Secret\n  name: x\ndata:\n  a: y\n");
    }
}
