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
            { "runDaemonSet": { "name": "set", "podSpec": pod("true") } },
            { "run": { "name": "older", "image": "x", "args": ["true"] } },
            { "logs": { "name": "logs", "selector": ["app=web"] } },
            { "configMap": { "namespace": namespace, "name": "site" } },
            { "copy": { "name": "files", "selector": ["app=web"], "containerPath": "/etc/tools.conf" } },
            { "copyFromHost": { "name": "host", "image": "x", "hostPath": "/etc/hostname" } },
            { "collectd": { "collectorName": "rrd", "image": "x", "hostPath": "/etc/hostname" } },
            { "sysctl": { "image": "x" } },
            { "helm": { "namespace": namespace } },
            { "registryImages": { "namespace": namespace, "images": ["127.0.0.1:9/x"], "imagePullSecret": { "name": "pull" } } },
            { "redis": { "uri": "redis://127.0.0.1:9", "tls": { "secret": { "name": "certs" } } } },
            { "data": { "name": "own", "data": "words" } },
        ]),
        &json!([
            text("Pod", "probe/probe.log", "x"),
            text("Exec", "in/*/*/x-stdout.txt", "x"),
            { "secret": { "checkName": "Secret", "namespace": namespace, "secretName": "license", "outcomes": [{ "fail": {} }, { "pass": {} }] } },
            { "nodeResources": { "checkName": "Nodes", "outcomes": [{ "pass": {} }] } },
            { "nodeMetrics": { "checkName": "Metrics", "outcomes": [{ "pass": {} }] } },
            text("Set", "set/*.log", "x"),
            text("Older", "older/older.log", "x"),
            text("Logs", "logs/*/*.log", "x"),
            { "configMap": { "checkName": "Map", "namespace": namespace, "configMapName": "site", "outcomes": [{ "fail": {} }, { "pass": {} }] } },
            text("Copied", "files/*/*/etc/tools.conf", "x"),
            text("Host", "host/*/hostname", "x"),
            { "sysctl": { "checkName": "Kernel", "outcomes": [{ "pass": { "when": "net.ipv4.ip_forward = 1" } }] } },
            text("Releases", &format!("helm/{namespace}.json"), "x"),
            { "registryImages": { "checkName": "Images", "outcomes": [{ "pass": {} }] } },
            { "redis": { "checkName": "Redis", "outcomes": [{ "pass": {} }] } },
            { "storageClass": { "checkName": "Storage", "storageClassName": "x", "outcomes": [{ "pass": {} }, { "fail": {} }] } },
            { "deploymentStatus": { "checkName": "Web", "namespace": namespace, "name": "web", "outcomes": [{ "pass": {} }] } },
            text("Own", "own", "words"),
        ]),
    );
    for (title, right) in [
        ("Pod", format!("create pods in namespace {namespace}")),
        ("Exec", format!("create pods/exec in namespace {namespace}")),
        ("Secret", format!("get secrets in namespace {namespace}")),
        ("Nodes", "list nodes in the whole cluster".to_owned()),
        ("Metrics", "get nodes/proxy in the whole cluster".to_owned()),
        ("Set", format!("create daemonsets.apps in namespace {namespace}")),
        ("Older", format!("create pods in namespace {namespace}")),
        ("Logs", format!("list pods in namespace {namespace}")),
        ("Map", format!("get configmaps in namespace {namespace}")),
        ("Copied", format!("create pods/exec in namespace {namespace}")),
        ("Host", format!("create daemonsets.apps in namespace {namespace}")),
        ("Kernel", format!("create pods in namespace {namespace}")),
        ("Releases", format!("list secrets in namespace {namespace}")),
        ("Images", format!("get secrets in namespace {namespace}")),
        ("Redis", format!("get secrets in namespace {namespace}")),
        ("Storage", "list storageclasses.storage.k8s.io in the whole cluster".to_owned()),
        ("Web", format!("list deployments.apps in namespace {namespace}")),
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
