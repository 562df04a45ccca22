//! The ConfigValues file: values of a Config, to be carried from one installation to another.

use indexmap::IndexMap;
use serde::Serialize;

use crate::evaluate::Evaluation;
use crate::model::{Value, Values};
use crate::yaml::{self, Fields, Node, Shape, YamlError};

/// One value as the file has it.
struct Entry {
    value: String,
    plain: String,
    data: String,
    data_plain: String,
    filename: String,
    repeatable_item: String,
    has_value: bool,
}

impl Shape for Entry {
    fn read(node: &Node, path: &str) -> Result<Self, YamlError> {
        let fields = Fields::of(node, path)?;
        let names = ["value", "valuePlaintext", "data", "dataPlaintext"];
        let has_value = names.iter().any(|name| fields.find(name).is_some_and(|node| *node != Node::Null));
        Ok(Self {
            value: fields.read("value")?,
            plain: fields.read("valuePlaintext")?,
            data: fields.read("data")?,
            data_plain: fields.read("dataPlaintext")?,
            filename: fields.read("filename")?,
            repeatable_item: fields.read("repeatableItem")?,
            has_value,
        })
    }
}

/// Reads a ConfigValues document. No template in it is evaluated; entries with a default alone give nothing.
///
/// # Errors
/// When it is no YAML, of another kind or not of its shape.
pub fn import_values(text: &str) -> Result<Values, YamlError> {
    let node = yaml::parse(text)?;
    let document = Fields::of(&node, "")?;
    let kind: String = document.read("kind")?;
    if kind != "ConfigValues" {
        return Err(YamlError::Shape {
            path: "kind".to_owned(),
            wanted: "ConfigValues",
            found: format!("{kind:?}"),
        });
    }
    let spec = document.find("spec").unwrap_or(&Node::Null);
    let entries: IndexMap<String, Entry> = Fields::of(spec, "spec")?.read("values")?;
    let given = entries.into_iter().filter(|(_, entry)| entry.has_value);
    Ok(given
        .map(|(name, entry)| {
            let parts = [entry.value, entry.plain, entry.data, entry.data_plain];
            let value = parts.into_iter().find(|part| !part.is_empty()).unwrap_or_default();
            (name, Value { value, filename: entry.filename, repeatable_item: entry.repeatable_item })
        })
        .collect())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    api_version: &'a str,
    kind: &'a str,
    metadata: Metadata<'a>,
    spec: Spec,
}

#[derive(Serialize)]
struct Metadata<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Spec {
    values: IndexMap<String, Written>,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value_plaintext: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    default: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    filename: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    repeatable_item: String,
}

/// Writes a ConfigValues document: every value that is shown, and the defaults. Passwords are written only
/// `with_secrets`; without them their entries are left out, so that importing keeps what is there.
///
/// # Errors
/// When it cannot be written.
pub fn export_values(evaluation: &Evaluation, with_secrets: bool) -> Result<String, serde_json::Error> {
    let mut values = IndexMap::new();
    for rendered in evaluation.items().filter(|rendered| !rendered.item.is_decoration()) {
        let (item, effective) = (&rendered.item, &rendered.effective);
        let is_password = item.kind == "password";
        if is_password && !with_secrets {
            continue;
        }
        let value = (!effective.shown.is_empty() || effective.by_person).then(|| effective.shown.clone());
        let (value, value_plaintext) = if is_password { (None, value) } else { (value, None) };
        let (default, filename) = (effective.default.clone(), effective.filename.clone());
        let written = Written { value, value_plaintext, default, filename, repeatable_item: String::new() };
        values.entry(item.name.clone()).or_insert(written);
        for one in rendered.repetitions.iter().filter(|one| one.by_person) {
            let repeatable_item = item.name.clone();
            let written = Written { value: Some(one.value.clone()), repeatable_item, ..Written::default() };
            values.insert(one.name.clone(), written);
        }
    }
    let document = serde_json::to_value(Document {
        api_version: "kots.io/v1beta1",
        kind: "ConfigValues",
        metadata: Metadata { name: "kots-app-config" },
        spec: Spec { values },
    })?;
    Ok(yaml::write(&document))
}
