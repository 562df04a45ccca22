//! Config items of two releases, as the vendor wrote them: templates are compared as text.

use std::collections::{BTreeMap, BTreeSet};

use longshore_release::Document;
use serde::{Deserialize, Serialize};
use serde_norway::Value;

/// An item that is in one release only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigItem {
    /// Name of its group.
    pub group: String,
    /// Its name.
    pub name: String,
    /// Title for people.
    pub title: String,
    /// Type: `text`, `bool`, `password` …
    #[serde(rename = "type")]
    pub kind: String,
}

/// A field of an item that is not the same in both releases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Name of the field; `group` when the item went to another group.
    pub field: String,
    /// As it was: text as it is, anything else as JSON; `None` when it was not there.
    pub before: Option<String>,
    /// As it is now.
    pub after: Option<String>,
}

/// An item that is in both releases and not the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigChange {
    /// Its name.
    pub name: String,
    /// Title in the newer release.
    pub title: String,
    /// Fields, by name.
    pub fields: Vec<FieldChange>,
}

/// What the newer Config changes. Lists are in the order of the Config they are from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigDiff {
    /// New items.
    pub added: Vec<ConfigItem>,
    /// Items that are gone.
    pub removed: Vec<ConfigItem>,
    /// Items that are not the same.
    pub changed: Vec<ConfigChange>,
    /// Names of items that are required now and were not before, new ones among them.
    pub newly_required: Vec<String>,
    /// Why one of the two cannot be compared; empty when both can.
    pub problem: String,
}

/// An item: its group and fields.
struct Item {
    group: String,
    name: String,
    fields: BTreeMap<String, String>,
}

impl Item {
    fn field(&self, name: &str) -> String {
        self.fields.get(name).cloned().unwrap_or_default()
    }

    fn described(&self) -> ConfigItem {
        let (name, title, kind) = (self.name.clone(), self.field("title"), self.field("type"));
        ConfigItem { group: self.group.clone(), name, title, kind }
    }

    fn required(&self) -> bool {
        self.field("required") == "true"
    }

    fn changes(&self, other: &Self) -> Vec<FieldChange> {
        let names: BTreeSet<&String> = self.fields.keys().chain(other.fields.keys()).collect();
        let changed = names.into_iter().filter(|name| self.fields.get(*name) != other.fields.get(*name));
        let mut changes: Vec<FieldChange> = changed
            .map(|name| FieldChange {
                field: name.clone(),
                before: self.fields.get(name).cloned(),
                after: other.fields.get(name).cloned(),
            })
            .collect();
        if self.group != other.group {
            let (before, after) = (Some(self.group.clone()), Some(other.group.clone()));
            changes.insert(0, FieldChange { field: "group".to_owned(), before, after });
        }
        changes
    }
}

pub(super) fn diff(from: Option<&Document>, to: Option<&Document>) -> ConfigDiff {
    let (old, new) = match (from.map_or(Ok(Vec::new()), items), to.map_or(Ok(Vec::new()), items)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(problem), _) | (_, Err(problem)) => return ConfigDiff { problem, ..ConfigDiff::default() },
    };
    let find = |items: &'_ [Item], name: &str| items.iter().position(|item| item.name == name);
    let mut diff = ConfigDiff::default();
    for item in &old {
        if find(&new, &item.name).is_none() {
            diff.removed.push(item.described());
        }
    }
    for item in &new {
        let before = find(&old, &item.name).map(|at| &old[at]);
        if item.required() && !before.is_some_and(Item::required) {
            diff.newly_required.push(item.name.clone());
        }
        match before {
            None => diff.added.push(item.described()),
            Some(before) => {
                let fields = before.changes(item);
                if !fields.is_empty() {
                    diff.changed.push(ConfigChange {
                        name: item.name.clone(),
                        title: item.field("title"),
                        fields,
                    });
                }
            }
        }
    }
    diff
}

fn items(document: &Document) -> Result<Vec<Item>, String> {
    let value: Value = serde_norway::from_str(&document.text)
        .map_err(|error| format!("{} cannot be read: {error}", document.file))?;
    let list = |value: &Value, field: &str| {
        value.get(field).and_then(Value::as_sequence).cloned().unwrap_or_default()
    };
    let groups = value.get("spec").map(|spec| list(spec, "groups")).unwrap_or_default();
    let mut items = Vec::new();
    for group in &groups {
        let name = |value: &Value| value.get("name").map(text).unwrap_or_default();
        for item in list(group, "items") {
            let fields = item.as_mapping().into_iter().flatten();
            let fields = fields.map(|(key, value)| (text(key), text(value)));
            let fields = fields.filter(|(key, _)| key != "name").collect();
            items.push(Item { group: name(group), name: name(&item), fields });
        }
    }
    Ok(items)
}

/// Text as it is, anything else as JSON.
fn text(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None => serde_json::to_string(value).unwrap_or_default(),
    }
}
