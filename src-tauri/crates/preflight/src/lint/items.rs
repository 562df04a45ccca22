//! Single collectors and analyzers: kinds, keys, types.

use serde_json::Value;

use super::{Report, Severity, meant};
use crate::kinds::{self, Field, Scope, Type, nearest_of};
use crate::values::{number, pattern};
use crate::yaml::Node;

/// Where an item lies, and at what it looks.
pub(crate) struct Place<'a> {
    pub(crate) node: &'a Node,
    pub(crate) path: &'a str,
    pub(crate) scope: Scope,
}

/// Keys that many write, and what is read instead.
const KNOWN_SLIPS: &[(&str, &str)] = &[
    ("operationSizeBytes", "operationSize"),
    ("allocatableMemory", "memoryAllocatable"),
    ("allocatableCpu", "cpuAllocatable"),
    ("matchLabels", "matchLabel"),
    ("filename", "fileName"),
    ("regexPattern", "regex"),
    ("architecture", "cpuArchitecture"),
];

impl Report {
    /// A collector.
    pub(super) fn collector(&mut self, place: &Place<'_>, item: &Value) {
        let known: Vec<&str> = kinds::collectors(place.scope).iter().map(|(name, _)| *name).collect();
        let other = other(place.scope);
        let elsewhere: Vec<&str> = kinds::collectors(other).iter().map(|(name, _)| *name).collect();
        let Some((kind, body)) = self.kind(place, item, &known, &elsewhere, "collector") else { return };
        if let Some(fields) = kinds::collector(place.scope, kind) {
            self.fields(place, &format!("{}.{kind}", place.path), body, &fields);
        }
    }

    /// An analyzer.
    pub(super) fn analyzer(&mut self, place: &Place<'_>, item: &Value) {
        let known: Vec<&str> = kinds::analyzers(place.scope).iter().map(|(name, _)| *name).collect();
        let elsewhere: Vec<&str> =
            kinds::analyzers(other(place.scope)).iter().map(|(name, _)| *name).collect();
        let Some((kind, body)) = self.kind(place, item, &known, &elsewhere, "analyzer") else { return };
        let path = format!("{}.{kind}", place.path);
        if let Some(fields) = kinds::analyzer(place.scope, kind) {
            self.fields(place, &path, body, &fields);
        }
        for field in ["regex", "regexGroups"] {
            let regex = body[field].as_str().unwrap_or_default();
            if let Err(why) = pattern::compile(regex) {
                self.add(place.node, &format!("{path}.{field}"), Severity::Error, &why, "");
            }
        }
        self.outcomes(place, kind, &path, body);
    }

    /// The one kind that an item names, with its fields.
    fn kind<'a>(
        &mut self,
        place: &Place<'_>,
        item: &'a Value,
        known: &[&'a str],
        elsewhere: &[&str],
        words: &str,
    ) -> Option<(&'a str, &'a Value)> {
        let Some(members) = item.as_object() else {
            let message = format!("an item has to name a kind of {words}");
            self.add(place.node, place.path, Severity::Error, &message, "");
            return None;
        };
        for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
            let there = if place.scope == Scope::Host { "clusters" } else { "hosts" };
            let hint = match nearest_of(name, known.iter().copied()) {
                _ if elsewhere.contains(&name.as_str()) => {
                    format!("it looks at {there}, and belongs into their list")
                }
                Some(nearest) => meant(nearest),
                None => String::new(),
            };
            let path = format!("{}.{name}", place.path);
            let message = format!("there is no kind of {words} {name}");
            self.add(place.node, &path, Severity::Error, &message, &hint);
        }
        let present: Vec<&str> = known
            .iter()
            .copied()
            .filter(|name| members.get(*name).is_some_and(|body| !body.is_null()))
            .collect();
        if let [first, rest @ ..] = present.as_slice()
            && !rest.is_empty()
        {
            let message = format!("one item names several kinds; only {first} counts");
            self.add(place.node, place.path, Severity::Error, &message, "give each an item of its own");
        }
        for name in members.iter().filter(|(name, body)| body.is_null() && known.contains(&name.as_str())) {
            let message = format!("{} has no fields, so it is ignored", name.0);
            self.add(
                place.node,
                &format!("{}.{}", place.path, name.0),
                Severity::Error,
                &message,
                "write {} there",
            );
        }
        present.first().map(|name| (*name, &members[*name]))
    }

    /// Keys that nobody reads, and values of another type.
    fn fields(&mut self, place: &Place<'_>, path: &str, body: &Value, fields: &[Field]) {
        self.unknown_keys(place, path, body, fields);
        for (path, why) in kinds::wrong_fields(path, body, fields) {
            let hint = "upstream drops the whole document for that";
            self.add(place.node, &path, Severity::Error, &why, hint);
        }
        for field in ["exclude", "strict"] {
            let text = body[field].as_str().unwrap_or_default();
            if !text.is_empty() && number::boolean(text).is_none() {
                let message = format!("{field} is {text:?}, which means neither true nor false");
                let path = format!("{path}.{field}");
                self.add(place.node, &path, Severity::Error, &message, "true or false without quotes");
            }
        }
    }

    fn unknown_keys(&mut self, place: &Place<'_>, path: &str, body: &Value, fields: &[Field]) {
        let Some(members) = body.as_object() else {
            self.add(place.node, path, Severity::Error, "an object is needed here", "");
            return;
        };
        for (name, value) in members {
            let path = format!("{path}.{name}");
            match fields.iter().find(|(known, _)| known == name) {
                Some((_, Type::Object(inner))) if value.is_object() => {
                    self.unknown_keys(place, &path, value, inner);
                }
                Some((_, Type::Objects(inner))) => {
                    for (at, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.unknown_keys(place, &format!("{path}[{at}]"), item, inner);
                    }
                }
                Some(_) => {}
                None => {
                    let slip = KNOWN_SLIPS.iter().find(|(slip, _)| slip == name).map(|(_, right)| *right);
                    let slip = slip.filter(|right| fields.iter().any(|(known, _)| known == right));
                    let near = slip.or_else(|| nearest_of(name, fields.iter().map(|(known, _)| *known)));
                    let hint = near.map(meant).unwrap_or_default();
                    let message = format!("nobody reads {name} here");
                    self.add(place.node, &path, Severity::Warning, &message, &hint);
                }
            }
        }
    }
}

fn other(scope: Scope) -> Scope {
    match scope {
        Scope::Host => Scope::Cluster,
        Scope::Cluster => Scope::Host,
    }
}
