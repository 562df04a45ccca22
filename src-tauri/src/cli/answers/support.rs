//! Support bundles: what was found, and what is in them.

use std::fmt::Write as _;

use longshore_contract::{CheckState, SupportView};
use serde_json::Value;

use super::{bytes, date, list, size, table, words};

/// Findings, the gravest first, and what was masked and cut.
pub(in super::super) fn view(view: &SupportView) -> String {
    let mut text = String::new();
    let summary = &view.summary;
    let _ = writeln!(
        text,
        "{}: {} files, {}; {} places masked, {} files cut",
        summary.name,
        summary.files,
        size(summary.size),
        summary.masked,
        summary.cut
    );
    for result in view.results.iter().filter(|result| result.state != CheckState::Pass) {
        let host = if result.host.is_empty() { String::new() } else { format!("{}: ", result.host) };
        let _ = writeln!(text, "{:?}: {host}{}", result.state, result.title);
        for line in result.message.lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
    let _ = write!(text, "{} checks pass", summary.passed);
    text
}

/// Support bundles, newest first.
pub(super) fn list_of_bundles(answer: &Value) -> String {
    let rows: Vec<Vec<String>> = list(&answer["bundles"])
        .map(|one| {
            let count = |field: &str| one[field].to_string();
            vec![
                words(&one["id"]),
                date(&one["at"]),
                words(&one["progress"]),
                words(&one["name"]),
                bytes(&one["size"]),
                format!("{}/{}/{}/{}", count("passed"), count("warned"), count("failed"), count("unjudged")),
                count("masked"),
            ]
        })
        .collect();
    if rows.is_empty() {
        "No support bundles yet. Collect one with `longshore support collect SITE`.".to_owned()
    } else {
        table(&["id", "at", "", "of", "size", "pass/warn/fail/error", "masked"], &rows)
    }
}

/// Files by path.
pub(super) fn files(answer: &Value) -> String {
    let rows: Vec<Vec<String>> =
        list(&answer["files"]).map(|file| vec![bytes(&file["size"]), words(&file["path"])]).collect();
    table(&["size", "path"], &rows)
}

/// Lines in which a text was found, as grep prints them.
pub(super) fn hits(answer: &Value) -> String {
    let mut text: String = list(&answer["hits"])
        .map(|hit| format!("{}:{}: {}\n", words(&hit["path"]), hit["line"], words(&hit["text"])))
        .collect();
    if text.is_empty() {
        return "Nothing was found.".to_owned();
    }
    if answer["more"] == true {
        text.push_str("There is more; look for something longer.");
    }
    text
}
