//! Bundles, the library, keys, and what a release changes.

use std::fmt::Write as _;

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::{bytes, date, list, table, words};

fn short(id: &str) -> String {
    id.get(..12).unwrap_or(id).to_owned()
}

pub(super) fn bundles(answer: &Value) -> String {
    let rows: Vec<Vec<String>> = list(&answer["bundles"])
        .map(|bundle| {
            let signature = &bundle["signature"];
            let pinned = if signature["pinned"] == false { " (no key pinned)" } else { "" };
            vec![
                short(&words(&bundle["id"])),
                words(&bundle["slug"]),
                words(&bundle["version"]),
                words(&bundle["channel"]),
                bytes(&bundle["size"]),
                bytes(&bundle["uniqueSize"]),
                format!("{}{pinned}", words(&signature["type"])),
            ]
        })
        .collect();
    let mut text = if rows.is_empty() {
        "The library is empty. Import a bundle with `longshore bundle import`.\n".to_owned()
    } else {
        table(&["id", "app", "version", "channel", "size", "own", "signature"], &rows)
    };
    text.push_str(&imports(answer));
    text
}

/// Imports that are under way or can go on.
fn imports(answer: &Value) -> String {
    let shown: Vec<&Value> = list(&answer["imports"])
        .filter(|import| !import["holder"].is_null() || !import["kept"].is_null())
        .collect();
    if shown.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> = shown.iter().map(|import| row_of_import(import)).collect();
    let table = table(&["import", "file", "state", "began", "read", "of", "now"], &rows);
    let broken = shown.iter().any(|import| !import["kept"].is_null());
    let hint = "An import that broke off goes on with `longshore bundle resume IMPORT`; `longshore bundle discard IMPORT` \
                removes what it kept.\n";
    format!("\n{table}{}", if broken { hint } else { "" })
}

fn row_of_import(import: &Value) -> Vec<String> {
    let state = match import["state"].as_str() {
        Some("running") => "importing",
        Some("cancelled") => "stopped",
        Some("failed") => "failed",
        _ => "interrupted",
    };
    let holder = &import["holder"];
    let now = if holder.is_null() {
        format!("{} kept", bytes(&import["kept"]))
    } else {
        format!("{}/s by process {} on {}", bytes(&import["rate"]), holder["process"], words(&holder["host"]))
    };
    vec![
        words(&import["id"]),
        words(&import["file"]),
        state.to_owned(),
        date(&import["beganAt"]),
        bytes(&import["done"]),
        bytes(&import["total"]),
        now,
    ]
}

/// The state of a signature in a sentence.
pub(in super::super) fn signature(state: &Value) -> String {
    let fingerprint = words(&state["fingerprint"]);
    match state["type"].as_str() {
        Some("signed") if state["pinned"] == true => {
            let comment = words(&state["comment"]);
            let comment = if comment.is_empty() { comment } else { format!(" ({comment})") };
            format!("Signed with the key that is pinned for the application, {fingerprint}{comment}.")
        }
        Some("signed") => format!("Signed with {fingerprint}; no key is pinned for the application."),
        Some("otherKey") => {
            format!("Signed with {fingerprint}, but the key of its vendor is {}.", words(&state["pinned"]))
        }
        Some("unknown") => format!("Signed with the key {}, which is not known.", words(&state["key"])),
        Some("refused") => format!("Its signature does not fit: {}.", words(&state["why"])),
        _ => "Not signed.".to_owned(),
    }
}

pub(super) fn bundle(answer: &Value) -> String {
    let summary = &answer["summary"];
    let mut text =
        format!("{} {}  {}\n", words(&summary["title"]), words(&summary["version"]), words(&summary["id"]));
    let _ = writeln!(text, "  {}", signature(&summary["signature"]));
    for image in list(&answer["images"]) {
        let _ = writeln!(text, "  image {}  {}", words(&image["reference"]), bytes(&image["size"]));
    }
    for chart in list(&answer["charts"]) {
        let _ = writeln!(text, "  chart {}", words(chart));
    }
    let cluster = &answer["cluster"];
    if !cluster.is_null() {
        let versions: Vec<String> = list(&cluster["versions"]).map(words).collect();
        let _ = writeln!(
            text,
            "  cluster {} {}  {} files for hosts, {}",
            words(&cluster["runtime"]),
            versions.join(", "),
            cluster["files"],
            bytes(&cluster["bytes"])
        );
    }
    for required in list(&answer["requiredReleases"]) {
        let _ = writeln!(text, "  needs {} first", words(required));
    }
    text
}

pub(super) fn collected(answer: &Value) -> String {
    let blobs = list(&answer["blobs"]).count();
    let (verb, size) =
        (if answer["removed"] == true { "Removed" } else { "Would remove" }, bytes(&answer["bytes"]));
    format!("{verb} {blobs} blobs that no bundle needs, {size}.")
}

pub(super) fn keys(answer: &Value) -> String {
    let rows: Vec<Vec<String>> = list(&answer["keys"])
        .map(|key| {
            let by = words(&key["pinnedBy"]);
            vec![
                words(&key["slug"]),
                words(&key["fingerprint"]),
                date(&key["pinnedAt"]),
                if by.is_empty() { "with its first signed bundle".to_owned() } else { by },
            ]
        })
        .collect();
    if rows.is_empty() {
        "No key is pinned. The first signed bundle of an application pins the key that comes with it."
            .to_owned()
    } else {
        table(&["app", "fingerprint", "pinned", "by"], &rows)
    }
}

pub(super) fn signed(answer: &Value) -> String {
    format!(
        "Signed with {}.\n  {}\n  {}",
        words(&answer["fingerprint"]),
        words(&answer["signature"]),
        words(&answer["key"])
    )
}

pub(super) fn made_key(answer: &Value) -> String {
    format!(
        "Made the key {}.\n  {}  keep it\n  {}  give it to those who verify",
        words(&answer["fingerprint"]),
        words(&answer["secret"]),
        words(&answer["key"])
    )
}

/// What came of long work.
pub(super) fn task(answer: &Value) -> String {
    if answer["state"] == "cancelled" {
        return "Stopped.".to_owned();
    }
    let outcome = &answer["outcome"];
    match outcome["type"].as_str() {
        Some("verified") => {
            let mut text = format!("Read {} blobs, {}.\n", outcome["blobs"], bytes(&outcome["bytes"]));
            for finding in list(&outcome["findings"]) {
                let bundles: Vec<String> = list(&finding["bundles"]).map(|id| short(&words(id))).collect();
                let _ = writeln!(
                    text,
                    "  {} is {}; needed by {}",
                    words(&finding["digest"]),
                    words(&finding["fault"]),
                    if bundles.is_empty() { "no bundle".to_owned() } else { bundles.join(", ") }
                );
            }
            if list(&outcome["findings"]).next().is_none() {
                text.push_str("Nothing is wrong.\n");
            } else if outcome["removed"].as_u64() > Some(0) {
                let _ = writeln!(text, "Removed {} of them. Import their bundles again.", outcome["removed"]);
            } else {
                text.push_str("Import the bundles again; damaged blobs go with --repair first.\n");
            }
            text
        }
        Some("moved") => format!("The library is in {} now.", words(&outcome["folder"])),
        Some("pushed") => format!(
            "{} images are in {}; {} of {} were sent.",
            outcome["images"],
            words(&answer["target"]),
            bytes(&outcome["sent"]),
            bytes(&outcome["size"])
        ),
        Some("written") => format!(
            "{}  {}\n  sha256 {}",
            words(&outcome["file"]),
            bytes(&outcome["size"]),
            words(&outcome["sha256"])
        ),
        _ => words(&answer["state"]),
    }
}

/// How something changed, in a word before its name.
fn mark(change: &Value) -> &'static str {
    match (change["before"].is_null(), change["after"].is_null()) {
        (true, _) => "+",
        (_, true) => "-",
        _ => "~",
    }
}

/// What a release changes; with `texts`, changed documents line by line.
pub(super) fn diff(answer: &Value, texts: bool) -> String {
    let side = |side: &Value| {
        format!("{} {}", words(&side["version"]), words(&side["channel"])).trim_end().to_owned()
    };
    let mut text = format!("{} → {}\n", side(&answer["from"]), side(&answer["to"]));
    let _ = writeln!(text, "{} of images to move", bytes(&answer["bytesToMove"]));
    let before = text.len();
    let heading = |text: &mut String, title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            let _ = writeln!(text, "{title}\n{}", lines.join("\n"));
        }
    };
    let versions = |change: &Value| {
        let (before, after) = (words(&change["before"]), words(&change["after"]));
        let words = match mark(change) {
            "+" => after,
            "-" => before,
            _ if before == after => format!("{after}, with other content"),
            _ => format!("{before} → {after}"),
        };
        format!("  {} {} {words}", mark(change), change["name"].as_str().unwrap_or_default())
    };
    heading(&mut text, "Charts", list(&answer["charts"]).map(versions).collect());
    let images = list(&answer["images"]).map(|image| {
        let reference = if image["after"].is_null() { &image["before"] } else { &image["after"] };
        format!("  {} {}  {}", mark(image), words(reference), bytes(&image["bytes"]))
    });
    heading(&mut text, "Images", images.collect());
    heading(&mut text, "Config", config(&answer["config"]));
    for (title, field) in [
        ("Chart files", "chartFiles"),
        ("HelmCharts", "chartSpecs"),
        ("Rendered objects", "rendered"),
        ("Manifests", "manifests"),
        ("Rights", "rbac"),
        ("Preflights", "preflights"),
    ] {
        heading(&mut text, title, list(&answer[field]).flat_map(|change| document(change, texts)).collect());
    }
    if !answer["infrastructure"].is_null() {
        heading(&mut text, "Cluster config", document(&answer["infrastructure"], texts));
    }
    if text.len() == before {
        text.push_str("Nothing else changes.\n");
    }
    let problem = words(&answer["renderedProblem"]);
    if !problem.is_empty() {
        let _ = writeln!(text, "! {problem}");
    }
    let notes = words(&answer["to"]["releaseNotes"]);
    if !notes.is_empty() {
        let _ = writeln!(text, "Release notes\n  {}", notes.trim().replace('\n', "\n  "));
    }
    text
}

fn config(diff: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let problem = words(&diff["problem"]);
    if !problem.is_empty() {
        lines.push(format!("  ! {problem}"));
    }
    for (mark, field) in [("+", "added"), ("-", "removed")] {
        for item in list(&diff[field]) {
            lines.push(format!("  {mark} {} ({})", words(&item["name"]), words(&item["type"])));
        }
    }
    for item in list(&diff["changed"]) {
        let fields: Vec<String> = list(&item["fields"]).map(|field| words(&field["field"])).collect();
        lines.push(format!("  ~ {}: {}", words(&item["name"]), fields.join(", ")));
    }
    for name in list(&diff["newlyRequired"]) {
        lines.push(format!("  ! {} is required now", words(name)));
    }
    lines
}

fn document(change: &Value, texts: bool) -> Vec<String> {
    let mut lines = vec![format!("  {} {}", mark(change), words(&change["name"]))];
    if texts && mark(change) == "~" {
        let (before, after) = (words(&change["before"]), words(&change["after"]));
        let diff = TextDiff::from_lines(&before, &after);
        for group in diff.grouped_ops(2) {
            for line in group.iter().flat_map(|op| diff.iter_changes(op)) {
                let sign = match line.tag() {
                    ChangeTag::Delete => '-',
                    ChangeTag::Insert => '+',
                    ChangeTag::Equal => ' ',
                };
                lines.push(format!("      {sign} {}", line.value().trim_end()));
            }
        }
    }
    lines
}
