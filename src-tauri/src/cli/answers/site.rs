//! Sites and contexts.

use std::fmt::Write as _;

use serde_json::Value;

use super::{bytes, date, list, table, words};

pub(super) fn reach(value: &Value) -> String {
    match value["type"].as_str().unwrap_or_default() {
        "reachable" => format!("reachable, Kubernetes {}", words(&value["version"])),
        "credentialDied" => "credential died".to_owned(),
        "otherCluster" => "another cluster".to_owned(),
        "hosts" => format!("{} of {} hosts ready", value["ready"], value["total"]),
        other => other.to_owned(),
    }
}

pub(super) fn sites(answer: &Value) -> String {
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

/// Nodes of a cluster on Linux hosts.
pub(super) fn nodes(answer: &Value) -> String {
    let rows: Vec<Vec<String>> = list(&answer["nodes"])
        .map(|node| {
            let state = match (node["ready"] == true, node["node"] == "") {
                (_, true) => "not joined",
                (true, _) if node["cordoned"] == true => "ready, cordoned",
                (true, _) => "ready",
                (false, _) => "not ready",
            };
            let (host, name) = (words(&node["host"]), words(&node["node"]));
            vec![
                host,
                name,
                words(&node["role"]),
                words(&node["version"]),
                state.to_owned(),
                words(&node["reason"]),
            ]
        })
        .collect();
    let cluster = match words(&answer["runtime"]) {
        runtime if runtime.is_empty() => "No cluster yet.".to_owned(),
        runtime => format!("Kubernetes {} by {runtime}", words(&answer["version"])),
    };
    format!("{cluster}\n{}", table(&["host", "node", "role", "version", "state", ""], &rows))
}

/// Backups of a cluster on Linux hosts.
pub(super) fn backups(answer: &Value) -> String {
    let rows: Vec<Vec<String>> = list(&answer["backups"])
        .map(|backup| {
            vec![
                words(&backup["label"]),
                words(&backup["version"]),
                date(&backup["madeAt"]),
                words(&backup["host"]),
                bytes(&backup["bytes"]),
                words(&backup["refusal"]),
            ]
        })
        .collect();
    let mut text = if rows.is_empty() {
        "No backups yet. One is made before each upgrade of the cluster.".to_owned()
    } else {
        table(&["label", "version", "made", "host", "size", ""], &rows)
    };
    for silent in list(&answer["silent"]) {
        let _ = write!(text, "\nnot asked: {}", words(silent));
    }
    text
}

pub(super) fn site(answer: &Value) -> String {
    let summary = &answer["summary"];
    let mut text = format!("{}  {}\n", words(&summary["name"]), reach(&summary["reachability"]));
    if let Some(reason) = summary["reachability"]["reason"].as_str() {
        let _ = writeln!(text, "  {reason}");
    }
    if answer["signatureRequired"] == true {
        text.push_str("takes signed bundles only\n");
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

pub(super) fn site_test(answer: &Value) -> String {
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

/// Hosts as they were tested, and what was found on them.
pub(super) fn hosts(answer: &Value) -> String {
    let mut text = String::new();
    for test in list(&answer["hosts"]) {
        let trip = test["latencyMs"].as_u64().map(|trip| format!(", {trip} ms")).unwrap_or_default();
        let _ = writeln!(text, "{}  {}{trip}", words(&test["host"]), date(&test["at"]));
        for step in list(&test["steps"]) {
            let (state, message) = (words(&step["state"]), words(&step["message"]));
            let _ = writeln!(text, "  {:10} {:8} {message}", words(&step["step"]), state);
        }
        if let Some(key) = test["unknownKey"].as_str().filter(|key| !key.is_empty()) {
            let _ = writeln!(text, "  compare {key}, then give --accept-host-key {key}");
        }
        facts(&mut text, &test["facts"]);
    }
    if let Some(apart) = answer["clocksApart"].as_i64() {
        let _ = writeln!(text, "Clocks are up to {} s apart.", apart / 1000);
    }
    if text.is_empty() {
        "No host was tested yet. Test them with `longshore site test`.".to_owned()
    } else {
        text
    }
}

fn facts(text: &mut String, facts: &Value) {
    if facts.is_null() {
        return;
    }
    let gib =
        |bytes: &Value| format!("{:.1} GiB", bytes.as_f64().unwrap_or_default() / f64::from(1_u32 << 30));
    let _ = writeln!(
        text,
        "  {}, {}, kernel {}, {}",
        words(&facts["name"]),
        words(&facts["os"]),
        words(&facts["kernel"]),
        words(&facts["machine"])
    );
    let _ = writeln!(
        text,
        "  {} CPUs, {} memory, {} swap",
        facts["cpus"],
        gib(&facts["memory"]),
        gib(&facts["swap"])
    );
    for disk in list(&facts["disks"]) {
        let _ = writeln!(
            text,
            "  {}: {} free of {}",
            words(&disk["mount"]),
            gib(&disk["free"]),
            gib(&disk["size"])
        );
    }
    for (name, key) in [("runtimes", "runtimes"), ("kubernetes", "kubernetes"), ("addresses", "addresses")] {
        let all: Vec<String> = list(&facts[key]).map(words).collect();
        if !all.is_empty() {
            let _ = writeln!(text, "  {name}: {}", all.join(", "));
        }
    }
    let skew = facts["skew"].as_i64().unwrap_or_default();
    let _ = writeln!(text, "  clock {:+.1} s", skew as f64 / 1000.0);
}

pub(super) fn contexts(answer: &Value) -> String {
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
