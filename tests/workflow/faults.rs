//! Parts that stop in mid-run, and what a dead writer leaves behind.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::operator::{Operator, PARTS, Said};

/// How long the API server stands still.
const OUTAGE: Duration = Duration::from_secs(20);

#[test]
fn an_api_server_that_stands_still_is_waited_for() {
    let _parts = PARTS.write().unwrap_or_else(PoisonError::into_inner);
    let operator = Operator::unguarded("outage");
    operator.add_site();
    operator.bring("install", "1.0.0");
    let words = Operator::words("upgrade", "1.1.0");
    let child = operator.start(&words.iter().map(String::as_str).collect::<Vec<_>>());
    reached(&operator, "AppUpgrading");
    operator.lab.pause_api_server().expect("it stands still");
    let stopped = Instant::now();
    // The outage itself is what is tested; nothing is awaited here that could come earlier.
    while stopped.elapsed() < OUTAGE {
        std::thread::sleep(Duration::from_millis(200));
    }
    operator.lab.resume_api_server().expect("it goes on");
    let said: Said = child.wait_with_output().expect("it ends").into();
    assert_eq!(said.code, 0, "the upgrade waits and goes on:\n{}", said.all());
    operator.sees("1.1.0");
}

#[test]
fn a_registry_that_restarts_is_pushed_to_again() {
    let _parts = PARTS.write().unwrap_or_else(PoisonError::into_inner);
    let operator = Operator::unguarded("registry");
    let kubeconfig = operator.lab.kubeconfig().display().to_string();
    let registry = operator.lab.registry();
    // A namespace of its own, so that there is something to push.
    operator.ok(&[
        "site",
        "add",
        "site",
        "--kubeconfig",
        &kubeconfig,
        "--context",
        operator.lab.context(),
        "--namespace",
        &operator.namespace.name,
        "--registry",
        &registry,
        "--registry-namespace",
        &operator.namespace.name,
        "--registry-insecure",
    ]);
    let words = Operator::words("install", "1.0.0");
    let child = operator.start(&words.iter().map(String::as_str).collect::<Vec<_>>());
    reached(&operator, "AirgapProcessing");
    operator.lab.restart_registry().expect("it restarts");
    let said: Said = child.wait_with_output().expect("it ends").into();
    assert_eq!(said.code, 0, "the install pushes on:\n{}", said.all());
    operator.sees("1.0.0");
}

#[test]
fn a_release_left_pending_is_freed() {
    let operator = Operator::with_site("pending");
    operator.bring("install", "1.0.0");
    leave_pending(&operator);
    operator.bring("upgrade", "1.1.0");
    operator.sees("1.1.0");
    let log = operator.newest_run()["id"].as_str().map(|id| operator.ok(&["run", "log", id]).out);
    let log = log.expect("a run");
    assert!(log.contains("revision 2 was left pending-upgrade; freeing it"), "it is told:\n{log}");
}

/// Kills a helm that waits for pods which never come, so that the newest revision stays pending-upgrade.
fn leave_pending(operator: &Operator) {
    let chart = longshore_sample::chart("tidewater-web", "1.0.1").expect("a chart");
    let file = operator.data.path().join("chart.tgz");
    fs::write(&file, chart).expect("writes");
    let namespace = &operator.namespace.name;
    let mut helm = Command::new(operator.lab.helm())
        .args(["upgrade", "tidewater-web", "--reuse-values", "--wait", "--set", "image=nowhere.example/no:1"])
        .args(["--namespace", namespace, "--kubeconfig"])
        .arg(operator.lab.kubeconfig())
        .arg(&file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("helm starts");
    let selector = "owner=helm,name=tidewater-web,status=pending-upgrade";
    let until = Instant::now() + Duration::from_mins(1);
    loop {
        let found = operator.lab.kubectl(&["get", "secrets", "-n", namespace, "-l", selector, "-o", "name"]);
        if !found.expect("secrets are listed").trim().is_empty() {
            break;
        }
        assert!(Instant::now() < until, "helm marks the release as pending");
        std::thread::sleep(Duration::from_millis(50));
    }
    helm.kill().expect("helm is killed");
    helm.wait().expect("helm is gone");
}

/// Waits until the newest run was in a state.
fn reached(operator: &Operator, state: &str) {
    let until = Instant::now() + Duration::from_mins(2);
    loop {
        let said = operator.run(&["run", "list", "--output", "json"]);
        let runs: Value = serde_json::from_str(&said.out).unwrap_or_default();
        if runs["runs"][0]["state"] == state {
            return;
        }
        assert!(Instant::now() < until, "the run never was in {state}: {runs}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
