//! What tests of collectors ask alike.

use std::fs;

use longshore_lab::tools;
pub use longshore_lab::tools::IMAGE;
use serde_json::{Value, json};

use crate::operator::{Operator, Said};

/// An operator with the lab's cluster as `site`, a namespace that exists, and the image.
pub fn operator(name: &str) -> Operator {
    let operator = Operator::with_site(name);
    tools::bring(&operator.lab).expect("the image is made and imported");
    let namespace = operator.namespace.name.clone();
    let kubectl = |words: &[&str]| operator.lab.kubectl(words).expect("kubectl does it");
    kubectl(&["create", "namespace", &namespace]);
    // What a cluster puts into every namespace, and no pod runs without.
    for object in ["serviceaccount/default", "configmap/kube-root-ca.crt"] {
        kubectl(&["wait", "--for=create", object, "-n", &namespace, "--timeout=30s"]);
    }
    operator
}

/// A container of the image that runs a script.
pub fn container(script: &str) -> Value {
    json!({ "name": "main", "image": IMAGE, "imagePullPolicy": "Never", "command": ["sh", "-c", script] })
}

/// A pod's spec with that container, which ends at once when it is told to.
pub fn pod(script: &str) -> Value {
    json!({ "containers": [container(script)], "terminationGracePeriodSeconds": 1 })
}

/// Writes a spec, and gives its path.
pub fn write(operator: &Operator, collectors: &Value, analyzers: &Value) -> String {
    let document = json!({
        "apiVersion": "troubleshoot.sh/v1beta2", "kind": "Preflight", "metadata": { "name": "lab" },
        "spec": { "collectors": collectors, "analyzers": analyzers },
    });
    let path = operator.data.path().join("cluster.yaml");
    fs::write(&path, document.to_string()).expect("writes");
    path.display().to_string()
}

/// Runs a spec on a site.
pub fn run(operator: &Operator, site: &str, collectors: &Value, analyzers: &Value) -> Said {
    let spec = write(operator, collectors, analyzers);
    operator.run(&["preflight", "run", &spec, "--site", site, "--output", "json"])
}

/// State and message of a check, by its title.
#[track_caller]
pub fn check(said: &Said, title: &str) -> (String, String) {
    let found = said.json();
    for state in ["pass", "warn", "fail", "error"] {
        for result in found[state].as_array().into_iter().flatten() {
            if result["title"] == title {
                return (state.to_owned(), result["message"].as_str().unwrap_or_default().to_owned());
            }
        }
    }
    panic!("there is no check {title}: {}", said.all())
}

/// What collectors have made in a namespace and what is still there.
pub fn left(operator: &Operator) -> String {
    let kinds = "pods,daemonsets,services,secrets,serviceaccounts,roles,rolebindings";
    let namespace = &operator.namespace.name;
    let found =
        operator.lab.kubectl(&["get", kinds, "-n", namespace, "-l", "longshore.io/collect", "-o", "name"]);
    found.expect("kubectl lists").trim().to_owned()
}

/// A check of a text.
pub fn text(title: &str, file: &str, regex: &str) -> Value {
    json!({ "textAnalyze": { "checkName": title, "fileName": file, "regex": regex,
        "outcomes": [{ "pass": { "when": "true", "message": "found" } }, { "fail": { "when": "false", "message": "not found" } }] } })
}

/// A check of a value in a JSON file.
pub fn value(title: &str, file: &str, path: &str, value: &str) -> Value {
    json!({ "jsonCompare": { "checkName": title, "fileName": file, "path": path, "value": value,
        "outcomes": [{ "pass": { "when": "true", "message": "equal" } }, { "fail": { "when": "false", "message": "not equal" } }] } })
}
