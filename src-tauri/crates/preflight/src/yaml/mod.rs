//! YAML as upstream reads it: `yes`, `on` and `n` are booleans, `0777` is octal, keys may come twice.
//!
//! Upstream uses a library of YAML 1.1 for specs and collected files alike. A reader of 1.2 would see other
//! values, and a check that compares them another verdict. Nodes also know their lines, for the linter.

mod scalar;

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use serde::Deserialize;
use serde_json::{Map, Value};

pub(crate) use scalar::resolve;

/// Levels a document may be nested.
const DEPTH: usize = 100;
/// Nodes a text may come to, aliases followed.
const NODES: usize = 1_000_000;

/// Begins a key that is no text.
pub(crate) const NOT_TEXT: char = '\0';

/// A text that is no YAML.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct YamlError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
}

/// A value and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// Line, from 1.
    pub(crate) line: usize,
    pub(crate) data: Data,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Data {
    /// A value without parts.
    Scalar(Value),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys with their lines, and values.
    Mapping(Vec<(String, usize, Node)>),
}

impl Node {
    /// The node as JSON. Of a key that comes twice the last value counts.
    pub(crate) fn value(&self) -> Value {
        match &self.data {
            Data::Scalar(value) => value.clone(),
            Data::Sequence(items) => items.iter().map(Self::value).collect(),
            Data::Mapping(members) => {
                let mut map = Map::new();
                for (key, _, member) in members {
                    map.insert(key.trim_start_matches(NOT_TEXT).to_owned(), member.value());
                }
                Value::Object(map)
            }
        }
    }

    /// The same with the marks of keys that are no texts.
    fn marked(&self) -> Value {
        match &self.data {
            Data::Scalar(value) => value.clone(),
            Data::Sequence(items) => items.iter().map(Self::marked).collect(),
            Data::Mapping(members) => {
                members.iter().map(|(key, _, member)| (key.clone(), member.marked())).collect()
            }
        }
    }

    /// The line of what lies at a path such as `spec.analyzers[0].memory`, or of the nearest node above it.
    pub(crate) fn line_of(&self, path: &str) -> usize {
        let mut here = self;
        let mut line = self.line;
        for part in path.split(['.', '[']).filter(|part| !part.is_empty()) {
            let next = match &here.data {
                Data::Mapping(members) => {
                    members.iter().rev().find(|(key, _, _)| key == part).map(|(_, line, node)| (*line, node))
                }
                Data::Sequence(items) => {
                    let at: Option<usize> = part.trim_end_matches(']').parse().ok();
                    at.and_then(|at| items.get(at)).map(|node| (node.line, node))
                }
                Data::Scalar(_) => None,
            };
            let Some((next_line, node)) = next else { break };
            line = next_line;
            here = node;
        }
        line
    }
}

/// Reads every document of a text.
///
/// # Errors
/// With the line, when it is no YAML, nested too deeply or too large.
pub(crate) fn documents(text: &str) -> Result<Vec<Node>, YamlError> {
    refuse_malformed(text)?;
    let mut reader = Reader { parser: Parser::new_from_str(text), anchors: HashMap::new(), left: NODES };
    let mut documents = Vec::new();
    loop {
        let (event, _) = reader.next()?;
        match event {
            Event::StreamEnd => return Ok(documents),
            Event::DocumentStart(_) => {
                let (event, span) = reader.next()?;
                documents.push(reader.node(event, span, 0)?);
            }
            _ => {}
        }
    }
}

/// The parser that knows of styles and lines is lenient; this one is as strict as upstream's, being its kin.
fn refuse_malformed(text: &str) -> Result<(), YamlError> {
    for document in serde_norway::Deserializer::from_str(text) {
        serde::de::IgnoredAny::deserialize(document).map_err(|error| {
            let line = error.location().map_or(1, |location| location.line());
            fault(line, error.to_string())
        })?;
    }
    Ok(())
}

/// Reads the first document of a text; none is `null`. Keys that are no texts are marked, so that no path
/// finds them.
pub(crate) fn first(text: &str) -> Result<Value, YamlError> {
    Ok(documents(text)?.first().map_or(Value::Null, Node::marked))
}

struct Reader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    anchors: HashMap<usize, Node>,
    left: usize,
}

fn fault(line: usize, reason: impl Into<String>) -> YamlError {
    YamlError { line, reason: reason.into() }
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), YamlError> {
        match self.parser.next() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(fault(error.marker().line(), error.info())),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, YamlError> {
        let line = span.start.line();
        self.left = self.left.checked_sub(1).ok_or_else(|| fault(line, "the document is too large"))?;
        if depth > DEPTH {
            return Err(fault(line, format!("the document is nested deeper than {DEPTH} levels")));
        }
        let (anchor, data) = match event {
            Event::Alias(id) => {
                let node = self.anchors.get(&id).ok_or_else(|| fault(line, "the alias has no anchor"))?;
                let size = size(node);
                let node = Node { line, data: node.data.clone() };
                self.left =
                    self.left.checked_sub(size).ok_or_else(|| fault(line, "the document is too large"))?;
                return Ok(node);
            }
            Event::Scalar(text, style, anchor, tag) => {
                (anchor, Data::Scalar(plain(&text, style, tag.as_ref())))
            }
            Event::SequenceStart(anchor, _) => (anchor, Data::Sequence(self.sequence(depth)?)),
            Event::MappingStart(anchor, _) => (anchor, Data::Mapping(self.mapping(depth)?)),
            _ => return Ok(Node { line, data: Data::Scalar(Value::Null) }),
        };
        let node = Node { line, data };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn sequence(&mut self, depth: usize) -> Result<Vec<Node>, YamlError> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::SequenceEnd => return Ok(items),
                Event::StreamEnd => return Err(fault(span.start.line(), "a list has no end")),
                event => items.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Vec<(String, usize, Node)>, YamlError> {
        let mut members = Vec::new();
        let mut merged: Vec<(String, usize, Node)> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            let merge = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, _) if text == "<<");
            match event {
                Event::MappingEnd => break,
                Event::StreamEnd => return Err(fault(span.start.line(), "a map has no end")),
                event => {
                    let key = self.node(event, span, depth + 1)?;
                    let (event, span) = self.next()?;
                    let node = self.node(event, span, depth + 1)?;
                    if merge {
                        merge_into(&mut merged, node)?;
                    } else {
                        members.push((name(&key)?, key.line, node));
                    }
                }
            }
        }
        merged.retain(|(key, _, _)| !members.iter().any(|(other, _, _)| other == key));
        merged.extend(members);
        Ok(merged)
    }
}

fn merge_into(merged: &mut Vec<(String, usize, Node)>, node: Node) -> Result<(), YamlError> {
    match node.data {
        Data::Mapping(members) => {
            for member in members {
                if !merged.iter().any(|(key, _, _)| *key == member.0) {
                    merged.push(member);
                }
            }
            Ok(())
        }
        Data::Sequence(items) => items.into_iter().try_for_each(|item| merge_into(merged, item)),
        Data::Scalar(_) => Err(fault(node.line, "<< needs a map")),
    }
}

/// A key as text.
fn name(key: &Node) -> Result<String, YamlError> {
    match &key.data {
        Data::Scalar(Value::String(text)) => Ok(text.clone()),
        Data::Scalar(value) => Ok(format!("{NOT_TEXT}{value}")),
        _ => Err(fault(key.line, "a key is a list or a map")),
    }
}

fn size(node: &Node) -> usize {
    match &node.data {
        Data::Scalar(_) => 1,
        Data::Sequence(items) => 1 + items.iter().map(size).sum::<usize>(),
        Data::Mapping(members) => 1 + members.iter().map(|(_, _, node)| size(node)).sum::<usize>(),
    }
}

fn plain(text: &str, style: ScalarStyle, tag: Option<&Cow<'_, Tag>>) -> Value {
    let word = tag.map(|tag| tag.suffix.as_str());
    match (style, word) {
        (ScalarStyle::Plain, None) | (_, Some("int" | "float" | "bool" | "null")) => resolve(text),
        _ => Value::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn documents_of_the_older_version() {
        let text = "a: yes\nb: 'yes'\nc: 0777\nd: [~, 1.5, .inf, 1_000]\nn: 3\n8: x\na: no\n";
        let value = json!({
            "a": false, "b": "yes", "c": 511, "d": [null, 1.5, null, 1000], "\0false": 3, "\08": "x",
        });
        assert_eq!(first(text), Ok(value));
        assert_eq!(first(""), Ok(Value::Null));
        assert_eq!(
            first("base: &b { x: 1, z: 2 }\nmore: { <<: *b, z: 3 }\n").map(|v| v["more"].clone()),
            Ok(json!({ "x": 1, "z": 3 }))
        );
        for text in ["a: [", "a: b: c", "a: *nope", "\"open"] {
            assert!(first(text).is_err(), "{text:?} is no YAML");
        }
    }

    #[test]
    fn lines() {
        let text = "spec:\n  items:\n    - memory:\n        when: x\n    - cpu: {}\n";
        let node = &documents(text).expect("YAML")[0];
        assert_eq!(node.line_of("spec.items[0].memory.when"), 4);
        assert_eq!(node.line_of("spec.items[1].cpu"), 5);
        assert_eq!(node.line_of("spec.items[1].cpu.absent"), 5);
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let below = format!("*a{}, ", level - 1).repeat(10);
            text = format!("{text}a{level}: &a{level} [{below}]\n");
        }
        assert!(first(&text).is_err(), "aliases of aliases come to a thousand million nodes");
        assert!(first(&"[".repeat(5000)).is_err(), "nested too deeply");
    }
}
