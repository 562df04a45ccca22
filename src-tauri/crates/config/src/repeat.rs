//! Repeating manifests, or lists within them, for each value of a repeatable item.
//!
//! `repl[[ .item ]]` in a manifest stands for the name of the repetition, so that
//! `repl{{ ConfigOption "repl[[ .port ]]" }}` asks for the value of each. This comes before templates.

use serde_json::Value;

use crate::evaluate::{Evaluation, RenderedItem};
use crate::model::RepeatTemplate;
use crate::yaml::{self, YamlError};

/// The manifests that one manifest becomes: itself when no repeatable item names it.
///
/// # Errors
/// When the item's path leads nowhere in the manifest.
pub fn repeat_manifest(text: &str, evaluation: &Evaluation) -> Result<Vec<String>, YamlError> {
    let unchanged = || Ok(vec![text.to_owned()]);
    // What cannot be read before it is rendered is no target of repetitions.
    let Ok(node) = yaml::parse(text) else { return unchanged() };
    let mut manifest = node.to_json();
    let mut whole: Option<Vec<Value>> = None;
    let mut changed = false;
    for rendered in evaluation.items().filter(|rendered| !rendered.off && !rendered.repetitions.is_empty()) {
        for template in &rendered.item.templates {
            if !is_target(template, &manifest) {
                continue;
            }
            if template.yaml_path.is_empty() {
                whole = Some(copies(rendered, &manifest));
            } else {
                repeat_within(rendered, &mut manifest, &template.yaml_path)?;
                changed = true;
            }
        }
    }
    match whole {
        Some(all) => Ok(all.iter().map(yaml::write).collect()),
        None if changed => Ok(vec![yaml::write(&manifest)]),
        None => unchanged(),
    }
}

fn is_target(template: &RepeatTemplate, manifest: &Value) -> bool {
    let is =
        |found: Option<&Value>, wanted: &str| found.and_then(Value::as_str).unwrap_or_default() == wanted;
    let metadata = manifest.get("metadata");
    let own = |name: &str| metadata.and_then(|metadata| metadata.get(name));
    is(manifest.get("apiVersion"), &template.api_version)
        && is(manifest.get("kind"), &template.kind)
        && is(own("name"), &template.name)
        && (template.namespace.is_empty() || is(own("namespace"), &template.namespace))
}

/// The whole manifest for each repetition, named after it.
fn copies(rendered: &RenderedItem, manifest: &Value) -> Vec<Value> {
    let copy = |name: &str| {
        let mut copy = named(manifest, &rendered.item.name, name);
        if let Some(own) = copy.get_mut("metadata").and_then(|metadata| metadata.get_mut("name")) {
            *own = Value::String(name.to_owned());
        }
        copy
    };
    rendered.repetitions.iter().map(|repetition| copy(&repetition.name)).collect()
}

/// One element of a list for each repetition; they stand behind the others.
fn repeat_within(rendered: &RenderedItem, manifest: &mut Value, path: &str) -> Result<(), YamlError> {
    let lost =
        || YamlError::Content(format!("item {}: {path} is no element of a list here", rendered.item.name));
    let mut steps: Vec<(&str, Option<usize>)> = Vec::new();
    for step in path.split('.') {
        let (name, index) = match step.split_once('[') {
            Some((name, index)) => (name, Some(index.trim_end_matches(']').parse().map_err(|_| lost())?)),
            None => (step, None),
        };
        steps.push((name, index));
    }
    let ((last, index), before) =
        steps.split_last().map(|(last, before)| (*last, before)).ok_or_else(lost)?;
    let mut current = manifest;
    for (name, index) in before {
        current = current.get_mut(*name).ok_or_else(lost)?;
        if let Some(index) = index {
            current = current.get_mut(*index).ok_or_else(lost)?;
        }
    }
    let list = current.get_mut(last).and_then(Value::as_array_mut).ok_or_else(lost)?;
    let index = index.filter(|index| *index < list.len()).ok_or_else(lost)?;
    let element = list.remove(index);
    list.extend(rendered.repetitions.iter().map(|one| named(&element, &rendered.item.name, &one.name)));
    Ok(())
}

/// A value in which every mark of `item` is the repetition's name, in keys as well.
fn named(value: &Value, item: &str, name: &str) -> Value {
    match value {
        Value::String(text) => Value::String(replaced(text, item, name)),
        Value::Array(items) => Value::Array(items.iter().map(|one| named(one, item, name)).collect()),
        Value::Object(fields) => Value::Object(
            fields.iter().map(|(key, value)| (replaced(key, item, name), named(value, item, name))).collect(),
        ),
        other => other.clone(),
    }
}

/// Replaces `repl[[ .item ]]` and `[[repl .item ]]`.
fn replaced(text: &str, item: &str, name: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = ["repl[[", "[[repl"].iter().filter_map(|mark| rest.find(mark)).min() {
        let inner = &rest[at + 6..];
        let Some(end) = inner.find("]]") else { break };
        out.push_str(&rest[..at]);
        let asked = inner[..end].trim();
        let is_own = asked.strip_prefix('.') == Some(item);
        out.push_str(if is_own { name } else { &rest[at..at + 6 + end + 2] });
        rest = &inner[end + 2..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn marks_become_names() {
        let text = r#"repl{{ ConfigOption "repl[[ .port ]]" | ParseInt }}-[[repl .port]]-repl[[ .other ]]"#;
        let wanted = r#"repl{{ ConfigOption "port-1" | ParseInt }}-port-1-repl[[ .other ]]"#;
        assert_eq!(replaced(text, "port", "port-1"), wanted, "only the item's own marks");
    }
}
