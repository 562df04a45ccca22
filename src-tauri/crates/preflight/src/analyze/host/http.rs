//! `http`: what a request from the host got.

use serde_json::Value;

use crate::analyze::bundle::record;
use crate::analyze::verdict::Unjudged;
use crate::analyze::{Check, Judged};
use crate::values::expression::{self, Expression};

use super::nodes::judged;

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let file = format!("{}.json", check.text_or("collectorName", "result"));
    judged(check, &check.named("HTTP Request"), "host-collectors/http", &file, |when, content| {
        holds(when, &content.path, &content.json()?)
    })
}

/// Whether a condition holds for what an HTTP collector wrote.
pub(crate) fn holds(when: &str, path: &str, found: &Value) -> Result<bool, Unjudged> {
    let found = record(path, found)?;
    let (error, response) = (found.get("error"), found.record("response")?);
    found.record("error")?.unread(&["message"], &[])?;
    response.unread(&["body"], &[])?;
    response.all_texts("headers")?;
    let status = response.integer("status")?;
    if when == "error" {
        return Ok(error.is_some());
    }
    let normal = when.replace(" = ", " == ").replace(" === ", " == ");
    let expression = Expression::parse(&normal).map_err(|why| format!("`when: {when}`: {why}"))?;
    if found.get("response").is_none() {
        return Ok(false);
    }
    match expression.evaluate("statusCode", status as f64).map_err(|why| format!("`when: {when}`: {why}"))? {
        expression::Value::Bool(value) => Ok(value),
        other => Err(Unjudged::Wrong(format!("`when: {when}` comes to {other:?}, not to true or false"))),
    }
}
