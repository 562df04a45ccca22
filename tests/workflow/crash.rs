//! `kill -9` after every single record of an install, an upgrade and a rollback, on the real parts.

use serde_json::Value;

use crate::operator::{Operator, Said};

/// Killed by signal 9.
const KILLED: i32 = -9;
/// Every day a third of the boundaries is tried, which third turns with the day.
const PARTS: u64 = 3;

#[test]
fn installs_survive_a_kill_at_every_record() {
    let operator = Operator::with_site("crash-reference");
    operator.bring("install", "1.0.0");
    let good = operator.end_state();
    every_boundary(|at| {
        let operator = Operator::with_site("crash-install");
        let ended = survive(&operator, at, &Operator::words("install", "1.0.0"));
        assert_eq!(operator.end_state(), good, "the end state after a kill at record {at}");
        operator.sees("1.0.0");
        ended
    });
}

#[test]
fn upgrades_and_rollbacks_survive_a_kill_at_every_record() {
    let operator = Operator::with_site("crash-upgrade");
    operator.bring("install", "1.0.0");
    operator.bring("upgrade", "1.1.0");
    let after = operator.end_state();
    operator.ok(&["rollback", "site"]);
    let before = operator.end_state();
    every_boundary(|at| {
        let upgraded = survive(&operator, at, &Operator::words("upgrade", "1.1.0"));
        assert_eq!(operator.end_state(), after, "after an upgrade killed at record {at}");
        operator.sees("1.1.0");
        let back = survive(&operator, at, &["rollback".to_owned(), "site".to_owned()]);
        assert_eq!(operator.end_state(), before, "after a rollback killed at record {at}");
        operator.sees("1.0.0");
        upgraded && back
    });
}

/// Tries boundaries until one lies behind the end of the run, which `work` tells.
fn every_boundary(work: impl Fn(u64) -> bool) {
    let full = std::env::var("LONGSHORE_TEST_FULL").is_ok_and(|text| text == "1");
    let (first, step) = if full { (1, 1) } else { (1 + today() % PARTS, PARTS) };
    let mut at = first;
    while !work(at) {
        at += step;
        assert!(at < 200, "a run has an end");
    }
}

fn today() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.expect("a time after 1970").as_secs() / 86_400
}

/// Runs a command that is killed at record `at`, and goes on from there; true when it had ended before.
fn survive(operator: &Operator, at: u64, words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let said = operator.doomed(at, &words);
    if said.code == 0 {
        return true;
    }
    assert_eq!(said.code, KILLED, "the process dies at record {at} and not otherwise:\n{}", said.all());
    go_on(operator, at, &words);
    false
}

fn go_on(operator: &Operator, at: u64, words: &[&str]) {
    let run = operator.newest_run();
    let id = run["id"].as_str().expect("an id").to_owned();
    // A rollback begins in the state in which the site is, which is the end of others.
    let end = if words[0] == "rollback" { "RolledBack" } else { "Succeeded" };
    let ends = |run: &Value| run["state"] == end && run["stepsTotal"] == run["stepsDone"];
    if ends(&run) {
        return;
    }
    let resumed: Said = operator.run(&["run", "resume", &id]);
    if resumed.code == 0 {
        assert!(
            ends(&operator.newest_run()),
            "a run killed at record {at} goes on to its end:\n{}",
            resumed.all()
        );
        return;
    }
    // Killed before the operator's word to start was on disk, there is nothing to go on with: they start anew.
    let view = operator.json(&["run", "show", &id]);
    assert!(view["planDigest"].is_null(), "a run killed at record {at} resumes:\n{}", resumed.all());
    operator.ok(words);
}
