//! Reading nodes into the shapes of the vendor's objects, with their leniencies: a number where a text is
//! needed is that text, nothing is the empty value, unknown fields are left alone.

use indexmap::IndexMap;

use super::parse::float_key;
use super::{Node, YamlError};

/// A shape that can be read from a node.
pub(crate) trait Shape: Sized {
    /// Reads it; `path` says where the node stands.
    fn read(node: &Node, path: &str) -> Result<Self, YamlError>;
}

/// An error of shape.
pub(crate) fn wrong<T>(node: &Node, path: &str, wanted: &'static str) -> Result<T, YamlError> {
    Err(YamlError::Shape { path: path.to_owned(), wanted, found: node.what() })
}

impl Shape for String {
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        Ok(match node {
            Node::Null => Self::new(),
            Node::Bool(yes) => yes.to_string(),
            Node::Int(number) => number.to_string(),
            Node::Uint(number) => number.to_string(),
            Node::Float(number) if number.is_nan() => "NaN".to_owned(),
            Node::Float(number) if number.is_infinite() => infinite(*number).to_owned(),
            Node::Float(number) => float_key(*number),
            Node::Text(text) => text.clone(),
            Node::List(_) | Node::Map(_) => return wrong(node, path, "a text"),
        })
    }
}

impl Shape for bool {
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        match node {
            Node::Null => Ok(false),
            Node::Bool(yes) => Ok(*yes),
            _ => wrong(node, path, "true or false"),
        }
    }
}

impl Shape for i64 {
    #[allow(clippy::float_cmp, reason = "whether nothing is lost is the question")]
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        match node {
            Node::Null => Ok(0),
            Node::Int(number) => Ok(*number),
            Node::Float(number) if number.trunc() == *number && number.abs() < 1e15 => Ok(*number as Self),
            _ => wrong(node, path, "a whole number"),
        }
    }
}

impl<T: Shape> Shape for Vec<T> {
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        match node {
            Node::Null => Ok(Self::new()),
            Node::List(items) => {
                items.iter().enumerate().map(|(at, item)| T::read(item, &format!("{path}[{at}]"))).collect()
            }
            _ => wrong(node, path, "a list"),
        }
    }
}

impl<T: Shape> Shape for Option<T> {
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        match node {
            Node::Null => Ok(None),
            _ => T::read(node, path).map(Some),
        }
    }
}

impl<T: Shape> Shape for IndexMap<String, T> {
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        match node {
            Node::Null => Ok(Self::new()),
            Node::Map(fields) => fields
                .iter()
                .map(|(name, value)| Ok((name.clone(), T::read(value, &format!("{path}.{name}"))?)))
                .collect(),
            _ => wrong(node, path, "a map"),
        }
    }
}

fn infinite(number: f64) -> &'static str {
    if number > 0.0 { "+Inf" } else { "-Inf" }
}

impl Shape for Node {
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        finite(node, path)?;
        Ok(node.clone())
    }
}

/// JSON, which values pass through, knows no infinite numbers.
fn finite(node: &Node, path: &str) -> Result<(), YamlError> {
    match node {
        Node::Float(number) if !number.is_finite() => wrong(node, path, "a finite number"),
        Node::List(items) => items.iter().try_for_each(|item| finite(item, path)),
        Node::Map(fields) => fields.values().try_for_each(|field| finite(field, path)),
        _ => Ok(()),
    }
}

/// The fields of an object.
pub(crate) struct Fields<'a> {
    fields: Option<&'a IndexMap<String, Node>>,
    path: &'a str,
}

impl<'a> Fields<'a> {
    /// Fields of a map; nothing has none.
    pub(crate) fn of(node: &'a Node, path: &'a str) -> Result<Self, YamlError> {
        match node {
            Node::Null => Ok(Self { fields: None, path }),
            Node::Map(fields) => Ok(Self { fields: Some(fields), path }),
            _ => wrong(node, path, "a map"),
        }
    }

    /// The field of that name; upper and lower case do not matter when nothing fits exactly.
    pub(crate) fn find(&self, name: &str) -> Option<&'a Node> {
        let fields = self.fields?;
        fields.get(name).or_else(|| {
            fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        })
    }

    /// Reads a field; one that is not there is the empty value.
    pub(crate) fn read<T: Shape>(&self, name: &str) -> Result<T, YamlError> {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        T::read(self.find(name).unwrap_or(&Node::Null), &path)
    }
}
