//! Which kinds there are, which fields each has and of which type.
//!
//! Upstream decodes a spec into records: an unknown key is ignored, and a value of another type drops the whole
//! document. Both happen silently there, so judging and linting ask here.

mod analyzers;
mod collectors;
mod nearest;

use serde_json::Value;

pub(crate) use nearest::nearest_of;

/// Where a check looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// At hosts.
    Host,
    /// At a cluster.
    Cluster,
}

/// Type of a field.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Type {
    /// A text.
    Text,
    /// True, false, or a text that means one.
    Switch,
    /// True or false.
    Flag,
    /// A whole number.
    Integer,
    /// A whole number not below zero.
    Count,
    /// A list of texts.
    Texts,
    /// Texts by names of the author's own.
    TextMap,
    /// Outcomes.
    Outcomes,
    /// An object of known fields.
    Object(&'static [Field]),
    /// A list of such objects.
    Objects(&'static [Field]),
    /// Whatever Kubernetes reads there.
    Free,
}

/// A field and its type.
pub(crate) type Field = (&'static str, Type);
/// A kind and its fields, those all kinds have left out.
pub(crate) type Shape = (&'static str, &'static [Field]);

const OUTCOME: &[Field] = &[("when", Type::Text), ("message", Type::Text), ("uri", Type::Text)];
const OUTCOMES: &[Field] =
    &[("pass", Type::Object(OUTCOME)), ("warn", Type::Object(OUTCOME)), ("fail", Type::Object(OUTCOME))];
const ANALYZER: &[Field] = &[
    ("checkName", Type::Text),
    ("exclude", Type::Switch),
    ("strict", Type::Switch),
    ("annotations", Type::TextMap),
    // Documentation of the newer form; nothing reads it.
    ("docString", Type::Text),
];
const COLLECTOR: &[Field] =
    &[("collectorName", Type::Text), ("exclude", Type::Switch), ("docString", Type::Text)];

/// Kinds of analyzers.
pub(crate) fn analyzers(scope: Scope) -> &'static [Shape] {
    match scope {
        Scope::Host => analyzers::HOST,
        Scope::Cluster => analyzers::CLUSTER,
    }
}

/// Kinds of collectors.
pub(crate) fn collectors(scope: Scope) -> &'static [Shape] {
    match scope {
        Scope::Host => collectors::HOST,
        Scope::Cluster => collectors::CLUSTER,
    }
}

/// Fields of an analyzer of a kind.
pub(crate) fn analyzer(scope: Scope, kind: &str) -> Option<Vec<Field>> {
    let (_, fields) = analyzers(scope).iter().find(|(name, _)| *name == kind)?;
    Some([ANALYZER, *fields].concat())
}

/// Fields of a collector of a kind.
pub(crate) fn collector(scope: Scope, kind: &str) -> Option<Vec<Field>> {
    let (_, fields) = collectors(scope).iter().find(|(name, _)| *name == kind)?;
    Some([COLLECTOR, *fields].concat())
}

/// The known kind of analyzer whose name is closest to one that is not.
pub(crate) fn nearest(scope: Scope, name: &str) -> Option<&'static str> {
    nearest_of(name, analyzers(scope).iter().map(|(name, _)| *name))
}

/// The known kind of collector whose name is closest to one that is not.
pub(crate) fn nearest_collector(scope: Scope, name: &str) -> Option<&'static str> {
    nearest_of(name, collectors(scope).iter().map(|(name, _)| *name))
}

/// Whether an analyzer's fields have their types.
pub(crate) fn well_typed(scope: Scope, kind: &str, spec: &Value) -> Result<(), String> {
    let fields = analyzer(scope, kind).unwrap_or_default();
    match mistyped(kind, spec, Type::Object(&[])).into_iter().chain(wrong_fields(kind, spec, &fields)).next()
    {
        None => Ok(()),
        Some((path, why)) => Err(format!("{path}: {why}; upstream drops the whole document for that")),
    }
}

/// Places whose values are of another type than their fields, and what is expected there.
pub(crate) fn wrong_fields(path: &str, spec: &Value, fields: &[Field]) -> Vec<(String, String)> {
    let present = fields.iter().filter_map(|(name, kind)| Some((name, *kind, spec.get(*name)?)));
    present.flat_map(|(name, kind, value)| mistyped(&format!("{path}.{name}"), value, kind)).collect()
}

/// A place and what is wrong there.
type Wrong = (String, String);

fn mistyped(path: &str, value: &Value, kind: Type) -> Vec<Wrong> {
    let wrong = |wanted: &str| vec![(path.to_owned(), format!("{wanted} is needed, not {value}"))];
    let each = |wanted: &str, inner: &dyn Fn(&str, &Value) -> Vec<Wrong>| match value {
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(at, item)| inner(&format!("{path}[{at}]"), item)).collect()
        }
        _ => wrong(wanted),
    };
    let text = |path: &str, item: &Value| mistyped(path, item, Type::Text);
    match (kind, value) {
        (Type::Free, _)
        | (_, Value::Null)
        | (Type::Text, Value::String(_))
        | (Type::Flag, Value::Bool(_))
        | (Type::Switch, Value::Bool(_) | Value::String(_)) => Vec::new(),
        (Type::Integer, value) if value.is_i64() => Vec::new(),
        (Type::Count, value) if value.is_u64() => Vec::new(),
        (Type::Texts, _) => each("a list of texts", &text),
        (Type::TextMap, Value::Object(members)) => {
            members.iter().flat_map(|(name, member)| text(&format!("{path}.{name}"), member)).collect()
        }
        (Type::Outcomes, _) => each("a list of outcomes", &outcome),
        (Type::Object(fields), Value::Object(_)) => wrong_fields(path, value, fields),
        (Type::Objects(fields), _) => {
            each("a list of objects", &|path, item| mistyped(path, item, Type::Object(fields)))
        }
        (Type::Text, _) => wrong("a text (in quotes)"),
        (Type::Flag | Type::Switch, _) => wrong("true or false"),
        (Type::Integer, _) => wrong("a whole number"),
        (Type::Count, _) => wrong("a whole number not below zero"),
        (Type::TextMap | Type::Object(_), _) => wrong("an object"),
    }
}

fn outcome(path: &str, item: &Value) -> Vec<(String, String)> {
    match item {
        Value::Object(_) => wrong_fields(path, item, OUTCOMES),
        other => vec![(path.to_owned(), format!("an outcome is needed, not {other}"))],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_of_another_type_is_named() {
        for (spec, path) in [
            (json!({ "outcomes": [{ "pass": { "when": 8 } }] }), "memory.outcomes[0].pass.when"),
            (json!({ "exclude": 1 }), "memory.exclude"),
            (json!({ "outcomes": [null] }), "memory.outcomes[0]"),
            (json!({ "annotations": { "a": true } }), "memory.annotations.a"),
            (json!([]), "memory:"),
        ] {
            let why = well_typed(Scope::Host, "memory", &spec).expect_err("mistyped");
            assert!(why.starts_with(path), "{why}");
        }
        let fine =
            json!({ "exclude": "no", "checkName": null, "unknown": 1, "outcomes": [{ "pass": null }] });
        assert_eq!(well_typed(Scope::Host, "memory", &fine), Ok(()));
    }
}
