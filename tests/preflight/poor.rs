//! A credential that may do next to nothing: every check says which right is missing, and nothing is begun.

use serde_json::json;

use super::tools::{check, left, operator, pod, run, text};
use crate::operator::Operator;

/// Adds a site whose ServiceAccount may only see which cluster it is.
fn poor(operator: &Operator) {
    let namespace = &operator.namespace.name;
    let kubectl = |words: &[&str]| operator.lab.kubectl(words).expect("kubectl does it");
    let account = format!("{namespace}:poor");
    kubectl(&["create", "serviceaccount", "poor", "-n", namespace]);
    kubectl(&[
        "create",
        "clusterrole",
        namespace,
        "--verb=get",
        "--resource=namespaces",
        "--resource-name=kube-system",
    ]);
    kubectl(&[
        "create",
        "clusterrolebinding",
        namespace,
        "--clusterrole",
        namespace,
        "--serviceaccount",
        &account,
    ]);
    let token = kubectl(&["create", "token", "poor", "-n", namespace]);
    let path = operator.data.path().join("poor.kubeconfig").display().to_string();
    std::fs::copy(operator.lab.kubeconfig(), &path).expect("a kubeconfig");
    let token = format!("--token={}", token.trim());
    let config = |words: &[&str]| {
        let all: Vec<&str> = [&["--kubeconfig", path.as_str(), "config"], words].concat();
        operator.lab.kubectl(&all).expect("the kubeconfig is changed");
    };
    config(&["set-credentials", "poor", &token]);
    config(&["set-context", "poor", "--cluster=kubernetes", "--user=poor"]);
    let add = ["site", "add", "poor", "--kubeconfig", &path, "--context", "poor", "--namespace", namespace];
    operator.ok(&add);
}

#[test]
fn each_missing_right_is_named() {
    let operator = operator("collectpoor");
    poor(&operator);
    let namespace = operator.namespace.name.clone();
    let said = run(
        &operator,
        "poor",
        &json!([
            { "runPod": { "name": "probe", "podSpec": pod("true") } },
            { "exec": { "name": "in", "collectorName": "x", "selector": ["app=web"], "command": ["true"] } },
            { "secret": { "namespace": namespace, "name": "license" } },
            { "nodeMetrics": {} },
            { "data": { "name": "own", "data": "words" } },
        ]),
        &json!([
            text("Pod", "probe/probe.log", "x"),
            text("Exec", "in/*/*/x-stdout.txt", "x"),
            { "secret": { "checkName": "Secret", "namespace": namespace, "secretName": "license", "outcomes": [{ "fail": {} }, { "pass": {} }] } },
            { "nodeResources": { "checkName": "Nodes", "outcomes": [{ "pass": {} }] } },
            { "nodeMetrics": { "checkName": "Metrics", "outcomes": [{ "pass": {} }] } },
            text("Own", "own", "words"),
        ]),
    );
    for (title, right) in [
        ("Pod", format!("create pods in namespace {namespace}")),
        ("Exec", format!("create pods/exec in namespace {namespace}")),
        ("Secret", format!("get secrets in namespace {namespace}")),
        ("Nodes", "list nodes in the whole cluster".to_owned()),
        ("Metrics", "get nodes/proxy in the whole cluster".to_owned()),
    ] {
        let (state, message) = check(&said, title);
        assert_eq!(state, "error", "{title}: {message}\n{}", said.all());
        assert!(message.contains("missing") && message.contains(&right), "{title}: {message}");
    }
    assert_eq!(check(&said, "Own").0, "pass", "what needs no right is judged");
    assert_eq!(left(&operator), "", "nothing was made");
    for kind in ["clusterrole", "clusterrolebinding"] {
        operator.lab.kubectl(&["delete", kind, &namespace]).expect("it goes");
    }
}
