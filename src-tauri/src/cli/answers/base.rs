//! Bases, and what a site's config became over time.

use std::fmt::Write as _;

use serde_json::Value;

use super::{config, date, list, table, words};

pub(super) fn bases(answer: &Value) -> String {
    let rows: Vec<Vec<String>> = list(&answer["bases"])
        .map(|base| {
            vec![
                words(&base["name"]),
                words(&base["slug"]),
                base["values"].to_string(),
                sites(base),
                date(&base["changedAt"]),
                words(&base["changedBy"]),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "No bases yet. Make one with `longshore config base set NAME --app SLUG`.".to_owned();
    }
    table(&["name", "application", "values", "sites", "changed", "by"], &rows)
}

fn sites(base: &Value) -> String {
    list(&base["sites"]).map(|site| words(&site["name"])).collect::<Vec<_>>().join(",")
}

pub(super) fn base(answer: &Value) -> String {
    let summary = &answer["summary"];
    let mut text = format!("{}, for {}", words(&summary["name"]), words(&summary["slug"]));
    let release = words(&answer["release"]);
    if release.is_empty() {
        text.push_str("; no release of it is known, so values are not checked and not shown\n");
    } else {
        let _ = writeln!(text, " (form of {release})");
    }
    let followers = sites(summary);
    let _ = writeln!(text, "followed by {}", if followers.is_empty() { "no site" } else { &followers });
    let rows: Vec<Vec<String>> = list(&answer["values"])
        .map(|value| {
            let shown = match (value["secret"] == true, words(&value["filename"])) {
                (true, name) if name.is_empty() => "(set)".to_owned(),
                (true, name) => format!("(set, {name})"),
                _ => words(&value["value"]),
            };
            let (changed, by) = (date(&value["changedAt"]), words(&value["changedBy"]));
            vec![words(&value["name"]), words(&value["kind"]), shown, changed, by]
        })
        .collect();
    text.push_str(&table(&["item", "type", "value", "changed", "by"], &rows));
    for note in list(&answer["notes"]) {
        let _ = writeln!(text, "{}: {}", words(&note["field"]), words(&note["message"]));
    }
    text
}

pub(super) fn comparison(answer: &Value) -> String {
    let rows: Vec<Vec<String>> = list(&answer["sites"])
        .map(|site| {
            let known = !site["readAt"].is_null();
            let number = |field: &str| if known { site[field].to_string() } else { String::new() };
            vec![
                words(&site["name"]),
                words(&site["version"]),
                number("differing"),
                number("behind"),
                date(&site["readAt"]),
                words(&site["problem"]),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "No site follows this base. Let some with `longshore config base assign`.".to_owned();
    }
    let mut text = table(&["site", "version", "differing", "behind", "read", "problem"], &rows);
    let name = |id: &Value| {
        list(&answer["sites"])
            .find(|site| site["id"] == *id)
            .map(|site| words(&site["name"]))
            .unwrap_or_default()
    };
    for item in list(&answer["items"]) {
        let secret = item["secret"] == true;
        let shown = |value: &Value| match (value.as_str(), secret) {
            (None, _) => "(not set)".to_owned(),
            (Some(_), true) => "(secret)".to_owned(),
            (Some(value), false) => format!("{value:?}"),
        };
        let _ = writeln!(text, "\n{}: {}", words(&item["name"]), shown(&item["base"]));
        for site in list(&item["sites"]) {
            let behind = if site["behind"] == true { ", from the base as it was" } else { "" };
            let _ = writeln!(text, "  {}: {}{behind}", name(&site["site"]), shown(&site["value"]));
        }
    }
    text
}

pub(super) fn history(answer: &Value) -> String {
    let mut text = String::new();
    for entry in list(&answer["entries"]) {
        let from = words(&entry["fromVersion"]);
        let to = words(&entry["version"]);
        let way = if from.is_empty() || from == to { to } else { format!("{from} → {to}") };
        let _ = writeln!(
            text,
            "{}  {}  {} {way}, revision {}, by {}",
            date(&entry["at"]),
            words(&entry["run"]),
            words(&entry["workflow"]),
            entry["revision"],
            words(&entry["who"]),
        );
        let changes = config::changes(&entry["changes"]);
        if entry["comparable"] != true {
            text.push_str("  the values before are no longer kept\n");
        } else if changes.is_empty() {
            text.push_str("  no value changed\n");
        }
        text.push_str(&changes);
    }
    if text.is_empty() { "Nothing is installed on this site.".to_owned() } else { text }
}
