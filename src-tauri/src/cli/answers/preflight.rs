//! Preflights by themselves.

use std::fmt::Write as _;

use serde_json::Value;

use super::{date, list, table, words};

/// Findings of the linter, as compilers print them.
pub(super) fn findings(answer: &Value) -> String {
    let mut text = String::new();
    for finding in list(&answer["findings"]) {
        let (file, severity) = (words(&finding["file"]), words(&finding["severity"]));
        let message = words(&finding["message"]);
        let _ = writeln!(text, "{file}:{}: {severity}: {message}", finding["line"]);
        let path = words(&finding["path"]);
        if !path.is_empty() {
            let _ = writeln!(text, "    at {path}");
        }
        let hint = words(&finding["hint"]);
        if !hint.is_empty() {
            let _ = writeln!(text, "    {hint}");
        }
    }
    if text.is_empty() { "Nothing is wrong.".to_owned() } else { text }
}

/// Runs, newest first.
pub(super) fn list_of_runs(answer: &Value) -> String {
    let rows: Vec<Vec<String>> = list(&answer["preflights"])
        .map(|run| {
            let specs: Vec<String> = list(&run["specs"]).map(words).collect();
            let count = |field: &str| run[field].to_string();
            vec![
                words(&run["id"]),
                date(&run["at"]),
                words(&run["progress"]),
                count("hosts"),
                words(&run["siteName"]),
                format!("{}/{}/{}/{}", count("passed"), count("warned"), count("failed"), count("unjudged")),
                specs.join(", "),
            ]
        })
        .collect();
    if rows.is_empty() {
        "No preflights yet. Run some with `longshore preflight run --host HOST`.".to_owned()
    } else {
        table(&["id", "at", "", "hosts", "site", "pass/warn/fail/error", "specs"], &rows)
    }
}

/// What changed.
pub(super) fn comparison(answer: &Value) -> String {
    let state = |value: &Value| value.as_str().unwrap_or("not there").to_owned();
    let rows: Vec<Vec<String>> = list(&answer["changes"])
        .map(|change| {
            vec![
                words(&change["host"]),
                words(&change["title"]),
                format!("{} → {}", state(&change["before"]), state(&change["after"])),
                words(&change["message"]).lines().next().unwrap_or_default().to_owned(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return format!("Nothing changed: {} checks are as they were.", answer["same"]);
    }
    table(&["host", "check", "change", "message"], &rows)
}
