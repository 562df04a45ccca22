//! `kots.io/v1beta1` Config, as the vendor wrote it.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::yaml::{self, Fields, Node, Shape, YamlError};

/// A value somebody gave or a template made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// The value; for a file its content in base64.
    pub value: String,
    /// File name, for files.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub filename: String,
    /// The repeatable item that this is a repetition of, if it is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub repeatable_item: String,
}

/// Values by item name.
pub type Values = BTreeMap<String, Value>;

/// A Config.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// Its groups.
    pub groups: Vec<Group>,
}

/// A group of items.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// Name.
    pub name: String,
    /// Title; may hold templates.
    pub title: String,
    /// Description, Markdown; may hold templates.
    pub description: String,
    /// `false` when rendered: the group is switched off.
    pub when: String,
    /// Items.
    pub items: Vec<Item>,
}

/// A value that may be written as a bare boolean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// Text; may hold templates.
    Text(String),
    /// A bare boolean.
    Bool(bool),
}

/// One item, or one option of an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// Name.
    pub name: String,
    /// Type.
    pub kind: String,
    /// Title; may hold templates.
    pub title: String,
    /// Help, Markdown; may hold templates.
    pub help_text: String,
    /// Marked as the vendor's choice.
    pub recommended: bool,
    /// Used when nobody gives a value; may hold templates.
    pub default: Scalar,
    /// The vendor's value; may hold templates.
    pub value: Scalar,
    /// `false` when rendered: the item is switched off.
    pub when: String,
    /// Shown, not editable.
    pub readonly: bool,
    /// Written once, says the vendor; told, not held.
    pub write_once: bool,
    /// More than one choice, says the vendor; told, not held.
    pub multiple: bool,
    /// Not shown.
    pub hidden: bool,
    /// Unit or placeholder.
    pub affix: String,
    /// Must not be empty.
    pub required: bool,
    /// Options of a radio or dropdown.
    pub items: Vec<Item>,
    /// File name; may hold templates.
    pub filename: String,
    /// May be given several times.
    pub repeatable: bool,
    /// How often at least.
    pub minimum_count: i64,
    /// How often, by group.
    pub count_by_group: IndexMap<String, i64>,
    /// Manifests that are repeated with the item.
    pub templates: Vec<RepeatTemplate>,
    /// The vendor's repetitions: by group, values by name.
    pub values_by_group: IndexMap<String, IndexMap<String, String>>,
    /// Validation.
    pub validation: Option<Validation>,
}

/// A manifest, or a list within one, that is repeated with an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepeatTemplate {
    /// API version of the manifest.
    pub api_version: String,
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Namespace; empty when it does not matter.
    pub namespace: String,
    /// Place of the list in the manifest; empty when the whole manifest is repeated.
    pub yaml_path: String,
}

/// How a value is validated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validation {
    /// By a regular expression.
    pub regex: Option<RegexRule>,
}

/// A regular expression a value must match somewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    pub fn parse(text: &str) -> Result<Self, YamlError> {
        let node = yaml::parse(text)?;
        let spec = Fields::of(&node, "")?.find("spec").cloned().unwrap_or(Node::Null);
        let fields = Fields::of(&spec, "spec")?;
        Ok(Self { groups: fields.read("groups")? })
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

    /// Whether it has no place in logs and diffs.
    pub fn is_secret(&self) -> bool {
        matches!(self.kind.as_str(), "password" | "file")
    }
}

impl Scalar {
    /// As text: a boolean is `1` or `0`.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Bool(true) => "1",
            Self::Bool(false) => "0",
        }
    }
}

impl Default for Scalar {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl Shape for Scalar {
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        match node {
            Node::Text(text) => Ok(Self::Text(text.clone())),
            Node::Bool(yes) => Ok(Self::Bool(*yes)),
            // A value that is written and empty is a boolean to the vendor's reader.
            Node::Null => Ok(Self::Bool(false)),
            other => yaml::wrong(other, path, "a text in quotes, or true or false"),
        }
    }
}

/// A condition: a boolean or a bare 0 or 1 switches, a text is kept as it is.
struct When(String);

impl Shape for When {
    #[allow(clippy::float_cmp, reason = "1.0 is 1 to the vendor's reader")]
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        Ok(Self(match node {
            Node::Null => String::new(),
            Node::Bool(yes) => yes.to_string(),
            Node::Text(text) => text.clone(),
            Node::Int(1) => "true".to_owned(),
            Node::Int(0) => "false".to_owned(),
            Node::Float(number) if *number == 1.0 => "true".to_owned(),
            Node::Float(number) if *number == 0.0 && number.is_sign_positive() => "false".to_owned(),
            other => return yaml::wrong(other, path, "true, false or a text in quotes"),
        }))
    }
}

/// A scalar field, which is empty text when it is not there and a boolean when it is there and empty.
fn scalar(fields: &Fields<'_>, name: &str) -> Result<Scalar, YamlError> {
    if fields.find(name).is_none() { Ok(Scalar::default()) } else { fields.read(name) }
}

impl Shape for Group {
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        let fields = Fields::of(node, path)?;
        Ok(Self {
            name: fields.read("name")?,
            title: fields.read("title")?,
            description: fields.read("description")?,
            when: fields.read::<When>("when")?.0,
            items: fields.read("items")?,
        })
    }
}

impl Shape for Item {
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        let fields = Fields::of(node, path)?;
        Ok(Self {
            name: fields.read("name")?,
            kind: fields.read("type")?,
            title: fields.read("title")?,
            help_text: fields.read("help_text")?,
            recommended: fields.read("recommended")?,
            default: scalar(&fields, "default")?,
            value: scalar(&fields, "value")?,
            when: fields.read::<When>("when")?.0,
            readonly: fields.read("readonly")?,
            write_once: fields.read("write_once")?,
            multiple: fields.read("multiple")?,
            hidden: fields.read("hidden")?,
            affix: fields.read("affix")?,
            required: fields.read("required")?,
            items: fields.read::<Vec<Choice>>("items")?.into_iter().map(|choice| choice.0).collect(),
            filename: fields.read("filename")?,
            repeatable: fields.read("repeatable")?,
            minimum_count: fields.read("minimumCount")?,
            count_by_group: fields.read("countByGroup")?,
            templates: fields.read("templates")?,
            values_by_group: fields.read("valuesByGroup")?,
            validation: fields.read("validation")?,
        })
    }
}

/// An option: an item that only has a name, a title and values.
struct Choice(Item);

impl Shape for Choice {
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        let fields = Fields::of(node, path)?;
        Ok(Self(Item {
            name: fields.read("name")?,
            title: fields.read("title")?,
            recommended: fields.read("recommended")?,
            default: scalar(&fields, "default")?,
            value: scalar(&fields, "value")?,
            ..Item::default()
        }))
    }
}

impl Shape for RepeatTemplate {
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        let fields = Fields::of(node, path)?;
        Ok(Self {
            api_version: fields.read("apiVersion")?,
            kind: fields.read("kind")?,
            name: fields.read("name")?,
            namespace: fields.read("namespace")?,
            yaml_path: fields.read("yamlPath")?,
        })
    }
}

impl Shape for Validation {
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        Ok(Self { regex: Fields::of(node, path)?.read("regex")? })
    }
}

impl Shape for RegexRule {
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        let fields = Fields::of(node, path)?;
        Ok(Self { pattern: fields.read("pattern")?, message: fields.read("message")? })
    }
}
