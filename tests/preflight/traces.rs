//! What a run makes in a cluster goes with it: also when a person stops it.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use super::tools::{left, operator, pod, text, write};
use crate::operator::Operator;

/// Waits until a namespace holds something of a run's, or nothing.
#[track_caller]
fn until(operator: &Operator, what: &str, reached: impl Fn(&str) -> bool) {
    let started = Instant::now();
    loop {
        let found = left(operator);
        if reached(&found) {
            return;
        }
        assert!(started.elapsed() < Duration::from_mins(1), "{what}: {found:?}");
        std::thread::sleep(Duration::from_millis(300));
    }
}

#[test]
fn a_run_that_is_stopped_leaves_nothing() {
    let operator = operator("collectstop");
    // {"auths":{}}
    let login = json!({ "type": "kubernetes.io/dockerconfigjson", "data": { ".dockerconfigjson": "eyJhdXRocyI6e319" } });
    let collectors = json!([
        { "runPod": { "name": "slow", "timeout": "10m", "imagePullSecret": login, "podSpec": pod("sleep 600") } },
        { "runDaemonSet": { "name": "slow", "timeout": "10m", "podSpec": pod("sleep 600") } },
    ]);
    let spec = write(&operator, &collectors, &json!([text("Slow", "slow/*.log", "x")]));
    let mut child = operator.start(&["preflight", "run", &spec, "--site", "site", "--output", "json"]);
    until(&operator, "pods, a secret and a DaemonSet", |found| {
        found.matches("pod/").count() >= 2 && found.contains("secret/") && found.contains("daemonset.apps/")
    });
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().is_ok_and(|status| status.success()));
    child.wait().expect("it ends");
    until(&operator, "nothing", str::is_empty);
}
