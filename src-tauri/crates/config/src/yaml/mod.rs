//! YAML 1.1 as the vendor's tools read it: a bare `yes` is a boolean, `0755` a number, even as a key.
//!
//! Packages were written against that reading, so a modern one would change what they mean.

mod decode;
mod parse;
pub(crate) mod plain;
pub(crate) mod resolve;
pub(crate) mod write;

use indexmap::IndexMap;

pub(crate) use decode::{Fields, Shape, wrong};
pub(crate) use parse::parse;
pub(crate) use write::write;

/// A document, or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// Nothing.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number beyond the signed ones.
    Uint(u64),
    /// A number with a fraction.
    Float(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map; a key that comes twice keeps its last value.
    Map(IndexMap<String, Node>),
}

/// Why a text is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum YamlError {
    /// No YAML.
    #[error("line {line}: {problem}")]
    Syntax {
        /// Line, from 1.
        line: u64,
        /// What is wrong there.
        problem: String,
    },
    /// YAML that means nothing here.
    #[error("{0}")]
    Content(String),
    /// Not of the shape that is needed.
    #[error("{path}: {wanted} is needed here, and this is {found}")]
    Shape {
        /// Where, from the document's root.
        path: String,
        /// What is needed.
        wanted: &'static str,
        /// What is there.
        found: String,
    },
}

impl Node {
    /// What it is, for people.
    pub(crate) fn what(&self) -> String {
        match self {
            Self::Null => "nothing".to_owned(),
            Self::Bool(_) => "a boolean".to_owned(),
            Self::Int(_) | Self::Uint(_) | Self::Float(_) => "a number".to_owned(),
            Self::Text(text) => format!("the text {:?}", text.chars().take(40).collect::<String>()),
            Self::List(_) => "a list".to_owned(),
            Self::Map(_) => "a map".to_owned(),
        }
    }

    /// As JSON. Whole numbers beyond 2^53 lose digits, as they do upstream.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match self {
            Self::Null => Value::Null,
            Self::Bool(yes) => Value::Bool(*yes),
            Self::Int(number) => number_json(*number as f64),
            Self::Uint(number) => number_json(*number as f64),
            Self::Float(number) => number_json(*number),
            Self::Text(text) => Value::String(text.clone()),
            Self::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Self::Map(fields) => {
                Value::Object(fields.iter().map(|(key, value)| (key.clone(), value.to_json())).collect())
            }
        }
    }
}

/// A number as it is written: whole ones without a fraction.
#[allow(clippy::float_cmp, reason = "whether nothing is lost is the question")]
fn number_json(number: f64) -> serde_json::Value {
    let whole = number as i64;
    if whole as f64 == number && number.abs() < 9.0e15 {
        return serde_json::Value::from(whole);
    }
    serde_json::Number::from_f64(number).map_or(serde_json::Value::Null, serde_json::Value::Number)
}
