//! Install, upgrade, a failed upgrade, rollback: the way through the whole product.

use std::fs;
use std::path::Path;

use crate::operator::{Operator, Said};

/// Values that must be nowhere but encrypted, and in the charts that ask for them.
const CANARY: &str = "c4nary-pa55-0f-the-harbour";

#[test]
fn install_upgrade_fail_and_roll_back() {
    let operator = Operator::with_site("journey");
    let password = operator.data.path().with_extension("password");
    fs::write(&password, CANARY).expect("writes");
    let mut heard = String::new();
    let mut hear = |said: Said| {
        heard.push_str(&said.all());
        said
    };

    let mut words = Operator::words("install", "1.0.0");
    words.extend(["--set-file".into(), format!("db_password={}", password.display())]);
    let said = hear(operator.run(&words.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!(said.code, 0, "1.0.0 installs:\n{}", said.all());
    for state in ["InfrastructureInstalled", "AirgapProcessed", "AppPreflightsSucceeded", "Succeeded"] {
        assert!(said.out.contains(state), "state {state} is told:\n{}", said.out);
    }
    operator.sees("1.0.0");

    let words = Operator::words("upgrade", "1.1.0");
    let said = hear(operator.run(&words.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!(said.code, 0, "1.1.0 comes up:\n{}", said.all());
    operator.sees("1.1.0");
    let good = operator.end_state();
    assert!(good.iter().any(|line| line.contains("tidewater-cache")), "the added chart is there: {good:?}");
    assert!(!good.iter().any(|line| line.contains("legacy deployed")), "the removed one is not: {good:?}");

    let words = Operator::words("upgrade", "1.2.0");
    let said = hear(operator.run(&words.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!(said.code, 3, "1.2.0 fails:\n{}", said.all());
    assert!(said.out.contains("AppUpgradeFailed"), "its state is told:\n{}", said.out);
    assert!(said.out.contains("schema 12 is needed"), "with the pod's own last lines:\n{}", said.out);

    let said = hear(operator.run(&["rollback", "site"]));
    assert_eq!(said.code, 0, "it goes back:\n{}", said.all());
    assert!(said.out.contains("RolledBack"), "its state is told:\n{}", said.out);
    operator.sees("1.1.0");
    assert_eq!(operator.end_state(), good, "what is on the site is what it was before");

    let site = operator.json(&["site", "show", "site"]);
    assert_eq!(site["summary"]["installed"]["version"], "1.1.0", "the record says so: {site}");
    let runs = operator.json(&["run", "list"]);
    let states: Vec<_> = runs["runs"].as_array().into_iter().flatten().map(|run| &run["state"]).collect();
    assert_eq!(states, ["RolledBack", "AppUpgradeFailed", "Succeeded", "Succeeded"], "newest first");
    for run in runs["runs"].as_array().into_iter().flatten() {
        let id = run["id"].as_str().expect("an id");
        hear(operator.ok(&["run", "show", id, "--output", "json"]));
        hear(operator.ok(&["run", "log", id]));
        hear(operator.ok(&["run", "plan", id, "--output", "json"]));
    }
    let failed = runs["runs"][1]["id"].as_str().expect("an id");
    assert_eq!(operator.json(&["run", "discard", failed])["summary"]["discarded"], true, "it is put away");
    let said = hear(operator.run(&["run", "retry", failed]));
    assert_ne!(said.code, 0, "and goes no further:\n{}", said.all());
    let done = runs["runs"][0]["id"].as_str().expect("an id");
    assert_ne!(hear(operator.run(&["run", "discard", done])).code, 0, "what succeeded is not put away");
    hear(operator.ok(&["audit"]));
    assert!(!heard.contains(CANARY), "the password is in no output");
    nowhere(operator.data.path(), CANARY.as_bytes());
}

/// No file below `folder` holds `secret`.
fn nowhere(folder: &Path, secret: &[u8]) {
    for entry in fs::read_dir(folder).expect("lists") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            nowhere(&path, secret);
            continue;
        }
        let content = fs::read(&path).expect("reads");
        let found = content.windows(secret.len()).any(|part| part == secret);
        assert!(!found, "{} holds the password in clear", path.display());
    }
}
