//! Each kind of collector against a cluster in memory: the files that it makes and the words that it fails with.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use longshore_contract::CheckState::{self, Error, Fail, Pass, Warn};
use longshore_preflight::{Refusal, Response, Text};
use serde_json::{Value, json};

mod double;

use double::{Answer, Desk, Double, file, gather, gather_from, json_file, results, silent, spec, why};

const PODS: &str = "/api/v1/namespaces/app/pods";
const LOG: &str = "/api/v1/namespaces/app/pods/*/log";

/// A pod that runs, with the label `app=web`.
fn web(name: &str, containers: &[&str]) -> Value {
    let statuses: Vec<Value> = containers
        .iter()
        .map(|name| json!({ "name": name, "ready": true, "state": { "running": {} } }))
        .collect();
    let containers: Vec<Value> = containers.iter().map(|name| json!({ "name": name })).collect();
    json!({
        "metadata": { "name": name, "namespace": "app", "labels": { "app": "web" } },
        "spec": { "containers": containers, "nodeName": "n1" },
        "status": { "phase": "Running", "containerStatuses": statuses },
    })
}

fn encoded(text: &str) -> String {
    STANDARD.encode(text)
}

/// States of all checks.
fn states(spec: &longshore_preflight::Spec, gathered: &longshore_preflight::Gathered) -> Vec<CheckState> {
    results(spec, gathered).iter().map(|result| result.state).collect()
}

#[tokio::test(start_paused = true)]
async fn secrets_and_maps_show_values_only_where_they_are_asked_for() {
    let secret = |name: &str| {
        json!({ "metadata": { "name": name, "namespace": "app", "labels": { "kind": "license" } },
                "data": { "token": encoded("hunter2"), "id": encoded("42") } })
    };
    let map = json!({ "metadata": { "name": "site" }, "data": { "racks": "two" } });
    let cluster = Double::default()
        .with("/api/v1/namespaces/app/secrets/one", secret("one"))
        .with("/api/v1/namespaces/app/secrets", json!([secret("one"), secret("two")]))
        .with("/api/v1/namespaces/app/configmaps/site", map);
    let spec = spec(
        json!([
            { "secret": { "namespace": "app", "name": "one", "key": "token" } },
            { "secret": { "namespace": "app", "name": "none" } },
            { "secret": { "name": "one", "key": "id", "includeValue": true } },
            { "secret": { "namespace": "app", "selector": ["kind=license"], "key": "nope" } },
            { "secret": { "namespace": "app", "selector": ["kind=other"] } },
            { "configMap": { "namespace": "app", "name": "site", "includeAllData": true } },
        ]),
        json!([
            { "secret": { "namespace": "app", "secretName": "one", "key": "token", "outcomes": [{ "pass": {} }, { "fail": {} }] } },
            { "secret": { "namespace": "app", "secretName": "none", "outcomes": [{ "pass": {} }, { "fail": {} }] } },
            { "secret": { "secretName": "one", "key": "id", "outcomes": [{ "pass": {} }, { "fail": {} }] } },
            { "jsonCompare": { "fileName": "configmaps/app/site.json", "path": "data.racks", "value": "\"two\"", "outcomes": [{ "pass": { "when": "true" } }, { "fail": { "when": "false" } }] } },
        ]),
    );
    let gathered = gather(&cluster, &spec).await;
    assert_eq!(states(&spec, &gathered), [Pass, Fail, Pass, Pass], "{:?}", results(&spec, &gathered));
    assert_eq!(json_file(&gathered, "secrets/one/id.json")["value"], "42", "asked for");
    let two = json_file(&gathered, "secrets/app/two/nope.json");
    assert_eq!((&two["secretExists"], &two["keyExists"]), (&json!(true), &json!(false)));
    let kept: Vec<u8> = gathered.files.values().flatten().copied().collect();
    assert!(!String::from_utf8_lossy(&kept).contains("hunter2"), "nobody asked for that");
    assert!(why(&gathered, "secrets/app/*.json").contains("has no secrets with kind=other"));
}

#[tokio::test(start_paused = true)]
async fn logs_of_all_containers_are_kept_in_both_places() {
    let cluster = Double::default()
        .with(PODS, json!([web("web-0", &["main", "side"]), web("web-1", &["main", "gone"])]))
        .log("/api/v1/namespaces/app/pods/web-0/log", "error: disk\n")
        .log("/api/v1/namespaces/app/pods/web-1/log", "fine\n")
        .answering(
            "/api/v1/namespaces/app/pods/web-1/log?container=gone&tailLines=50&limitBytes=900",
            Answer::Refused(Refusal::Failed("the kubelet does not answer".to_owned())),
        );
    let spec = spec(
        json!([{ "logs": { "name": "all/web", "namespace": "app", "selector": ["app=web"],
            "limits": { "maxLines": 50, "maxBytes": 900 } } }]),
        json!([
            { "textAnalyze": { "checkName": "disk", "fileName": "all/web/web-0/main.log", "regex": "error",
                "outcomes": [{ "fail": { "when": "true" } }, { "pass": { "when": "false" } }] } },
            { "textAnalyze": { "checkName": "gone", "fileName": "all/web/*/*.log", "regex": "error",
                "outcomes": [{ "fail": { "when": "true" } }, { "pass": { "when": "false" } }] } },
        ]),
    );
    let gathered = gather(&cluster, &spec).await;
    assert_eq!(states(&spec, &gathered), [Fail, Error], "{:?}", results(&spec, &gathered));
    assert_eq!(file(&gathered, "cluster-resources/pods/logs/app/web-0/side.log"), "error: disk\n");
    assert_eq!(why(&gathered, "all/web/web-1/gone.log"), "the kubelet does not answer");
    assert_eq!(
        json_file(&gathered, "all/web/web-1/gone-errors.json"),
        json!(["the kubelet does not answer"])
    );
    assert!(cluster.calls("text").iter().all(|path| !path.contains("previous")), "none was restarted");
}

#[tokio::test(start_paused = true)]
async fn where_no_pod_is_selected_the_check_says_what_that_means() {
    let text = |ignore: bool| json!({ "textAnalyze": { "fileName": "logs/*/*.log", "ignoreIfNoFiles": ignore, "regex": "x", "outcomes": [] } });
    let compare =
        json!({ "jsonCompare": { "fileName": "run/app/a/b-stdout.txt", "value": "1", "outcomes": [] } });
    let spec = spec(
        json!([
            { "logs": { "name": "logs", "namespace": "app", "selector": ["app=none"] } },
            { "exec": { "name": "run", "collectorName": "b", "namespace": "app", "selector": ["app=none"], "command": ["ls"] } },
        ]),
        json!([text(true), text(false), compare]),
    );
    let gathered = gather(&Double::default(), &spec).await;
    assert_eq!(states(&spec, &gathered), [Warn, Error], "as upstream, but that nothing vanishes");
    let results = results(&spec, &gathered);
    assert_eq!(results[1].message, "namespace app has no pod with app=none");
}

#[tokio::test(start_paused = true)]
async fn a_command_is_run_in_one_pod() {
    let waiting = json!({ "metadata": { "name": "web-9", "namespace": "app", "labels": { "app": "web" } },
        "spec": { "containers": [{ "name": "main" }] }, "status": { "phase": "Pending" } });
    let exec = |words: &[String]| match words[0].as_str() {
        "version" => Answer::Text(b"{\"version\": \"1.2\"}".to_vec()),
        _ => Answer::Is(json!({ "err": "no such table", "failed": "command terminated with exit code 3" })),
    };
    let cluster = Double { exec: Box::new(exec), ..Double::default() }
        .with(PODS, json!([waiting, web("web-0", &["main"])]));
    let run = |name: &str, command: &str| {
        json!({ "exec": { "name": "app", "collectorName": name, "namespace": "app", "selector": ["app=web"],
            "command": [command], "args": ["--json"] } })
    };
    let spec = spec(
        json!([run("version", "version"), run("tables", "tables")]),
        json!([
            { "jsonCompare": { "fileName": "app/app/web-0/version-stdout.txt", "path": "version", "value": "\"1.2\"",
                "outcomes": [{ "pass": { "when": "true" } }, { "fail": { "when": "false" } }] } },
            { "textAnalyze": { "collectorName": "app", "fileName": "tables-stderr.txt", "regex": "no such table",
                "outcomes": [{ "fail": { "when": "true" } }, { "pass": { "when": "false" } }] } },
        ]),
    );
    let gathered = gather(&cluster, &spec).await;
    assert_eq!(states(&spec, &gathered), [Pass, Fail], "{:?}", results(&spec, &gathered));
    assert_eq!(cluster.calls("exec"), ["app/web-0/main version --json", "app/web-0/main tables --json"]);
    let errors = json_file(&gathered, "app/app/web-0/tables-errors.json");
    assert_eq!(errors, json!(["command terminated with exit code 3"]));
}

fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_cksum();
        builder.append_data(&mut header, path, content.as_bytes()).expect("it is appended");
    }
    builder.into_inner().expect("it ends")
}

#[tokio::test(start_paused = true)]
async fn files_are_copied_out_of_pods_and_off_nodes() {
    let exec = |words: &[String]| match words.last().map(String::as_str) {
        Some("web") => Answer::Text(archive(&[("web/a.conf", "a = 1"), ("web/sub/b.conf", "b = 2")])),
        Some("os-release") => Answer::Text(archive(&[("os-release", "ID=debian")])),
        _ => Answer::Is(json!({ "err": "tar: none: No such file", "failed": "exit code 2" })),
    };
    let running = json!({ "phase": "Running" });
    let cluster =
        Double { exec: Box::new(exec), pods: vec![running], nodes: vec!["n1", "n2"], ..Double::default() }
            .with(PODS, json!([web("web-0", &["main"])]));
    let copy = |path: &str| json!({ "copy": { "name": "conf", "namespace": "app", "selector": ["app=web"], "containerPath": path } });
    let spec = spec(
        json!([copy("/etc/web"), copy("/etc/none"), { "copyFromHost": { "name": "os", "namespace": "app",
            "image": "busybox", "hostPath": "/etc/os-release", "extractArchive": true } },
            { "collectd": { "namespace": "app", "image": "busybox", "hostPath": "/etc/os-release" } }]),
        json!([]),
    );
    let gathered = gather(&cluster, &spec).await;
    assert_eq!(file(&gathered, "conf/app/web-0/etc/web/sub/b.conf"), "b = 2");
    let reason = why(&gathered, "conf/app/web-0/etc/none");
    assert!(reason.contains("exit code 2") && reason.contains("No such file"), "{reason}");
    for node in ["n1", "n2"] {
        assert_eq!(file(&gathered, &format!("os/{node}/os-release")), "ID=debian");
        assert!(gathered.files.contains_key(&format!("collectd/rrd/{node}/archive.tar")));
    }
    assert_eq!(cluster.left(), [""; 0], "nothing is left");
}

#[tokio::test(start_paused = true)]
async fn a_path_that_a_node_lacks_is_told() {
    let pending = json!({ "phase": "Pending" });
    let event = json!({ "reason": "FailedMount", "message": "MountVolume.SetUp failed: hostPath type check failed: /opt is not a directory" });
    let cluster = Double { pods: vec![pending], ..Double::default() }
        .with("/api/v1/namespaces/app/events", json!([event]));
    let collector =
        json!([{ "copyFromHost": { "name": "x", "image": "busybox", "hostPath": "/opt/vendor/x" } }]);
    let gathered = gather(&cluster, &spec(collector, json!([]))).await;
    assert!(why(&gathered, "x/").contains("/opt/vendor/x is not on node n1"), "{:?}", gathered.refused);
    assert_eq!(cluster.left(), [""; 0], "nothing is left");
}

#[tokio::test(start_paused = true)]
async fn pods_run_on_every_node() {
    let done = json!({ "phase": "Succeeded" });
    let parameters = "/proc/sys/net/ipv4/ip_forward = 0\n/proc/sys/vm/swappiness = 60\n";
    let node = |name: &str, ready: &str| json!({ "metadata": { "name": name }, "status": { "conditions": [{ "type": "Ready", "status": ready }] } });
    let cluster = Double { pods: vec![done], nodes: vec!["n1", "n2"], ..Double::default() }
        .with("/api/v1/nodes", json!([node("n1", "True"), node("n2", "True"), node("n3", "False")]))
        .log(LOG, parameters);
    let spec = spec(
        json!([
            { "sysctl": { "namespace": "app", "image": "busybox" } },
            { "runDaemonSet": { "name": "set", "namespace": "app",
                "podSpec": { "containers": [{ "name": "a", "image": "b" }] } } },
        ]),
        json!([{ "sysctl": { "outcomes": [
            { "fail": { "when": "net.ipv4.ip_forward = 0", "message": "no forwarding" } }, { "pass": {} }] } }]),
    );
    let gathered = gather(&cluster, &spec).await;
    let result = &results(&spec, &gathered)[0];
    assert_eq!((result.state, result.message.as_str()), (Fail, "Nodes n1, n2: no forwarding"));
    assert!(!gathered.files.contains_key("sysctl/n3"), "a node that is not ready takes no pod");
    assert_eq!(file(&gathered, "set/n2.log"), parameters);
    assert_eq!(cluster.left(), [""; 0], "nothing is left");
}

#[tokio::test(start_paused = true)]
async fn requests_are_sent_from_this_machine() {
    let response = |status: u16, body: &str| Response {
        status,
        headers: [("Content-Type".to_owned(), "application/json".to_owned())].into(),
        body: Text { bytes: body.as_bytes().to_vec(), cut: false },
    };
    let desk = Desk {
        urls: [("https://vendor.example/health", response(200, "{\"ok\": true}"))].into(),
        images: ["registry.example/a/b:1", "10.0.0.9:5000/c:latest"].into(),
        ..Desk::default()
    };
    let login =
        encoded(&json!({ "auths": { "registry.example": { "auth": encoded("ada:secret") } } }).to_string());
    let cluster = Double::default()
        .with("/api/v1/namespaces/app/secrets/pull", json!({ "data": { ".dockerconfigjson": login } }));
    let spec = spec(
        json!([
            { "http": { "collectorName": "health", "get": { "url": "https://vendor.example/health", "timeout": "5s",
                "insecureSkipVerify": true, "headers": { "X": "y" }, "proxy": "http://proxy:1", "tls": { "cacert": "PEM" } } } },
            { "http": { "name": "folder", "collectorName": "down", "post": { "url": "http://down.example/", "body": "b" } } },
            { "registryImages": { "namespace": "app", "imagePullSecret": { "name": "pull" },
                "images": ["registry.example/a/b:1", "10.0.0.9:5000/c", "registry.example/none", "registry.example/gone"] } },
        ]),
        json!([
            { "http": { "collectorName": "health", "outcomes": [{ "pass": { "when": "statusCode == 200" } }, { "fail": {} }] } },
            { "jsonCompare": { "fileName": "folder/down.json", "path": "error.message", "value": "\"connection refused\"",
                "outcomes": [{ "pass": { "when": "true" } }, { "fail": { "when": "false" } }] } },
            { "registryImages": { "outcomes": [{ "fail": { "when": "verified != 2" } }, { "pass": { "when": "verified = 2" } }] } },
            { "registryImages": { "outcomes": [{ "fail": { "when": "errors > 0" } }, { "pass": {} }] } },
        ]),
    );
    let gathered = gather_from(&cluster, &desk, &spec, &silent).await;
    let found = states(&spec, &gathered);
    assert_eq!((found[0], found[1], found[3]), (Pass, Pass, Fail), "{:?}", results(&spec, &gathered));
    assert_eq!(json_file(&gathered, "health.json")["response"]["raw_json"]["ok"], true);
    let images = json_file(&gathered, "registry/images.json");
    assert_eq!(images["images"]["registry.example/a/b:1"], json!({ "exists": true }));
    assert_eq!(images["images"]["registry.example/none"], json!({ "exists": false }));
    let asked = desk.asked.into_inner().expect("alive").join("\n");
    for words in [
        "GET https://vendor.example/health [(\"X\", \"y\")] \"\" insecure=true ca=PEM proxy=http://proxy:1 5s",
        "POST http://down.example/ [] \"b\" insecure=false",
        "registry.example/a/b:1 as \"ada\" \"secret\" insecure=false",
        "10.0.0.9:5000/c:latest as \"\" \"\" insecure=true",
    ] {
        assert!(asked.contains(words), "{words}: {asked}");
    }
}

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUaOwUG5rN50RnfztsrKZhVYTxeJwwCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLd2ViLmV4YW1wbGUwIBcNMjYxMTI2MTczODU3WhgPMjEyNjEx
MDIxNzM4NTdaMBYxFDASBgNVBAMMC3dlYi5leGFtcGxlMFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEvIoHqW3Lpq06wAiUJwaRZ9MH+9jvcNNwcuGNf51910i07X1N
bL0l+LMQOx0UFUY6FOGnKtKSjIPe8cB0mHQ6X6NrMGkwHQYDVR0OBBYEFF1mDHkh
Cygo7gfq0TvPidJ/T34NMB8GA1UdIwQYMBaAFF1mDHkhCygo7gfq0TvPidJ/T34N
MA8GA1UdEwEB/wQFMAMBAf8wFgYDVR0RBA8wDYILd2ViLmV4YW1wbGUwCgYIKoZI
zj0EAwIDSAAwRQIgDnuGXaBopuL0ueEBVVpjFizqWuL3cpp9nAhuryPSKXICIQC2
0HsOx2Q6fGNX3A6eZ/7CD1egv9R9m9CKsMPX+cp7CA==
-----END CERTIFICATE-----
";

#[tokio::test(start_paused = true)]
async fn chains_in_secrets_and_maps_are_shown_without_their_keys() {
    let secret = json!({ "data": { "tls.crt": encoded(CERTIFICATE), "tls.key": encoded("PRIVATE") } });
    let cluster = Double::default()
        .with("/api/v1/namespaces/app/secrets/web", secret)
        .with("/api/v1/namespaces/db/configmaps/ca", json!({ "data": { "ca.crt": CERTIFICATE } }));
    let spec = spec(
        json!([{ "certificates": {
            "secrets": [{ "name": "web", "namespaces": ["app", "other"] }],
            "configMaps": [{ "name": "ca", "namespaces": ["db"] }] } }]),
        json!([{ "certificates": { "outcomes": [
            { "pass": { "message": "good" } }, { "fail": { "message": "bad" } },
            { "warn": { "when": "notAfter < Today + 365 days", "message": "soon" } }] } }]),
    );
    let gathered = gather(&cluster, &spec).await;
    assert_eq!(states(&spec, &gathered), [Pass, Pass], "{:?}", results(&spec, &gathered));
    let kept = json_file(&gathered, "certificates/certificates.json");
    assert_eq!(kept[0]["certificateChain"][0]["certificate"], "tls.crt");
    assert_eq!(kept[0]["certificateChain"][0]["subjectAlternativeNames"], json!(["web.example"]));
    assert!(kept[1]["errors"][0].as_str().is_some_and(|why| why.contains("not found")), "{kept}");
    assert!(!kept.to_string().contains("PRIVATE"), "{kept}");
}

#[tokio::test(start_paused = true)]
async fn releases_of_helm_are_unpacked() {
    let release = "SDRzSUFBQUFBQUFDQTFXT3dRcURNQkJFZjBWeWJpWEd0Z2Uvby9UUVMxazFWa0dUa0kxS2tmeDdOMXVvTFN3aDgzYVluVTBZbUxTb01ySHFXaHd5bHVpZ1lRYk9KYlpvajRNMVJFcFNnK2tzZlRlQkFjS015ZGRxTjlxWGJwTjVCQXlQTDZDbGt1cHlsQVhOVmNxSzV5NGlPWnNlZk9Da1NRZG9JUUNMbjBJZngxOERVZVFxTHhPamNyY2RuL0l6aHk0d3pobzVLTVVWaEdwV0RiMHFSajVzVFRjOG1lNjdNbTBjSUs3V2MrOStOa0Y3SldKOEEwdGNHWWNsQVFBQQ==";
    let secret = json!({ "type": "helm.sh/release.v1", "data": { "release": release },
        "metadata": { "name": "sh.helm.release.v1.web.v3", "labels": { "owner": "helm", "name": "web" } } });
    let cluster = Double::default().with("/api/v1/namespaces/app/secrets", json!([secret])).with(
        "/api/v1/secrets",
        json!([secret, { "type": "Opaque", "metadata": { "labels": { "owner": "helm" } } }]),
    );
    let spec = spec(
        json!([
            { "helm": {} },
            { "helm": { "namespace": "app", "releaseName": "web", "collectValues": true } },
            { "helm": { "namespace": "app", "releaseName": "none" } },
        ]),
        json!([{ "jsonCompare": { "fileName": "helm/app.json", "jsonPath": "{[0].chartVersion}", "value": "\"1.2.3\"",
            "outcomes": [{ "pass": { "when": "true" } }, { "fail": { "when": "false" } }] } }]),
    );
    let gathered = gather(&cluster, &spec).await;
    assert_eq!(states(&spec, &gathered), [Pass], "{:?}", results(&spec, &gathered));
    let plain = json_file(&gathered, "helm/app.json");
    assert_eq!(
        plain[0]["releaseHistory"],
        json!([{ "revision": "3", "date": "2026-01-01T00:00:00Z", "status": "deployed" }])
    );
    assert!(!plain.to_string().contains("hunter2"), "values were not asked for");
    let one = json_file(&gathered, "helm/app/web.json");
    assert_eq!(one[0]["releaseHistory"][0]["values"]["b"]["c"], 3, "over the chart's own");
    assert!(why(&gathered, "helm/app/none.json").contains("has no release none"));
}

#[tokio::test(start_paused = true)]
async fn numbers_come_from_kubelets_and_adapters() {
    let summary = json!({ "pods": [{ "podRef": { "namespace": "app" }, "volume": [
        { "pvcRef": { "name": "data", "namespace": "app" }, "usedBytes": 90, "capacityBytes": 100 }] }] });
    let node = |name: &str, disk: &str| json!({ "metadata": { "name": name, "labels": { "disk": disk } } });
    let metric = json!({ "items": [{ "describedObject": { "kind": "Pod", "namespace": "app", "name": "web-0" }, "value": "5" }] });
    let cluster = Double::default()
        .with("/api/v1/nodes", json!([node("n1", "ssd"), node("n2", "hdd")]))
        .with("/api/v1/nodes/n1/proxy/stats/summary", summary)
        .with("/apis/custom.metrics.k8s.io/v1beta1/namespaces/app/pods/*/queue", metric);
    let spec = spec(
        json!([
            { "nodeMetrics": { "selector": ["disk=ssd"] } },
            { "customMetrics": { "metricRequests": [
                { "namespace": "app", "resourceMetricName": "pods/queue" }, { "resourceMetricName": "broken" }] } },
        ]),
        json!([{ "nodeMetrics": { "outcomes": [{ "fail": { "when": "pvcUsedPercentage >= 80", "message": "{{ .PVC.ConcatenatedNames }}" } }, { "pass": {} }] } }]),
    );
    let gathered = gather(&cluster, &spec).await;
    assert_eq!(results(&spec, &gathered)[0].message, "app/data");
    assert!(!gathered.files.contains_key("node-metrics/n2.json"), "it was not selected");
    assert_eq!(json_file(&gathered, "metrics/Pod/queue/app.json")[0]["value"], "5");
    assert_eq!(json_file(&gathered, "metrics/errors.json").as_array().map(Vec::len), Some(1));
}

#[tokio::test(start_paused = true)]
async fn names_are_resolved_from_within() {
    let answer = "=== /etc/resolv.conf ===\nnameserver 10.96.0.10\n=== dig kubernetes ===\n10.96.0.1\n=== dig non-existent-domain ===\n";
    let cluster = Double::default().log(LOG, answer).with(
        "/api/v1/namespaces/default/services/kubernetes",
        json!({ "spec": { "clusterIP": "10.96.0.1" } }),
    );
    let spec = spec(
        json!([{ "dns": {} }]),
        json!([{ "jsonCompare": { "fileName": "dns/debug.json", "path": "query.kubernetes.address", "value": "\"10.96.0.1\"",
            "outcomes": [{ "pass": { "when": "true" } }, { "fail": { "when": "false" } }] } }]),
    );
    let gathered = gather(&cluster, &spec).await;
    assert_eq!(states(&spec, &gathered), [Pass], "{:?}", results(&spec, &gathered));
    let broken = Double { pods: vec![json!({ "phase": "Failed" })], ..Double::default() }
        .log(LOG, "sh: dig: not found");
    let gathered = gather(&broken, &spec).await;
    let result = &results(&spec, &gathered)[0];
    assert!(result.state == Error && result.message.contains("dig: not found"), "{result:?}");
    assert!(file(&gathered, "dns/debug.txt").contains("Failed to run commands"), "it is told there, too");
}

#[tokio::test(start_paused = true)]
async fn ceph_tells_its_health_and_no_key() {
    let tools = json!({ "metadata": { "name": "tools", "namespace": "rook-ceph", "labels": { "app": "rook-ceph-tools" } },
        "spec": { "containers": [{ "name": "tools" }] }, "status": { "phase": "Running" } });
    let exec = |words: &[String]| {
        match words.join(" ").as_str() {
        "ceph status -f json-pretty" => Answer::Text(
            json!({ "health": { "status": "HEALTH_ERR", "checks": {} }, "osdmap": { "osdmap": { "num_osds": 0 } }, "pgmap": {} })
                .to_string()
                .into_bytes(),
        ),
        "ceph auth ls -f json-pretty" => {
            Answer::Text(br#"{"auth_dump": [{"entity": "client.admin", "key": "hunter2"}]}"#.to_vec())
        }
        "rbd du --pool=replicapool" => Answer::Hangs,
        _ => Answer::Text(b"{}".to_vec()),
    }
    };
    let cluster = Double { exec: Box::new(exec), ..Double::default() }
        .with("/api/v1/namespaces/rook-ceph/pods", json!([tools]));
    let spec = spec(json!([{ "ceph": {} }]), json!([{ "cephStatus": {} }]));
    let gathered = gather(&cluster, &spec).await;
    assert_eq!(states(&spec, &gathered), [Fail], "{:?}", results(&spec, &gathered));
    assert!(file(&gathered, "ceph/auth.json").contains("client.admin"));
    assert!(!file(&gathered, "ceph/auth.json").contains("hunter2"), "a key is a secret");
    assert!(why(&gathered, "ceph/rbd-du-txt.txt").contains("did not end within 60 s"));
    let none = gather(&Double::default(), &spec).await;
    assert!(results(&spec, &none)[0].message.contains("no pod of Rook's tools"), "and where there is none");
}

#[tokio::test(start_paused = true)]
async fn longhorn_is_judged_by_its_own_objects() {
    let list = |plural: &str| format!("/apis/longhorn.io/v1beta2/namespaces/longhorn-system/{plural}");
    let ready = json!([{ "type": "Schedulable", "status": "True" }]);
    let volume = json!({ "metadata": { "name": "v1" }, "spec": { "numberOfReplicas": 2 }, "status": { "state": "detached" } });
    let replica = |name: &str| {
        json!({ "metadata": { "name": name }, "status": { "currentState": "stopped" },
            "spec": { "volumeName": "v1", "nodeID": "n1", "desireState": "stopped", "dataDirectoryName": "it's here" } })
    };
    let manager = json!({ "metadata": { "name": "im", "namespace": "longhorn-system",
        "labels": { "longhorn.io/instance-manager-type": "replica", "longhorn.io/node": "n1" } } });
    let mut cluster = Double {
        exec: Box::new(|_| Answer::Text(b"d41d8 /host/x/volume.img\n".to_vec())),
        ..Double::default()
    }
    .with("/apis/longhorn.io", json!({ "preferredVersion": { "groupVersion": "longhorn.io/v1beta2" } }))
    .with(&list("nodes"), json!([{ "metadata": { "name": "n1" }, "status": { "conditions": ready } }]))
    .with(&list("volumes"), json!([volume]))
    .with(&list("replicas"), json!([replica("r1"), replica("r2")]))
    .with("/api/v1/namespaces/longhorn-system/pods", json!([manager]));
    let spec = spec(json!([{ "longhorn": {} }]), json!([{ "longhorn": {} }]));
    let gathered = gather(&cluster, &spec).await;
    assert_eq!(states(&spec, &gathered), [Pass], "{:?}", results(&spec, &gathered));
    assert!(
        cluster.calls("exec")[0].contains(r"/host/var/lib/longhorn/replicas/it'\''s here"),
        "a name is no command"
    );
    cluster.table.insert(list("replicas"), Answer::Refused(Refusal::Failed("timeout".to_owned())));
    let gathered = gather(&cluster, &spec).await;
    assert_eq!(states(&spec, &gathered), [Error], "what could not be read is no health");
}

#[tokio::test(start_paused = true)]
async fn goldpinger_is_brought_and_taken_away() {
    let cluster = Double::default().log(LOG, r#"{"hosts": [{"podName": "gp-1"}], "responses": {"gp-1": {"response": {"podResults": {"gp-1": {"OK": true}}}}}}"#);
    let spec = spec(json!([{ "goldpinger": { "namespace": "app" } }]), json!([{ "goldpinger": {} }]));
    let gathered = gather(&cluster, &spec).await;
    assert_eq!(states(&spec, &gathered), [Pass], "{:?} {:?}", results(&spec, &gathered), gathered.refused);
    let made: Vec<String> = cluster
        .calls("create")
        .iter()
        .map(|path| path.rsplit('/').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(made, ["serviceaccounts", "roles", "rolebindings", "daemonsets", "services", "pods"]);
    assert_eq!(cluster.left(), [""; 0], "nothing is left");
    let poor = Double::default().lacking("create", "rbac.authorization.k8s.io", "roles", "app");
    let gathered = gather(&poor, &spec).await;
    assert!(why(&gathered, "goldpinger/check_all.json").contains("create roles.rbac.authorization.k8s.io"));
    assert_eq!(poor.calls("create"), [""; 0], "it is not begun by halves");
}

#[tokio::test(start_paused = true)]
async fn etcd_is_asked_where_it_can_be() {
    let collector = json!([{ "etcd": { "image": "etcd" } }]);
    let plain =
        Double::default().with("/api/v1/nodes", json!([{ "metadata": { "name": "n", "labels": {} } }]));
    let gathered = gather(&plain, &spec(collector.clone(), json!([]))).await;
    assert!(why(&gathered, "etcd/version.json").contains("kURL, k0s and Embedded Cluster only"));
    let node =
        json!({ "metadata": { "name": "n", "labels": { "node.k0sproject.io/role": "control-plane" } } });
    let cluster = Double {
        exec: Box::new(|words| Answer::Text(words[1..3].join(" ").into_bytes())),
        pods: vec![json!({ "phase": "Running" })],
        ..Double::default()
    };
    let cluster = cluster.with("/api/v1/nodes", json!([node]));
    let gathered = gather(&cluster, &spec(collector, json!([]))).await;
    assert_eq!(file(&gathered, "etcd/member-list.json"), "member list");
    assert_eq!(cluster.left(), [""; 0], "nothing is left");
}

#[tokio::test(start_paused = true)]
async fn metadata_and_results_of_others_are_taken_over() {
    let cluster = Double { exec: Box::new(|_| Answer::Text(b"no archive".to_vec())), ..Double::default() }
        .with(
            "/api/v1/namespaces/app/secrets/replicated-support-metadata",
            json!({ "data": { "id": encoded("42") } }),
        )
        .with("/api/v1/namespaces/sonobuoy/pods/sonobuoy", json!({}));
    let gathered =
        gather(&cluster, &spec(json!([{ "supportBundleMetadata": {} }, { "sonobuoy": {} }]), json!([])))
            .await;
    assert_eq!(json_file(&gathered, "metadata/cluster.json"), json!({ "id": "42" }));
    assert!(why(&gathered, "sonobuoy/").contains("not packed as they should be"), "{:?}", gathered.refused);
    let gathered = gather(&Double::default(), &spec(json!([{ "sonobuoy": {} }]), json!([]))).await;
    assert_eq!(why(&gathered, "sonobuoy/"), "namespace sonobuoy has no pod sonobuoy");
}
