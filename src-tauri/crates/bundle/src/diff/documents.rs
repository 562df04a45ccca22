//! YAML documents of two releases, by what they describe.

use std::collections::BTreeMap;

use longshore_contract::ReleaseChange;
use longshore_release::Document;
use serde_norway::Value;

use super::compare;

/// Documents of one kind, by kind and name; those without a name by their file.
pub(super) fn texts(kind: &str, documents: &[Document]) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for document in documents {
        let name = if document.name.is_empty() { &document.file } else { &document.name };
        put(&mut texts, format!("{kind} {name}"), &document.text);
    }
    texts
}

/// Two of one name are told apart by their place.
fn put(texts: &mut BTreeMap<String, String>, name: String, text: &str) {
    let mut free = name.clone();
    let mut number = 2;
    while texts.contains_key(&free) {
        free = format!("{name} ({number})");
        number += 1;
    }
    texts.insert(free, text.to_owned());
}

/// Plain manifests that differ, and among them, apart, those that give rights.
pub(super) fn manifests(from: &[Document], to: &[Document]) -> (Vec<ReleaseChange>, Vec<ReleaseChange>) {
    let split = |documents: &[Document]| {
        let (mut plain, mut rights) = (BTreeMap::new(), BTreeMap::new());
        for document in documents {
            let (name, gives_rights) = object(document);
            put(if gives_rights { &mut rights } else { &mut plain }, name, &document.text);
        }
        (plain, rights)
    };
    let ((plain, rights), (new_plain, new_rights)) = (split(from), split(to));
    (compare(&plain, &new_plain), compare(&rights, &new_rights))
}

/// `Kind namespace/name` of an object, and whether it gives rights. Templates may keep a manifest from being
/// YAML; then it goes by its file.
fn object(document: &Document) -> (String, bool) {
    let by_file = || (document.file.clone(), document.text.contains("rbac.authorization.k8s.io"));
    let Ok(value) = serde_norway::from_str::<Value>(&document.text) else { return by_file() };
    let text = |value: &Value, field: &str| value.get(field).and_then(Value::as_str).map(str::to_owned);
    let (Some(kind), Some(meta)) = (text(&value, "kind"), value.get("metadata")) else { return by_file() };
    let name = text(meta, "name").unwrap_or_else(|| document.file.clone());
    let namespace = text(meta, "namespace").map(|namespace| format!("{namespace}/")).unwrap_or_default();
    let group = text(&value, "apiVersion").unwrap_or_default();
    let rights = group.starts_with("rbac.authorization.k8s.io/") || kind == "ServiceAccount";
    (format!("{kind} {namespace}{name}"), rights)
}
