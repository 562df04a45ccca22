//! A collector of a spec, as its kind reads it.

use std::time::Duration;

use serde_json::Value;

use super::world::{Refusal, Right};
use crate::values::duration;
use crate::values::glob::joined;

/// The longest that a collector may take, whatever the spec says.
const LONGEST: Duration = Duration::from_hours(1);

/// A collector's own fields, and the namespace of the application.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) body: &'a Value,
    pub(super) namespace: &'a str,
}

impl<'a> Asked<'a> {
    pub(super) fn text(&self, field: &str) -> &'a str {
        self.body[field].as_str().unwrap_or_default()
    }

    pub(super) fn text_or<'b>(&self, field: &str, default: &'b str) -> &'b str
    where
        'a: 'b,
    {
        match self.text(field) {
            "" => default,
            text => text,
        }
    }

    pub(super) fn texts(&self, field: &str) -> Vec<&'a str> {
        self.body[field].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    pub(super) fn flag(&self, field: &str) -> bool {
        self.body[field] == true
    }

    /// The namespace it names; the application's own where it names none. Upstream takes `default` or all of them
    /// there, where an operator of one application often has no rights.
    pub(super) fn place(&self) -> &'a str {
        self.text_or("namespace", self.namespace)
    }

    /// A path of the layout below the collector's `name`.
    pub(super) fn below(&self, parts: &[&str]) -> String {
        let mut all = vec![self.text("name")];
        all.extend(parts);
        joined(&all)
    }

    /// The collector's `name` as a folder; without one, every folder of two steps below the root is meant.
    pub(super) fn folder(&self) -> String {
        match joined(&[self.text("name")]) {
            name if name.is_empty() => "*/*".to_owned(),
            name => format!("{name}/"),
        }
    }

    /// How long it may take: as its `timeout` says, or `default`.
    pub(super) fn limit(&self, default: Duration) -> Result<Duration, String> {
        let text = self.text("timeout");
        if text.is_empty() {
            return Ok(default);
        }
        let found = duration::parse(text).and_then(|nanoseconds| u64::try_from(nanoseconds).ok());
        match found.map(Duration::from_nanos) {
            // Upstream means its own default by that.
            Some(Duration::ZERO) => Ok(default),
            Some(limit) => Ok(limit.min(LONGEST)),
            None => Err(format!("timeout: {text:?} is no duration; 30s is the form")),
        }
    }

    /// The query that selects what its `selector` does.
    pub(super) fn selecting(&self) -> String {
        selecting(&self.texts("selector").join(","))
    }
}

/// The query of a label selector; empty for none.
pub(super) fn selecting(selector: &str) -> String {
    if selector.is_empty() { String::new() } else { format!("?labelSelector={}", escaped(selector)) }
}

/// A text as a part of a URL, where only letters, digits and `-._~` stand for themselves.
pub(super) fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

/// Rights of a collector: without those it must have it is not begun, without the others it does less.
#[derive(Debug, Clone, Default)]
pub(super) struct Needs {
    pub(super) must: Vec<Right>,
    pub(super) may: Vec<Right>,
}

impl Needs {
    /// Rights to the objects of one kind.
    pub(super) fn must(mut self, verbs: &[&str], group: &str, resource: &str, namespace: &str) -> Self {
        self.must.extend(verbs.iter().map(|verb| Right::new(verb, group, resource, namespace)));
        self
    }

    /// Rights that it can do without.
    pub(super) fn may(mut self, verbs: &[&str], group: &str, resource: &str, namespace: &str) -> Self {
        self.may.extend(verbs.iter().map(|verb| Right::new(verb, group, resource, namespace)));
        self
    }

    pub(super) fn and(mut self, other: Self) -> Self {
        self.must.extend(other.must);
        self.may.extend(other.may);
        self
    }
}

/// Says which rights are missing.
pub(super) fn missing<'a>(rights: impl IntoIterator<Item = &'a Right>) -> Option<Refusal> {
    let words: Vec<String> = rights.into_iter().map(Right::words).collect();
    match words.as_slice() {
        [] => None,
        [one] => Some(Refusal::Forbidden(format!("a right is missing: {one}"))),
        several => Some(Refusal::Forbidden(format!("rights are missing: {}", several.join(", ")))),
    }
}
