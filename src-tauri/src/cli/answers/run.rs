//! Bundles, runs and what was done.

use std::fmt::Write as _;

use serde_json::Value;

use super::config::changes;
use super::{bytes, date, list, table, words};

pub(super) fn runs(answer: &Value) -> String {
    let rows: Vec<Vec<String>> = list(&answer["runs"])
        .map(|run| {
            let orphaned = if run["orphaned"] == true { " (its process is gone)" } else { "" };
            vec![
                words(&run["id"]),
                words(&run["siteName"]),
                words(&run["workflow"]),
                words(&run["release"]["version"]),
                format!("{}{orphaned}", words(&run["state"])),
                date(&run["createdAt"]),
            ]
        })
        .collect();
    if rows.is_empty() {
        "No runs yet.".to_owned()
    } else {
        table(&["id", "site", "workflow", "version", "state", "created"], &rows)
    }
}

pub(super) fn plan(answer: &Value) -> String {
    let summary = &answer["summary"];
    let mut text = format!(
        "Plan {}: {} charts new, {} changed, {} removed, {} kept; {} manifests; {} images, {} to move\n",
        words(&answer["digest"]).chars().take(19).collect::<String>(),
        summary["chartsAdded"],
        summary["chartsChanged"],
        summary["chartsRemoved"],
        summary["chartsKept"],
        summary["manifestsApplied"],
        summary["images"],
        bytes(&summary["bytesToMove"]),
    );
    text.push_str(&cluster(&answer["cluster"], answer["workflow"] == "restore"));
    text.push_str(&extensions(&answer["extensions"]));
    for step in list(&answer["steps"]) {
        let mark = if step["pointOfNoReturn"] == true { "  ! no way back" } else { "" };
        let _ = writeln!(text, "  {}{mark}", words(&step["title"]));
    }
    text.push_str(&changes(&answer["config"]));
    for point in list(&answer["pointsOfNoReturn"]) {
        let _ = writeln!(text, "  ! {}", words(&point["why"]));
    }
    for warning in list(&answer["warnings"]) {
        let _ = writeln!(text, "  ! {}", words(warning));
    }
    text
}

/// What happens to the cluster of Linux hosts, host by host.
fn cluster(change: &Value, back: bool) -> String {
    if change.is_null() {
        return String::new();
    }
    let version = |value: &Value| value.as_str().unwrap_or("–").to_owned();
    let mut text = format!(
        "Cluster ({}): {} to {}\n",
        words(&change["runtime"]),
        version(&change["fromVersion"]),
        version(&change["toVersion"])
    );
    let rows: Vec<Vec<String>> = list(&change["hosts"])
        .map(|host| {
            let what = match host["change"].as_str().unwrap_or_default() {
                "add" => "joins",
                "change" if back => "is put back",
                "change" => "is upgraded",
                "remove" => "is reset",
                _ => "stays",
            };
            let (from, to) = (version(&host["fromVersion"]), version(&host["toVersion"]));
            let role = words(&host["role"]);
            vec![
                words(&host["host"]),
                words(&host["node"]),
                role,
                what.to_owned(),
                from,
                to,
                bytes(&host["missingBytes"]),
            ]
        })
        .collect();
    text.push_str(&table(&["host", "node", "role", "", "from", "to", "lacks"], &rows));
    if let Some(count) = change["workersAtOnce"].as_u64().filter(|count| *count > 1) {
        let _ = writeln!(text, "Workers at a time: {count}");
    }
    let _ = writeln!(text, "{}", words(&change["recovery"]));
    text
}

/// What happens to the cluster's own charts.
fn extensions(changes: &Value) -> String {
    let mut text = String::new();
    for change in list(changes) {
        let version = |name: &str| change[name].as_str().unwrap_or_default();
        let what = match change["change"].as_str().unwrap_or_default() {
            "add" => format!("{} is installed", version("toVersion")),
            "change" => format!("{} to {}", version("fromVersion"), version("toVersion")),
            "remove" => format!("{} is removed", version("fromVersion")),
            _ => format!("{} is left as it is", version("fromVersion")),
        };
        let _ = writeln!(text, "Extension {}: {what}", words(&change["release"]));
    }
    text
}

pub(super) fn audit(answer: &Value) -> String {
    let rows: Vec<Vec<String>> = list(&answer["entries"])
        .map(|entry| {
            vec![
                date(&entry["at"]),
                words(&entry["who"]),
                words(&entry["door"]),
                words(&entry["command"]),
                words(&entry["run"]),
                words(&entry["result"]),
            ]
        })
        .collect();
    table(&["at", "who", "door", "command", "run", "result"], &rows)
}
