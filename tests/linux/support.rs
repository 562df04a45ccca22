//! The hosts' part of a support bundle: what they are and what their services said, secrets masked; one that is away
//! spoils nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::Yard;

/// Planted where services say such things. It has never opened anything.
const PLANTED: &str = "kelp-and-barnacles-1907";

/// Files of a support bundle below its top folder, as text.
fn members(file: &Path) -> BTreeMap<String, String> {
    let text = |content: Vec<u8>| String::from_utf8_lossy(&content).into_owned();
    crate::cli::support::members(file).into_iter().map(|(path, content)| (path, text(content))).collect()
}

/// Services by the names that a cluster's have, which say something and end.
fn say(yard: &Yard, host: usize) {
    for unit in ["kubelet", "containerd"] {
        let script = format!(
            "printf '[Service]\\nType=oneshot\\nExecStart=/bin/sh -c \"echo {unit} begins; echo ADMIN_PASSWORD={PLANTED}\"\\n' \
             >/run/systemd/system/{unit}.service && systemctl daemon-reload && systemctl start {unit}.service && journalctl --sync"
        );
        yard.hosts.on_host(host, &["sh", "-c", &script]).expect("the service says it");
    }
}

fn problems(view: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let parts = view["parts"].as_array().into_iter().flatten();
    parts.map(|part| (text(&part["name"]), text(&part["problem"]))).collect()
}

#[test]
fn hosts_tell_what_they_are_and_one_that_is_away_is_said() {
    let yard = Yard::new(2);
    say(&yard, 0);
    yard.hosts.power_off(1).expect("its power goes");
    let spec = yard.data.path().join("spec.yaml");
    let text = json!({
        "apiVersion": "troubleshoot.sh/v1beta2", "kind": "SupportBundle", "metadata": { "name": "yard" },
        "spec": {
            "hostCollectors": [
                { "run": { "collectorName": "who", "command": "sh", "args": ["-c", format!("id -un; echo DB_PASSWORD={PLANTED}; echo no such tide >&2; exit 3")] } },
                { "copy": { "collectorName": "names", "path": "/etc/hostname" } },
            ],
            "hostAnalyzers": [{ "textAnalyze": { "checkName": "Who", "fileName": "host-collectors/run-host/who.txt", "regex": "^root",
                "outcomes": [{ "pass": { "when": "true", "message": "root" } }, { "fail": { "when": "false", "message": "somebody" } }] } }],
        },
    });
    fs::write(&spec, text.to_string()).expect("writes");
    let file = yard.data.path().join("support.tar.gz");
    let (spec, to) = (spec.display().to_string(), file.display().to_string());
    let said = yard.run(&["support", "collect", "yard", "--spec", &spec, "--to", &to, "--output", "json"]);
    let view = said.json();
    let (here, away) = (format!("root@{}", yard.hosts.address(0)), yard.hosts.address(1));
    let problems = problems(&view);
    let of = |host: &str| {
        let found = problems.iter().find(|(name, _)| name.contains(host));
        let (_, problem) = found.unwrap_or_else(|| panic!("{host} is a part: {problems:?}"));
        problem.clone()
    };
    assert!(!of(&away).is_empty(), "the host that is away is said: {problems:?}");
    let states: BTreeMap<String, String> = view["results"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|result| result["title"].as_str().is_some_and(|title| title.starts_with("Who")))
        .map(|result| (result["host"].to_string(), result["state"].to_string()))
        .collect();
    let state =
        |host: &str| states.iter().find(|(name, _)| name.contains(host)).map(|(_, state)| state.as_str());
    assert_eq!(
        (state(&yard.hosts.address(0)), state(&away)),
        (Some("\"pass\""), Some("\"error\"")),
        "{view}"
    );

    let members = members(&file);
    let folder =
        members.keys().find_map(|path| path.strip_suffix("/host-collectors/system/hostos_info.json"));
    let folder = folder.unwrap_or_else(|| panic!("the host's facts are there: {:?}", members.keys()));
    assert!(folder.starts_with("hosts/") && here.contains(folder.trim_start_matches("hosts/")), "{folder}");
    let member = |path: &str| {
        let path = format!("{folder}/host-collectors/{path}");
        members.get(&path).unwrap_or_else(|| panic!("{path} is there: {:?}", members.keys()))
    };
    for name in ["cpu", "memory", "sysctl"] {
        assert!(
            members.keys().any(|path| path.starts_with(folder) && path.contains(name)),
            "{name} is known"
        );
    }
    for unit in ["kubelet", "containerd"] {
        let journal = member(&format!("journald/{unit}.txt"));
        assert!(journal.contains(&format!("{unit} begins")), "{unit} is heard: {journal}");
        assert!(journal.contains("ADMIN_PASSWORD=***HIDDEN***"), "its secret is masked: {journal}");
    }
    assert_eq!(member("run-host/who.txt"), "root\nDB_PASSWORD=***HIDDEN***\n", "it ran as root");
    let info = member("run-host/who-info.json");
    assert!(
        info.contains("\"exitCode\": \"3\"") || info.contains("\"exitCode\":\"3\""),
        "how it ended is told: {info}"
    );
    assert!(member("run-host/who-stderr.txt").contains("no such tide"), "and what it complained of");
    assert!(members["longshore/missing.json"].contains(&away), "what lacks is in the bundle, too");
    let leaks: Vec<&String> =
        members.iter().filter(|(_, text)| text.contains(PLANTED)).map(|(path, _)| path).collect();
    assert!(leaks.is_empty(), "the secret is in {leaks:?}");
    assert!(!said.all().contains(PLANTED), "nor is it told");
}
