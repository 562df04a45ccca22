//! Printing: answers as text, refusals, bars.

use std::fmt::Write as _;
use std::io::Write;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use longshore_contract::{Timestamp, WireError};
use serde_json::Value;
use tracing_subscriber::EnvFilter;

use super::args::Output;

/// Prints a line; a reader that went away is no error of ours.
pub(super) fn line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints a line beside the answer.
pub(super) fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Our own log goes to standard error as JSON lines, warnings and worse unless more is asked for.
pub(super) fn logging(verbose: u8) {
    let level = ["warn", "info", "debug"][usize::from(verbose.min(2))];
    let filter = EnvFilter::try_from_env("LONGSHORE_LOG")
        .unwrap_or_else(|_| EnvFilter::new(format!("longshore={level}")));
    // A second subscriber in one process is refused, which only a test can bring about.
    let _ = tracing_subscriber::fmt().json().with_writer(std::io::stderr).with_env_filter(filter).try_init();
}

/// Prints a refusal and gives its exit code.
pub(super) fn refusal(output: Output, error: &WireError) -> ExitCode {
    match output {
        Output::Json => {
            line(&serde_json::to_string(&serde_json::json!({ "error": error })).unwrap_or_default());
        }
        Output::Text => {
            note(&format!("{}.", error.message.trim_end_matches('.')));
            for field in &error.fields {
                note(&format!("  {}: {}", field.field, field.message));
            }
            if !error.hint.is_empty() {
                note(&error.hint);
            }
        }
    }
    ExitCode::from(error.code.exit_code())
}

/// `14:03:22`, local time.
pub(super) fn clock(at: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::system();
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().to_zoned(zone);
    at.strftime("%H:%M:%S").to_string()
}

fn date(value: &Value) -> String {
    let Some(at) = value.as_i64() else { return String::new() };
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(jiff::tz::TimeZone::system());
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// Bytes for people.
pub(super) fn bytes(value: &Value) -> String {
    indicatif::BinaryBytes(value.as_u64().unwrap_or_default()).to_string()
}

pub(super) fn bytes_style() -> ProgressStyle {
    let template = "{msg:40!} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

pub(super) fn count_style() -> ProgressStyle {
    ProgressStyle::with_template("{pos}/{len} {wide_msg}").unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// A bar in bytes; hidden where nobody looks.
pub(super) fn bytes_bar(output: Output, total: u64, message: &str) -> ProgressBar {
    let target =
        if output == Output::Text { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    ProgressBar::with_draw_target(Some(total), target)
        .with_style(bytes_style())
        .with_message(message.to_owned())
}

/// A table: columns as wide as they need to be.
fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = heads.iter().map(|head| head.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    let heads = heads.iter().map(|head| head.to_uppercase()).collect();
    for row in std::iter::once(&heads).chain(rows) {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let _ = writeln!(text, "{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    text
}

fn words(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// An answer as text.
pub(super) fn text(command: &str, answer: &Value) -> String {
    match command {
        "site_list" => sites(answer),
        "site_add" | "site_get" | "site_update" => site(answer),
        "site_test" => site_test(answer),
        "context_list" => contexts(answer),
        "bundle_list" => bundles(answer),
        "bundle_get" => bundle(answer),
        "run_list" => runs(answer),
        "run_plan" => plan(answer),
        "config_get" | "config_set" | "config_template" => config(answer),
        "audit_list" => audit(answer),
        "site_remove" | "bundle_remove" => "Done.".to_owned(),
        _ => serde_norway::to_string(answer).unwrap_or_default(),
    }
}

fn reach(value: &Value) -> String {
    match value["type"].as_str().unwrap_or_default() {
        "reachable" => format!("reachable, Kubernetes {}", words(&value["version"])),
        "credentialDied" => "credential died".to_owned(),
        "otherCluster" => "another cluster".to_owned(),
        other => other.to_owned(),
    }
}

fn sites(answer: &Value) -> String {
    let rows: Vec<Vec<String>> = list(&answer["sites"])
        .map(|site| {
            let installed = &site["installed"];
            let app = if installed.is_null() {
                String::new()
            } else {
                format!("{} {}", words(&installed["slug"]), words(&installed["version"]))
            };
            let tags: Vec<String> = list(&site["tags"]).map(words).collect();
            let last = words(&site["lastRun"]["state"]);
            vec![words(&site["name"]), reach(&site["reachability"]), app, last, tags.join(",")]
        })
        .collect();
    if rows.is_empty() {
        "No sites yet. Add one with `longshore site add`.".to_owned()
    } else {
        table(&["name", "reachability", "installed", "last run", "tags"], &rows)
    }
}

fn site(answer: &Value) -> String {
    let summary = &answer["summary"];
    let mut text = format!("{}  {}\n", words(&summary["name"]), reach(&summary["reachability"]));
    if let Some(reason) = summary["reachability"]["reason"].as_str() {
        let _ = writeln!(text, "  {reason}");
    }
    let installed = &summary["installed"];
    if !installed.is_null() {
        let _ = writeln!(
            text,
            "{} {} in namespace {}, revision {}",
            words(&installed["title"]),
            words(&installed["version"]),
            words(&installed["namespace"]),
            installed["revision"]
        );
    }
    if !summary["lease"].is_null() {
        let _ = writeln!(
            text,
            "held by {} since {}",
            words(&summary["lease"]["who"]),
            date(&summary["lease"]["since"])
        );
    }
    for informer in list(&answer["informers"]) {
        let _ = writeln!(
            text,
            "  {}: {} ({})",
            words(&informer["name"]),
            words(&informer["state"]),
            words(&informer["message"])
        );
    }
    let revisions: Vec<Vec<String>> = list(&answer["revisions"])
        .map(|known| {
            let live = if known["current"] == true { "live" } else { "" };
            vec![
                known["revision"].to_string(),
                words(&known["version"]),
                date(&known["at"]),
                words(&known["who"]),
                live.to_owned(),
            ]
        })
        .collect();
    if !revisions.is_empty() {
        text.push_str(&table(&["revision", "version", "at", "who", ""], &revisions));
    }
    text
}

fn site_test(answer: &Value) -> String {
    let mut text = format!("{}\n", reach(&answer["reachability"]));
    if let Some(reason) = answer["reachability"]["reason"].as_str() {
        let _ = writeln!(text, "  {reason}");
    }
    for right in list(&answer["missingRights"]) {
        let _ = writeln!(text, "missing right: {}", words(right));
    }
    match answer["registry"].as_str().unwrap_or_default() {
        "" => {}
        problem => {
            let _ = writeln!(text, "{problem}");
        }
    }
    text
}

fn contexts(answer: &Value) -> String {
    let rows: Vec<Vec<String>> = list(&answer["contexts"])
        .map(|found| {
            let current = if found["current"] == true { "*" } else { "" };
            vec![
                current.to_owned(),
                words(&found["name"]),
                words(&found["server"]),
                words(&found["user"]),
                words(&found["source"]),
            ]
        })
        .collect();
    let mut text = table(&["", "name", "server", "user", "file"], &rows);
    for problem in list(&answer["problems"]) {
        let _ = writeln!(text, "{}", words(problem));
    }
    text
}

fn bundles(answer: &Value) -> String {
    let rows: Vec<Vec<String>> = list(&answer["bundles"])
        .map(|bundle| {
            let id = words(&bundle["id"]);
            vec![
                id.get(..12).unwrap_or(&id).to_owned(),
                words(&bundle["slug"]),
                words(&bundle["version"]),
                words(&bundle["channel"]),
                bytes(&bundle["size"]),
                bytes(&bundle["uniqueSize"]),
                words(&bundle["signature"]["type"]),
            ]
        })
        .collect();
    if rows.is_empty() {
        "The library is empty. Import a bundle with `longshore bundle import`.".to_owned()
    } else {
        table(&["id", "app", "version", "channel", "size", "own", "signature"], &rows)
    }
}

fn bundle(answer: &Value) -> String {
    let summary = &answer["summary"];
    let mut text =
        format!("{} {}  {}\n", words(&summary["title"]), words(&summary["version"]), words(&summary["id"]));
    for image in list(&answer["images"]) {
        let _ = writeln!(text, "  image {}  {}", words(&image["reference"]), bytes(&image["size"]));
    }
    for chart in list(&answer["charts"]) {
        let _ = writeln!(text, "  chart {}", words(chart));
    }
    for required in list(&answer["requiredReleases"]) {
        let _ = writeln!(text, "  needs {} first", words(required));
    }
    text
}

fn runs(answer: &Value) -> String {
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

fn plan(answer: &Value) -> String {
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
    for step in list(&answer["steps"]) {
        let mark = if step["pointOfNoReturn"] == true { "  ! no way back" } else { "" };
        let _ = writeln!(text, "  {}{mark}", words(&step["title"]));
    }
    for change in list(&answer["config"]) {
        let shown = if change["secret"] == true {
            "(secret)".to_owned()
        } else {
            format!("{:?} → {:?}", words(&change["old"]), words(&change["new"]))
        };
        let _ = writeln!(text, "  config {}: {} {shown}", words(&change["name"]), words(&change["change"]));
    }
    for point in list(&answer["pointsOfNoReturn"]) {
        let _ = writeln!(text, "  ! {}", words(&point["why"]));
    }
    text
}

fn config(answer: &Value) -> String {
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
            words(&item["note"]),
            words(&item["error"]),
        ]);
    }
    table(&["item", "type", "value", "note", "error"], &rows)
}

fn audit(answer: &Value) -> String {
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
