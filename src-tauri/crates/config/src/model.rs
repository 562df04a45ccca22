//! `kots.io/v1beta1` Config, as the vendor wrote it.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

/// A value somebody gave or a template made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// The value; for a file its content in base64.
    pub value: String,
    /// File name, for files.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub filename: String,
}

/// Values by item name.
pub type Values = BTreeMap<String, Value>;

/// A Config.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// Its groups.
    pub groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    spec: Spec,
}

#[derive(Deserialize, Default)]
struct Spec {
    #[serde(default)]
    groups: Vec<Group>,
}

/// A group of items.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Group {
    /// Name.
    pub name: String,
    /// Title; may hold templates.
    pub title: String,
    /// Description, Markdown; may hold templates.
    pub description: String,
    /// `false` when rendered: the group is switched off.
    #[serde(deserialize_with = "bool_or_text")]
    pub when: String,
    /// Items.
    pub items: Vec<Item>,
}

/// One item, or one option of an item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Item {
    /// Name.
    pub name: String,
    /// Type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Title; may hold templates.
    pub title: String,
    /// Help, Markdown; may hold templates.
    pub help_text: String,
    /// Marked as the vendor's choice.
    pub recommended: bool,
    /// Used when nobody gives a value; may hold templates.
    #[serde(deserialize_with = "digit_or_text")]
    pub default: String,
    /// The vendor's value; may hold templates.
    #[serde(deserialize_with = "digit_or_text")]
    pub value: String,
    /// `false` when rendered: the item is switched off.
    #[serde(deserialize_with = "bool_or_text")]
    pub when: String,
    /// Shown, not editable.
    pub readonly: bool,
    /// Not shown.
    pub hidden: bool,
    /// Unit or placeholder.
    pub affix: String,
    /// Must not be empty.
    pub required: bool,
    /// Options of a radio or dropdown.
    pub items: Vec<Item>,
    /// File name.
    pub filename: String,
    /// Validation.
    pub validation: Option<Validation>,
}

/// How a value is validated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Validation {
    /// By a regular expression.
    pub regex: Option<RegexRule>,
}

/// A regular expression a value must match somewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RegexRule {
    /// RE2 syntax, unanchored.
    pub pattern: String,
    /// What to say when it does not.
    pub message: String,
}

impl Config {
    /// Parses the vendor's document.
    ///
    /// # Errors
    /// When it is no YAML or not of this shape.
    pub fn parse(text: &str) -> Result<Self, serde_norway::Error> {
        let document: Document = serde_norway::from_str(text)?;
        Ok(Self { groups: document.spec.groups })
    }

    /// All items, in order.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.groups.iter().flat_map(|group| &group.items)
    }

    /// The item of that name.
    pub fn item(&self, name: &str) -> Option<&Item> {
        self.items().find(|item| item.name == name)
    }
}

impl Item {
    /// Whether it only shows something.
    pub fn is_decoration(&self) -> bool {
        matches!(self.kind.as_str(), "label" | "heading")
    }

    /// Whether one of its options must be chosen.
    pub fn is_choice(&self) -> bool {
        matches!(self.kind.as_str(), "radio" | "select_one" | "dropdown")
    }
}

/// As [`bool_or_text`], for values.
fn digit_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = bool_or_text(deserializer)?;
    Ok(match text.as_str() {
        "true" => "1".to_owned(),
        "false" => "0".to_owned(),
        _ => text,
    })
}

/// Booleans may be written bare; then they mean "1" and "0" for values, and "true" and "false" for `when`.
/// Only the exact text "false" switches off, so the two spellings of "off" must not be mixed up here.
fn bool_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Bool(bool),
        Text(String),
        Number(serde_norway::Number),
        Nothing(()),
    }
    Ok(match Either::deserialize(deserializer)? {
        Either::Bool(true) => "true".to_owned(),
        Either::Bool(false) => "false".to_owned(),
        Either::Text(text) => text,
        Either::Number(number) => number.to_string(),
        Either::Nothing(()) => String::new(),
    })
}
