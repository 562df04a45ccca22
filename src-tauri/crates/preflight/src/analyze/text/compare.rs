//! `jsonCompare` and `yamlCompare`: one value of a document against an expected one.

use serde_json::Value;

use crate::analyze::bundle::json;
use crate::analyze::verdict::{State, Unjudged, Verdict};
use crate::analyze::{Check, Judged};
use crate::template::{About, floats, render};
use crate::values::glob::joined;
use crate::values::path::{self, Lost};
use crate::values::{jsonpath, number};

impl From<Lost> for Unjudged {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Wrong(why) => Self::Wrong(why),
            Lost::Beyond(why) => Self::Silent(why),
        }
    }
}

fn place(check: &Check<'_>) -> String {
    joined(&[check.text("collectorName"), check.text("fileName")])
}

pub(crate) fn json_compare(check: &Check<'_>) -> Judged {
    let title = check.named(check.text_or("collectorName", "Json Compare"));
    let place = place(check);
    let document = floats(&json(&place, check.bundle.read(&place)?)?);
    let (path, json_path) = (check.text("path"), check.text("jsonPath"));
    let actual = match (path, json_path) {
        ("", "") => document.clone(),
        ("", json_path) => jsonpath::find(&document, json_path)?,
        (path, _) => path::at(&document, path)?.clone(),
    };
    let expected: Value =
        serde_json::from_str(check.text("value")).map_err(|error| format!("value is no JSON: {error}"))?;
    outcome(check, &title, &document, same(&floats(&actual), &floats(&expected)))
}

pub(crate) fn yaml_compare(check: &Check<'_>) -> Judged {
    let title = check.named(check.text("collectorName"));
    let place = place(check);
    let document = yaml(&place, check.bundle.read(&place)?)?;
    let actual = match check.text("path") {
        "" => document.clone(),
        path => path::at(&document, path)?.clone(),
    };
    let expected = yaml("value", check.text("value").as_bytes())?;
    outcome(check, &title, &document, actual == expected)
}

/// The first outcome whose `when` is what the comparison gave. Messages of outcomes before it are rendered too,
/// and one that fails ends the check.
fn outcome(check: &Check<'_>, title: &str, document: &Value, equal: bool) -> Judged {
    for outcome in check.outcomes() {
        let when = outcome.boolean()?;
        let message = render(outcome.message, About::Document(document))?;
        if when == equal {
            return Ok(vec![outcome.verdict_saying(title, message)]);
        }
    }
    Ok(vec![Verdict::of(State::Fail, title, "Invalid analyzer")])
}

/// Equality that does not mind the order of a list on the first level.
fn same(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (Value::Array(actual), Value::Array(expected)) => sorted(actual) == sorted(expected),
        (actual, expected) => actual == expected,
    }
}

fn sorted(items: &[Value]) -> Vec<Value> {
    let mut items = items.to_vec();
    items.sort_by(|left, right| match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            left.as_f64().partial_cmp(&right.as_f64()).unwrap_or(std::cmp::Ordering::Equal)
        }
        (Value::String(left), Value::String(right)) => left.cmp(right),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (left, right) => plain(left).cmp(&plain(right)),
    });
    items
}

/// A value as Go prints it, which is what lists of mixed values are sorted by.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::Number(found) => number::shown(found.as_f64().unwrap_or_default()),
        Value::String(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        Value::Array(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(" ")),
        Value::Object(members) => {
            let mut pairs: Vec<String> =
                members.iter().map(|(name, member)| format!("{name}:{}", plain(member))).collect();
            pairs.sort();
            format!("map[{}]", pairs.join(" "))
        }
    }
}

/// Reads the first document of a YAML text.
pub(crate) fn yaml(name: &str, content: &[u8]) -> Result<Value, Unjudged> {
    crate::yaml::first(&String::from_utf8_lossy(content))
        .map_err(|error| Unjudged::Wrong(format!("{name} is no YAML: {error}")))
}
