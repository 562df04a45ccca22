//! Clusters that make it hard: webhooks and APIs that hang, an API server with too much to do, logs and namespaces
//! without an end.

use std::net::TcpListener;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::busy::{Answer, Gate};
use super::tools::{check, left, operator, pod, run, text, value};
use crate::operator::Operator;

/// An object of the whole cluster, which goes with its handle.
struct Placed<'a>(&'a Operator, &'static str, String);

impl Drop for Placed<'_> {
    fn drop(&mut self) {
        drop(self.0.lab.kubectl(&["delete", self.1, &self.2, "--ignore-not-found"]));
    }
}

fn place<'a>(operator: &'a Operator, kind: &'static str, object: &Value) -> Placed<'a> {
    let path = operator.data.path().join("placed.json");
    std::fs::write(&path, object.to_string()).expect("writes");
    let placed = Placed(operator, kind, object["metadata"]["name"].as_str().expect("a name").to_owned());
    operator.lab.kubectl(&["apply", "-f", &path.display().to_string()]).expect("it is applied");
    placed
}

#[test]
fn a_webhook_that_hangs_costs_its_own_collectors_time_only() {
    let operator = operator("collecthook");
    let namespace = operator.namespace.name.clone();
    // Somebody who takes connections and never says a word.
    let registry = operator.lab.registry();
    let (outside, _) = registry.split_once(':').expect("host and port");
    let silent = TcpListener::bind((outside, 0)).expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let _hook = place(
        &operator,
        "validatingwebhookconfiguration",
        &json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
            "metadata": { "name": namespace },
            "webhooks": [{
                "name": "hangs.longshore.example", "sideEffects": "None", "admissionReviewVersions": ["v1"],
                "timeoutSeconds": 30, "failurePolicy": "Fail",
                "clientConfig": { "url": format!("https://{outside}:{port}/") },
                "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": namespace } },
                "rules": [{ "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"] }],
            }],
        }),
    );
    let started = Instant::now();
    let said = run(
        &operator,
        "site",
        &json!([
            { "runPod": { "name": "probe", "timeout": "4s", "podSpec": pod("true") } },
            { "data": { "name": "own", "data": "words" } },
        ]),
        &json!([text("Pod", "probe/probe.log", "x"), text("Own", "own", "words"), { "clusterVersion": { "checkName": "Version", "outcomes": [{ "pass": {} }] } }]),
    );
    let (state, message) = check(&said, "Pod");
    assert_eq!(state, "error", "{message}");
    assert!(message.contains("did not end within 4 s"), "it says how long was waited: {message}");
    assert_eq!((check(&said, "Own").0, check(&said, "Version").0), ("pass".into(), "pass".into()));
    assert!(
        started.elapsed() < Duration::from_mins(1),
        "nobody waits for the webhook: {:?}",
        started.elapsed()
    );
    assert_eq!(left(&operator), "", "nothing is left");
}

#[test]
fn an_api_that_nobody_serves_is_said_and_spoils_nothing() {
    let operator = operator("collectapi");
    let namespace = operator.namespace.name.clone();
    let _service = place(
        &operator,
        "apiservice",
        &json!({
            "apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
            "metadata": { "name": "v1.nowhere.longshore.example" },
            "spec": {
                "group": "nowhere.longshore.example", "version": "v1", "groupPriorityMinimum": 100, "versionPriority": 100,
                "insecureSkipTLSVerify": true, "service": { "name": "none", "namespace": namespace, "port": 443 },
            },
        }),
    );
    let said = run(
        &operator,
        "site",
        &json!([{ "clusterResources": { "namespaces": [namespace] } }]),
        &json!([
            text("Maps", &format!("cluster-resources/configmaps/{namespace}.json"), "kube-root-ca"),
            text("Groups", "cluster-resources/resources.json", "deployments"),
            { "distribution": { "checkName": "Distribution", "outcomes": [{ "pass": { "when": "== kurl" } }, { "warn": { "message": "another" } }] } },
        ]),
    );
    let states = ["Maps", "Groups", "Distribution"].map(|title| check(&said, title).0);
    assert_eq!(states, ["pass", "pass", "warn"], "{}", said.all());
}

#[test]
fn an_api_server_with_too_much_to_do_is_asked_again() {
    let operator = operator("collectbusy");
    let namespace = operator.namespace.name.clone();
    let kubectl = |words: &[&str]| operator.lab.kubectl(words).expect("kubectl does it");
    kubectl(&["create", "configmap", "site", "-n", &namespace, "--from-literal=racks=two"]);
    // Every request is turned away twice, but those that open the site; Secrets always are.
    let gate = Gate::open(&operator, |line, before| match line {
        _ if line.contains("/kube-system ") || line.contains("/version ") => Answer::Pass,
        _ if line.contains("/secrets/") => Answer::TurnAway,
        _ if before < 2 => Answer::TurnAway,
        _ => Answer::Pass,
    });
    gate.add_site(&operator, "busy");
    let said = run(
        &operator,
        "busy",
        &json!([
            { "configMap": { "namespace": namespace, "name": "site", "key": "racks", "includeValue": true } },
            { "secret": { "namespace": namespace, "name": "license" } },
            { "runPod": { "name": "probe", "timeout": "60s", "podSpec": pod("echo ran all the same") } },
        ]),
        &json!([
            value("Racks", &format!("configmaps/{namespace}/site/racks.json"), "value", "\"two\""),
            { "secret": { "checkName": "License", "namespace": namespace, "secretName": "license", "outcomes": [{ "pass": {} }, { "fail": {} }] } },
            { "nodeResources": { "checkName": "Nodes", "outcomes": [{ "pass": {} }] } },
            text("Pod", "probe/probe.log", "ran all the same"),
        ]),
    );
    let states = ["Racks", "Nodes", "Pod"].map(|title| check(&said, title).0);
    assert_eq!(states, ["pass", "pass", "pass"], "{}", said.all());
    let (state, message) = check(&said, "License");
    assert_eq!(state, "error", "{message}");
    assert!(message.contains("too much to do (429)"), "the reason is named: {message}");
    assert!(gate.turned_away.load(Ordering::Relaxed) > 6, "requests were turned away");
    assert_eq!(left(&operator), "", "nothing is left");
}

#[test]
fn a_log_of_a_gigabyte_is_cut_and_that_is_said() {
    let operator = operator("collectflood");
    let namespace = operator.namespace.name.clone();
    let path = operator.data.path().join("pod.json");
    let mut web = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": { "name": "web", "namespace": namespace, "labels": { "app": "web" } },
        "spec": pod("echo up; sleep 600"),
    });
    web["spec"]["restartPolicy"] = json!("Never");
    std::fs::write(&path, web.to_string()).expect("writes");
    operator.lab.kubectl(&["apply", "-f", &path.display().to_string()]).expect("it is applied");
    let wait = ["wait", "--for=condition=Ready", "pod/web", "-n", &namespace, "--timeout=60s"];
    operator.lab.kubectl(&wait).expect("the pod runs");
    // Pods of others that are not well are asked for their last words, too.
    let gate = Gate::open(&operator, |line, _| match line {
        _ if line.contains("collectflood") && line.contains("/log?") => Answer::Flood(1 << 30),
        _ => Answer::Pass,
    });
    gate.add_site(&operator, "flood");
    let spec = operator.data.path().join("spec.yaml");
    let asked = json!({
        "apiVersion": "troubleshoot.sh/v1beta2", "kind": "SupportBundle", "metadata": { "name": "flood" },
        "spec": { "collectors": [{ "logs": { "name": "all", "selector": ["app=web"], "limits": { "maxAge": "24h" } } }] },
    });
    std::fs::write(&spec, asked.to_string()).expect("writes");
    let said = operator.run(&[
        "support",
        "collect",
        "flood",
        "--spec",
        &spec.display().to_string(),
        "--output",
        "json",
    ]);
    let view = said.json();
    let id = view["summary"]["id"].as_str().expect("an id").to_owned();
    let missing = operator.ok(&["support", "read", &id, "longshore/missing.json"]).out;
    assert!(missing.contains("all/web/main.log was cut after 16777216 bytes"), "the cut is said: {missing}");
    let files = operator.json(&["support", "files", &id]);
    let size = |wanted: &str| {
        let mut found = files["files"].as_array().into_iter().flatten().filter(|file| file["path"] == wanted);
        found.next().and_then(|file| file["size"].as_u64())
    };
    assert_eq!(size("all/web/main.log"), Some(16 << 20), "so much is kept: {files}");
    let taken = gate.taken.load(Ordering::Relaxed);
    assert!(taken < 64 << 20, "the rest is not even fetched: {taken} bytes were");
}

#[test]
fn a_namespace_of_five_thousand_pods_is_judged() {
    if std::env::var("LONGSHORE_TEST_FULL").is_ok_and(|full| !full.is_empty()) {
        five_thousand_pods();
    }
}

fn five_thousand_pods() {
    const PODS: usize = 5000;
    let operator = operator("collectmany");
    let namespace = operator.namespace.name.clone();
    // For a scheduler that there is not: they are objects and no more.
    let pod = |number| {
        json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": format!("p{number}"), "namespace": namespace },
            "spec": { "schedulerName": "nobody", "containers": [{ "name": "main", "image": "none.longshore.example/x:1" }] } })
    };
    let pieces: Vec<String> = (0..4)
        .map(|piece| {
            let items: Vec<Value> = (piece * PODS / 4..(piece + 1) * PODS / 4).map(pod).collect();
            let path = operator.data.path().join(format!("pods-{piece}.json"));
            let list = json!({ "apiVersion": "v1", "kind": "List", "items": items });
            std::fs::write(&path, list.to_string()).expect("writes");
            path.display().to_string()
        })
        .collect();
    std::thread::scope(|scope| {
        for piece in &pieces {
            scope.spawn(|| operator.lab.kubectl(&["create", "-f", piece]).expect("they are made"));
        }
    });
    let started = Instant::now();
    let said = run(
        &operator,
        "site",
        &json!([{ "clusterResources": { "namespaces": [namespace] } }, { "logs": { "name": "logs", "selector": ["app=none"] } }]),
        &json!([
            { "clusterPodStatuses": { "checkName": "Pod {{ .Name }}", "namespaces": [namespace], "outcomes": [
                { "fail": { "when": "== Failed" } }, { "pass": { "when": "== Pending", "message": "waits" } }] } },
            text("Last", &format!("cluster-resources/pods/{namespace}.json"), "p4999"),
        ]),
    );
    let taken = started.elapsed();
    let passed = said.json()["pass"].as_array().map(Vec::len);
    assert_eq!(passed, Some(PODS + 1), "each pod has its verdict");
    assert!(taken < Duration::from_mins(2), "in a time that somebody waits: {taken:?}");
    println!("{PODS} pods judged in {taken:?}");
    let gone = ["delete", "pods", "--all", "-n", &namespace, "--force", "--grace-period=0", "--wait=false"];
    operator.lab.kubectl(&gone).expect("they go");
}
