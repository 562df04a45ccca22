//! What is on the cluster that is measured, and what is asked of it.

use longshore_lab::tools::IMAGE;
use serde_json::{Value, json};

/// ConfigMaps in each namespace.
const MAPS: usize = 40;

/// Name of a namespace.
pub(super) fn namespace(number: usize) -> String {
    format!("bench-support-{number}")
}

/// What is in a namespace besides the application.
pub(super) fn objects(number: usize) -> Vec<Value> {
    let about = |name: String| json!({ "name": name, "namespace": namespace(number) });
    let text = "depth: 7.3 metres at the quay\n".repeat(80);
    let mut all: Vec<Value> = (0..MAPS)
        .map(|map| json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": about(format!("tides-{map}")), "data": { "tides.yaml": text } }))
        .collect();
    all.push(json!({ "apiVersion": "v1", "kind": "Secret", "metadata": about("held".into()), "stringData": { "key": "of no use" } }));
    for name in ["web", "data", "cache"] {
        all.push(json!({ "apiVersion": "v1", "kind": "Service", "metadata": about(name.into()),
            "spec": { "selector": { "app": name }, "ports": [{ "port": 80 }] } }));
        let template = json!({ "metadata": { "labels": { "app": name } }, "spec": { "containers": [container("sleep 1")] } });
        all.push(json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": about(name.into()),
            "spec": { "replicas": 0, "selector": { "matchLabels": { "app": name } }, "template": template } }));
    }
    all
}

/// Pods of the application, which have said something.
pub(super) fn pods() -> Vec<Value> {
    let script = "i=0; while [ $i -lt 5000 ]; do echo \"$i ships have passed the quay, and none of them has stopped here\"; i=$((i+1)); done; sleep 36000";
    let pod = |number| {
        json!({ "apiVersion": "v1", "kind": "Pod",
            "metadata": { "name": format!("quay-{number}"), "namespace": namespace(0), "labels": { "app": "quay" } },
            "spec": { "containers": [container(script)], "terminationGracePeriodSeconds": 1 } })
    };
    (0..4).map(pod).collect()
}

fn container(script: &str) -> Value {
    json!({ "name": "main", "image": IMAGE, "imagePullPolicy": "Never", "command": ["sh", "-c", script] })
}

/// What vendors' specs ask for most often.
pub(super) fn spec(kind: &str) -> Value {
    let place = namespace(0);
    let text = |title: &str, file: &str, regex: &str| {
        json!({ "textAnalyze": { "checkName": title, "fileName": file, "regex": regex, "outcomes": [
            { "pass": { "when": "true", "message": "found" } }, { "fail": { "when": "false", "message": "not found" } }] } })
    };
    let binary = json!([{ "pass": { "message": "there is" } }, { "fail": { "message": "there is none" } }]);
    let pod = json!({ "containers": [container("echo the tide is in")], "terminationGracePeriodSeconds": 1 });
    json!({
        "apiVersion": "troubleshoot.sh/v1beta2", "kind": kind, "metadata": { "name": "bench" },
        "spec": {
            "collectors": [
                { "clusterInfo": {} },
                { "clusterResources": {} },
                { "logs": { "name": "quay", "namespace": place, "selector": ["app=quay"], "limits": { "maxLines": 10_000 } } },
                { "configMap": { "namespace": place, "name": "tides-0", "includeAllData": true } },
                { "secret": { "namespace": place, "name": "held", "key": "key" } },
                { "exec": { "name": "looked", "namespace": place, "selector": ["app=quay"], "command": ["ls"], "args": ["/bin"] } },
                { "runPod": { "name": "probe", "namespace": place, "timeout": "60s", "podSpec": pod } },
            ],
            "analyzers": [
                { "clusterVersion": { "checkName": "Version", "outcomes": [{ "fail": { "when": "< 1.30.0", "message": "old" } }, { "pass": { "message": "new" } }] } },
                { "nodeResources": { "checkName": "Nodes", "outcomes": [{ "fail": { "when": "count() < 1", "message": "none" } }, { "pass": { "message": "some" } }] } },
                { "nodeResources": { "checkName": "Memory", "outcomes": [{ "warn": { "when": "min(memoryCapacity) < 64Ti", "message": "little" } }, { "pass": { "message": "much" } }] } },
                { "storageClass": { "checkName": "Storage", "storageClassName": "none-such", "outcomes": binary } },
                { "configMap": { "checkName": "Tides", "namespace": place, "configMapName": "tides-0", "outcomes": binary } },
                { "secret": { "checkName": "Held", "namespace": place, "secretName": "held", "key": "key", "outcomes": binary } },
                { "deploymentStatus": { "checkName": "Web", "namespace": place, "name": "web", "outcomes": [{ "fail": { "when": "< 1", "message": "down" } }, { "pass": { "message": "up" } }] } },
                text("Tide", "probe/probe.log", "the tide is in"),
                text("Programs", &format!("looked/{place}/*/main-stdout.txt"), "sleep"),
                text("Ships", "cluster-resources/pods/logs/*/quay-0/main.log", "4999 ships"),
            ],
        },
    })
}
