//! From text to nodes: anchors, merge keys, tags.

use std::borrow::Cow;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use indexmap::IndexMap;
use libyaml_safer::{Encoding, Event, EventData, Parser, ScalarStyle};

use super::resolve::{Scalar, resolve};
use super::{Node, YamlError};
use crate::go::{base, float, utf8};

/// Nodes that a document may have, those that aliases repeat included.
const NODES: usize = 2_000_000;
/// Bytes that a document may have, those that aliases repeat included.
const BYTES: usize = 64 << 20;
/// Lists and maps within each other.
const NESTING: usize = 1_000;

/// What the parser reads before anchors are followed.
#[derive(Debug)]
enum Raw {
    Scalar {
        tag: String,
        text: String,
        plain: bool,
    },
    List(Vec<Rc<Raw>>),
    Map(Vec<(Rc<Raw>, Rc<Raw>)>),
    /// An alias of what is not complete yet.
    Itself(String),
}

struct Reader<'a, 'b> {
    parser: Parser<&'a mut &'b [u8]>,
    unbroken: Option<Unbroken>,
    anchors: HashMap<String, Option<Rc<Raw>>>,
}

/// How a text ends without a line break, where one was put for the parser: it panics at a block of text that ends with
/// its document, and at a backslash.
struct Unbroken {
    /// Where the parser is behind that break: lines from 0.
    line: u64,
    /// The last line has no text.
    blank: bool,
}

const BREAKS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

impl Unbroken {
    fn of(text: &str) -> Option<Self> {
        if text.is_empty() || text.ends_with(BREAKS) {
            return None;
        }
        let breaks = text.matches(BREAKS).count() - text.matches("\r\n").count();
        let last = text.rsplit(BREAKS).next().unwrap_or_default();
        Some(Self { line: breaks as u64 + 1, blank: last.trim_matches(' ').is_empty() })
    }

    /// Takes the break away again from a block of text that reaches it.
    fn mend(&self, event: &mut Event) {
        let EventData::Scalar { value, style: ScalarStyle::Literal | ScalarStyle::Folded, .. } =
            &mut event.data
        else {
            return;
        };
        // Behind a blank last line only a block that keeps its breaks has it.
        let has_it = !self.blank || value == "\n" || value.ends_with("\n\n");
        if event.end_mark.line == self.line && has_it && value.ends_with('\n') {
            value.pop();
        }
    }
}

/// Reads the first document of a text; an empty text is nothing.
pub(crate) fn parse(text: &str) -> Result<Node, YamlError> {
    // Guessing the encoding takes other first characters for a mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let unbroken = Unbroken::of(text);
    let text = if unbroken.is_some() { Cow::Owned(format!("{text}\n")) } else { Cow::Borrowed(text) };
    let mut input = text.as_bytes();
    let mut parser = Parser::new();
    parser.set_encoding(Encoding::Utf8);
    parser.set_input_string(&mut input);
    let mut reader = Reader { parser, unbroken, anchors: HashMap::new() };
    loop {
        match reader.next()? {
            EventData::StreamStart { .. } => {}
            EventData::DocumentStart { .. } => break,
            _ => return Ok(Node::Null),
        }
    }
    let event = reader.next()?;
    let root = reader.node(event, 0)?;
    // What follows the document must still be YAML up to its end.
    reader.next()?;
    let mut builder = Builder { nodes: 0, bytes: 0 };
    builder.build(&root)
}

fn content<T>(text: impl Into<String>) -> Result<T, YamlError> {
    Err(YamlError::Content(text.into()))
}

impl Reader<'_, '_> {
    fn next(&mut self) -> Result<EventData, YamlError> {
        // The parser panics at a few texts that are odd but can be sent to us: a tag before a comma, a tag with an
        // escape that is no character. It is not used any more after that.
        let parsed = catch_unwind(AssertUnwindSafe(|| self.parser.parse()));
        match parsed {
            Ok(Ok(mut event)) => {
                if let Some(unbroken) = &self.unbroken {
                    unbroken.mend(&mut event);
                }
                Ok(event.data)
            }
            Err(_) => content("a tag or an escape in it cannot be read"),
            Ok(Err(error)) => Err(YamlError::Syntax {
                line: error.problem_mark().map_or(1, |mark| mark.line + 1),
                problem: error.problem().to_owned(),
            }),
        }
    }

    fn node(&mut self, event: EventData, depth: usize) -> Result<Rc<Raw>, YamlError> {
        if depth > NESTING {
            return content(format!("more than {NESTING} lists and maps within each other"));
        }
        stacker::maybe_grow(64 << 10, 1 << 20, || match event {
            EventData::Scalar { anchor, tag, value, plain_implicit, .. } => {
                let tag = tag.unwrap_or_default();
                let node = Rc::new(Raw::Scalar { tag, text: value, plain: plain_implicit });
                self.keep(anchor, &node);
                Ok(node)
            }
            EventData::Alias { anchor } => self.alias(&anchor),
            EventData::SequenceStart { anchor, .. } => self.list(anchor, depth),
            EventData::MappingStart { anchor, .. } => self.map(anchor, depth),
            _ => content("the document ends where a value is needed"),
        })
    }

    fn keep(&mut self, anchor: Option<String>, node: &Rc<Raw>) {
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, Some(Rc::clone(node)));
        }
    }

    fn open(&mut self, anchor: Option<&String>) {
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor.clone(), None);
        }
    }

    fn alias(&mut self, anchor: &str) -> Result<Rc<Raw>, YamlError> {
        match self.anchors.get(anchor) {
            None => content(format!("unknown anchor '{anchor}' referenced")),
            Some(None) => Ok(Rc::new(Raw::Itself(anchor.to_owned()))),
            Some(Some(node)) => Ok(Rc::clone(node)),
        }
    }

    fn list(&mut self, anchor: Option<String>, depth: usize) -> Result<Rc<Raw>, YamlError> {
        self.open(anchor.as_ref());
        let mut items = Vec::new();
        loop {
            match self.next()? {
                EventData::SequenceEnd => break,
                event => items.push(self.node(event, depth + 1)?),
            }
        }
        let node = Rc::new(Raw::List(items));
        self.keep(anchor, &node);
        Ok(node)
    }

    fn map(&mut self, anchor: Option<String>, depth: usize) -> Result<Rc<Raw>, YamlError> {
        self.open(anchor.as_ref());
        let mut pairs = Vec::new();
        loop {
            let key = match self.next()? {
                EventData::MappingEnd => break,
                event => self.node(event, depth + 1)?,
            };
            let event = self.next()?;
            pairs.push((key, self.node(event, depth + 1)?));
        }
        let node = Rc::new(Raw::Map(pairs));
        self.keep(anchor, &node);
        Ok(node)
    }
}

/// Follows aliases; the counts keep a few lines from growing into gigabytes.
struct Builder {
    nodes: usize,
    bytes: usize,
}

impl Builder {
    fn count(&mut self, bytes: usize) -> Result<(), YamlError> {
        self.nodes += 1;
        self.bytes += bytes;
        if self.nodes > NODES || self.bytes > BYTES {
            return content("document contains excessive aliasing");
        }
        Ok(())
    }

    fn build(&mut self, raw: &Raw) -> Result<Node, YamlError> {
        stacker::maybe_grow(64 << 10, 1 << 20, || match raw {
            Raw::Scalar { tag, text, plain } => {
                self.count(text.len())?;
                scalar(tag, text, *plain)
            }
            Raw::List(items) => {
                self.count(0)?;
                Ok(Node::List(items.iter().map(|item| self.build(item)).collect::<Result<_, _>>()?))
            }
            Raw::Map(pairs) => {
                self.count(0)?;
                let mut fields = IndexMap::new();
                self.fill(pairs, &mut fields)?;
                Ok(Node::Map(fields))
            }
            Raw::Itself(anchor) => content(format!("anchor '{anchor}' value contains itself")),
        })
    }

    fn fill(
        &mut self,
        pairs: &[(Rc<Raw>, Rc<Raw>)],
        fields: &mut IndexMap<String, Node>,
    ) -> Result<(), YamlError> {
        for (key, value) in pairs {
            if is_merge(key) {
                self.merge(value, fields)?;
                continue;
            }
            let name = match self.build(key)? {
                Node::Text(text) => text,
                Node::Int(number) => number.to_string(),
                Node::Float(number) => float_key(number),
                Node::Bool(yes) => yes.to_string(),
                Node::List(_) | Node::Map(_) => return content("invalid map key"),
                other => return content(format!("unsupported map key: {}", other.what())),
            };
            let value = self.build(value)?;
            fields.insert(name, value);
        }
        Ok(())
    }

    fn merge(&mut self, value: &Raw, fields: &mut IndexMap<String, Node>) -> Result<(), YamlError> {
        match value {
            Raw::Map(pairs) => self.fill(pairs, fields),
            Raw::List(maps) => maps.iter().rev().try_for_each(|map| match &**map {
                Raw::Map(pairs) => self.fill(pairs, fields),
                _ => content("map merge requires map or sequence of maps as the value"),
            }),
            _ => content("map merge requires map or sequence of maps as the value"),
        }
    }
}

fn is_merge(key: &Raw) -> bool {
    match key {
        Raw::Scalar { tag, text, plain } => text == "<<" && (*plain || tag == "tag:yaml.org,2002:merge"),
        _ => false,
    }
}

/// A number as the key that it becomes, with the digits of a short float.
pub(super) fn float_key(number: f64) -> String {
    match number {
        _ if number.is_nan() => ".nan".to_owned(),
        _ if number.is_infinite() => if number > 0.0 { ".inf" } else { "-.inf" }.to_owned(),
        _ => {
            // The digits of the nearest short float, written as a long one.
            let digits = format!("{:e}", number as f32).parse::<f64>().unwrap_or(number);
            utf8::lossy(&float::format(digits, b'g', -1))
        }
    }
}

fn scalar(tag: &str, text: &str, plain: bool) -> Result<Node, YamlError> {
    if tag.is_empty() && !plain {
        return Ok(Node::Text(text.to_owned()));
    }
    let tag = tag.strip_prefix("tag:yaml.org,2002:").map_or(tag.to_owned(), |short| format!("!!{short}"));
    if tag == "!!binary" {
        return match base::decode64(text.as_bytes()) {
            Ok(bytes) => Ok(Node::Text(utf8::lossy(&bytes))),
            Err(_) => content("!!binary value contains invalid base64 data"),
        };
    }
    if !matches!(tag.as_str(), "" | "!!bool" | "!!int" | "!!float" | "!!null" | "!!timestamp") {
        return Ok(Node::Text(text.to_owned()));
    }
    let found = resolve(text);
    let (kind, node) = match found {
        Scalar::Null => ("!!null", Node::Null),
        Scalar::Bool(yes) => ("!!bool", Node::Bool(yes)),
        Scalar::Int(number) if tag == "!!float" => ("!!float", Node::Float(number as f64)),
        Scalar::Int(number) => ("!!int", Node::Int(number)),
        Scalar::Uint(number) => ("!!int", Node::Uint(number)),
        Scalar::Float(number) => ("!!float", Node::Float(number)),
        Scalar::Timestamp => ("!!timestamp", Node::Text(text.to_owned())),
        Scalar::Text => ("!!str", Node::Text(text.to_owned())),
    };
    if !tag.is_empty() && tag != kind {
        return content(format!("cannot decode {kind} `{text}` as a {tag}"));
    }
    Ok(node)
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::yaml::Node;

    fn json(text: &str) -> String {
        parse(text).expect("YAML").to_json().to_string()
    }

    #[test]
    fn bare_words_are_booleans() {
        assert_eq!(
            json("{a: y, b: n, c: On, d: 'y', e: NO, f: yEs, y: 1, 1.5: 2}"),
            r#"{"a":true,"b":false,"c":true,"d":"y","e":false,"f":"yEs","true":1,"1.5":2}"#
        );
        assert_eq!(
            json("[0755, 0x1F, 1_000, 1e3, ~, 2001-01-01, 1:30, 0b11]"),
            r#"[493,31,1000,1000,null,"2001-01-01","1:30",3]"#
        );
    }

    #[test]
    fn tags_anchors_and_merges_are_followed() {
        assert_eq!(
            json("{a: !!str 5, b: !!int '5', c: !!binary aGk=, d: !!float 3}"),
            r#"{"a":"5","b":5,"c":"hi","d":3}"#
        );
        assert_eq!(json("a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}"), r#"{"a":{"k":1,"l":2},"b":{"k":3,"l":2}}"#);
        assert_eq!(json("a: 1\na: 2"), r#"{"a":2}"#, "the last one stays");
        assert_eq!(parse(""), Ok(Node::Null));
    }

    #[test]
    fn bombs_and_rings_are_refused() {
        let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for level in 1..12 {
            let before = level - 1;
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{before}"); 10].join(",")));
        }
        assert_eq!(parse(&bomb).expect_err("a bomb").to_string(), "document contains excessive aliasing");
        assert!(parse("a: &a [*a]").is_err(), "a ring");
        assert!(parse(&"[".repeat(100_000)).is_err(), "too deep");
        assert!(parse("a: 1\n\tb: 2").is_err() && parse("not: yaml: at all").is_err(), "no YAML");
    }

    #[test]
    fn what_the_parser_panics_at_is_an_error() {
        for text in ["\"\\", "a: \"b\\", "[!!str, b]", "!%ff%fe x", "!<%d8%00> x"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_block_may_end_with_its_document() {
        // As go-yaml reads each.
        let table = [
            ("a: |\n  b", "b"),
            ("a: |\n  b\n", "b\n"),
            ("a: |+\n  b", "b"),
            ("a: |-\n  b", "b"),
            ("a: >\n  b\n  c", "b c"),
            ("a: |\n  b\n  ", "b\n"),
            ("a: |+\n  b\n  ", "b\n"),
            ("a: |+\n  b\n\n  ", "b\n\n"),
            ("a: |\n  b\\", "b\\"),
            ("a: |\r\n  b", "b"),
            ("a: |\n  b\n# end", "b\n"),
            ("a: b\\", "b\\"),
            ("a: |", ""),
        ];
        for (text, expected) in table {
            let Ok(Node::Map(map)) = parse(text) else { panic!("{text:?} is a map") };
            let value = map.values().next();
            assert_eq!(value, Some(&Node::Text(expected.to_owned())), "{text:?}");
        }
    }
}
