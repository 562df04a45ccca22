//! `kill -9` of the laptop's side at every boundary of runs on bare hosts: one run of each workflow, whose process dies
//! wherever none has died before and is begun anew, until it gets to the end.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::{Said, WAIVED, Yard, is_full, target};

/// Killed by signal 9.
const KILLED: i32 = -9;
/// Exit code of a run that ended in a failed state.
const RUN_FAILED: i32 = 3;
/// More boundaries than any run has.
const MANY: usize = 400;

/// A workflow that is killed again and again.
struct Doomed<'a> {
    yard: &'a Yard,
    workflow: &'static str,
    /// Where it died already.
    ledger: PathBuf,
}

impl Doomed<'_> {
    fn run(&self, words: &[&str]) -> Said {
        let program = target().join("debug/examples/doomed");
        let mut command = Yard::command(self.yard.data.path(), &program, words);
        command.env("DOOMED_LEDGER", &self.ledger).output().expect("the doomed command starts").into()
    }

    /// The newest run, when it is one of the workflow.
    fn newest(&self) -> Option<Value> {
        let run = self.yard.json(&["run", "list"])["runs"][0].clone();
        (run["workflow"] == self.workflow).then_some(run)
    }

    /// The run that there is to go on with. One that died before the operator's word to start was on disk is none.
    fn begun(&self) -> Option<Value> {
        let id = self.newest()?["id"].as_str()?.to_owned();
        let view = self.yard.json(&["run", "show", &id]);
        (!view["planDigest"].is_null()).then_some(view)
    }

    /// Dies everywhere once; gives the run.
    fn through(&self, words: &[&str], end: &str) -> String {
        for _ in 0..MANY {
            let begun = self.begun();
            if let Some(view) = begun.as_ref().filter(|view| view["summary"]["state"] == end) {
                return id(view);
            }
            let said = self.go_on(begun.as_ref(), words);
            let at = self.died().pop().unwrap_or_default();
            // The checks of a practice host fail; that they are waived has to be said again.
            let known = [0, KILLED, RUN_FAILED].contains(&said.code);
            assert!(known, "after a death at {at:?} it goes on, not with {}:\n{}", said.code, said.all());
        }
        panic!("there is no end to it after {:?}", self.died());
    }

    /// What an operator types who finds it so.
    fn go_on(&self, begun: Option<&Value>, words: &[&str]) -> Said {
        let Some(view) = begun else { return self.run(words) };
        let id = id(view);
        let allowed =
            |action: &str| view["allowed"].as_array().is_some_and(|all| all.contains(&action.into()));
        let next = ["bypass", "start", "resume"].into_iter().find(|action| allowed(action));
        match next {
            Some("bypass") => self.run(&["run", "bypass", &id, "--why", WAIVED]),
            Some(action) => self.run(&["run", action, &id]),
            None => panic!("there is nothing to go on with in {}", view["summary"]["state"]),
        }
    }

    fn died(&self) -> Vec<String> {
        fs::read_to_string(&self.ledger).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    /// It died before and after each step; and each was done once.
    fn is_whole(&self, run: &str) {
        let died = self.died();
        let mut done: BTreeMap<String, usize> = BTreeMap::new();
        for record in self.yard.records(run) {
            if record["type"] == "stepDone" {
                *done.entry(record["step"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
            }
        }
        let steps = self.yard.json(&["run", "plan", run])["steps"].clone();
        for step in steps.as_array().expect("a plan has steps") {
            let step = step["id"].as_str().unwrap_or_default();
            for kind in ["stepStarted", "stepDone"] {
                assert!(died.contains(&format!("{kind} {step}")), "no death at {kind} of {step}: {died:?}");
            }
            assert_eq!(done.get(step), Some(&1), "{step} is done once in the journal");
        }
    }
}

fn id(view: &Value) -> String {
    view["summary"]["id"].as_str().expect("an id").to_owned()
}

/// Runs a workflow that dies everywhere, and holds its journal against its plan.
#[track_caller]
fn survive(yard: &Yard, workflow: &'static str, words: &[&str], end: &str) {
    let doomed = Doomed { yard, workflow, ledger: yard.data.path().join(format!("{workflow}.ledger")) };
    let run = doomed.through(words, end);
    println!("   {workflow}: {} deaths", doomed.died().len());
    doomed.is_whole(&run);
}

#[test]
fn an_install_and_a_reset_survive_a_kill_at_every_boundary() {
    let yard = Yard::new(2);
    let before: Vec<String> = (0..2).map(|host| yard.standing(host)).collect();
    let words = Yard::words("install", "1.0.0");
    survive(&yard, "install", &words.iter().map(String::as_str).collect::<Vec<_>>(), "Succeeded");
    yard.stands("1.0.0", "v1.34.4");
    let reset = ["site", "reset", "yard", "--confirm", "yard"];
    survive(&yard, "reset", &reset, "Reset");
    // Who died after the very last record has left its locks: the next run takes them from one that has ended.
    yard.ok(&reset);
    yard.is_given_back(&before);
}

/// Takes a quarter of an hour: in `cargo xtask test --full` only.
#[test]
fn an_upgrade_and_a_rollback_survive_a_kill_at_every_boundary() {
    if !is_full() {
        return;
    }
    let yard = Yard::new(2);
    assert_eq!(yard.bring("install", "1.0.0").code, 0, "the install, which nobody disturbs");
    let words = Yard::words("upgrade", "1.1.0");
    survive(&yard, "upgrade", &words.iter().map(String::as_str).collect::<Vec<_>>(), "Succeeded");
    yard.stands("1.1.0", "v1.35.4");
    survive(&yard, "rollback", &["rollback", "yard"], "RolledBack");
    yard.stands("1.0.0", "v1.35.4");
}
