//! Config items of two releases, as the vendor wrote them: templates are compared as text.

use std::collections::{BTreeMap, BTreeSet};

use longshore_contract::{ConfigFormChange, ConfigFormDiff, ConfigFormItem, FieldChange};
use longshore_release::Document;
use serde_norway::Value;

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

    fn described(&self) -> ConfigFormItem {
        let (name, title, kind) = (self.name.clone(), self.field("title"), self.field("type"));
        ConfigFormItem { group: self.group.clone(), name, title, kind }
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

pub(super) fn diff(from: Option<&Document>, to: Option<&Document>) -> ConfigFormDiff {
    let (old, new) = match (from.map_or(Ok(Vec::new()), items), to.map_or(Ok(Vec::new()), items)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(problem), _) | (_, Err(problem)) => {
            return ConfigFormDiff { problem, ..ConfigFormDiff::default() };
        }
    };
    let find = |items: &'_ [Item], name: &str| items.iter().position(|item| item.name == name);
    let mut diff = ConfigFormDiff::default();
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
                    diff.changed.push(ConfigFormChange {
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
