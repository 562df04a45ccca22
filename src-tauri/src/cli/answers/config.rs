//! A run's config.

use std::fmt::Write as _;

use serde_json::Value;
use similar::TextDiff;

use super::{list, table, words};

/// The form.
pub(super) fn form(answer: &Value) -> String {
    let mut rows = Vec::new();
    for item in list(&answer["groups"]).flat_map(|group| list(&group["items"])) {
        let value = match (words(&item["value"]), item["isSet"] == true) {
            (value, true) if value.is_empty() => "(set)".to_owned(),
            (value, _) if value.is_empty() => words(&item["default"]),
            (value, _) => value,
        };
        rows.push(vec![
            words(&item["name"]),
            words(&item["kind"]),
            value,
            words(&item["source"]),
            words(&item["note"]),
            words(&item["error"]),
        ]);
    }
    table(&["item", "type", "value", "from", "note", "error"], &rows)
}

/// Changed values, one a line.
pub(super) fn changes(changes: &Value) -> String {
    let mut text = String::new();
    for change in list(changes) {
        let shown = if change["secret"] == true {
            "(secret)".to_owned()
        } else {
            format!("{:?} → {:?}", words(&change["old"]), words(&change["new"]))
        };
        let _ = writeln!(text, "  config {}: {} {shown}", words(&change["name"]), words(&change["change"]));
    }
    text
}

/// Charts' values; where other values were given, what they change.
pub(super) fn rendering(answer: &Value) -> String {
    let mut text = String::new();
    for chart in list(&answer["charts"]) {
        let _ = writeln!(text, "# chart {} ({})", words(&chart["release"]), words(&chart["change"]));
        text.push_str(&side(&chart["before"], &chart["after"]));
        for object in list(&chart["objects"]).filter(|object| object["change"] != "keep") {
            let _ = writeln!(text, "# {} {}", words(&object["kind"]), words(&object["name"]));
            text.push_str(&side(&object["before"], &object["after"]));
        }
    }
    if answer["manifestsAfter"] != "" || answer["manifestsBefore"] != "" {
        text.push_str("# plain manifests\n");
        text.push_str(&side(&answer["manifestsBefore"], &answer["manifestsAfter"]));
    }
    text
}

/// A text, or what becomes of it.
fn side(before: &Value, after: &Value) -> String {
    let (before, after) = (words(before), words(after));
    if before == after {
        return after;
    }
    TextDiff::from_lines(&before, &after).unified_diff().context_radius(3).to_string()
}
