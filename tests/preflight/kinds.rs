//! Every kind of collector that can run on the lab, with a check that passes and one that does not.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use serde_json::{Value, json};

use super::tools::{IMAGE, check, left, operator, pod, run, text, value};
use crate::operator::{Operator, Said};

/// A pod that runs for a while, with the label `app=web`.
fn web(operator: &Operator) {
    let namespace = &operator.namespace.name;
    let mut pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": { "name": "web", "namespace": namespace, "labels": { "app": "web" } },
        "spec": pod("echo the web is up; sleep 600"),
    });
    pod["spec"]["restartPolicy"] = json!("Never");
    apply(operator, &pod);
    let wait = ["wait", "--for=condition=Ready", "pod/web", "-n", namespace, "--timeout=60s"];
    operator.lab.kubectl(&wait).expect("the pod runs");
    // Its log is there a moment after it is.
    std::thread::sleep(Duration::from_secs(1));
}

fn apply(operator: &Operator, object: &Value) {
    let path = operator.data.path().join("object.json");
    std::fs::write(&path, object.to_string()).expect("writes");
    operator.lab.kubectl(&["apply", "-f", &path.display().to_string()]).expect("it is applied");
}

#[track_caller]
fn states(said: &Said, wanted: &[(&str, &str)]) {
    for (title, state) in wanted {
        let (found, message) = check(said, title);
        assert_eq!(found, *state, "{title}: {message}\n{}", said.all());
    }
}

#[test]
fn pods_are_run_and_their_words_are_judged() {
    let operator = operator("collectpods");
    let said = run(
        &operator,
        "site",
        &json!([
            { "runPod": { "name": "probe", "timeout": "60s", "podSpec": pod("echo latency=12 ms; false") } },
            { "run": { "name": "older", "image": IMAGE, "imagePullPolicy": "Never", "command": ["sh", "-c"], "args": ["echo older words"] } },
            { "runPod": { "name": "slow", "timeout": "4s", "podSpec": pod("sleep 100") } },
            { "runPod": { "name": "unpulled", "timeout": "60s", "podSpec":
                { "containers": [{ "name": "main", "image": "lab.longshore.example/none:1", "imagePullPolicy": "Never" }] } } },
            { "runDaemonSet": { "name": "set", "timeout": "60s", "podSpec": pod("echo on every node; sleep 1") } },
            { "sysctl": { "image": IMAGE, "imagePullPolicy": "Never", "timeout": "60s" } },
            { "dns": { "image": IMAGE } },
        ]),
        &json!([
            { "textAnalyze": { "checkName": "Latency", "fileName": "probe/probe.log", "regexGroups": "latency=(?P<Ms>[0-9]+)",
                "outcomes": [{ "fail": { "when": "Ms > 100" } }, { "pass": { "message": "{{ .Ms }} ms" } }] } },
            value("Exit", "probe/probe.json", "status.phase", "\"Failed\""),
            text("Older", "older/older.log", "older words"),
            text("Wrong", "older/older.log", "newer words"),
            text("Slow", "slow/slow.log", "x"),
            text("Unpulled", "unpulled/*.log", "x"),
            text("Set", "set/*.log", "on every node"),
            { "sysctl": { "checkName": "Forwarding", "outcomes": [
                { "pass": { "when": "net.ipv4.ip_forward = 1" } }, { "fail": {} }] } },
            { "sysctl": { "checkName": "Swappiness", "outcomes": [
                { "fail": { "when": "vm.swappiness >= 0", "message": "any" } }, { "pass": {} }] } },
            value("Names", "dns/debug.json", "query.kubernetes.name", "\"kubernetes\""),
        ]),
    );
    states(
        &said,
        &[
            ("Latency", "pass"),
            ("Exit", "pass"),
            ("Older", "pass"),
            ("Wrong", "fail"),
            ("Slow", "error"),
            ("Unpulled", "error"),
            ("Set", "pass"),
            ("Forwarding", "pass"),
            ("Swappiness", "fail"),
            ("Names", "pass"),
        ],
    );
    assert_eq!(check(&said, "Latency").1, "12 ms");
    assert!(check(&said, "Slow").1.contains("did not end within 4 s"), "{}", said.all());
    assert!(
        check(&said, "Unpulled").1.contains("cannot pull the image lab.longshore.example/none:1"),
        "{}",
        said.all()
    );
    assert_eq!(left(&operator), "", "nothing is left");
}

#[test]
fn running_pods_are_looked_into() {
    let operator = operator("collectexec");
    web(&operator);
    let exec = |name: &str, script: &str| json!({ "exec": { "name": "in", "collectorName": name, "selector": ["app=web"], "command": ["sh", "-c"], "args": [script] } });
    let said = run(
        &operator,
        "site",
        &json!([
            exec("version", "echo version 7"),
            exec("broken", "echo no such table >&2; exit 3"),
            exec("quiet", "sleep 40; echo after a long silence"),
            { "logs": { "name": "logs", "selector": ["app=web"] } },
            { "logs": { "name": "nobody", "selector": ["app=nobody"] } },
            { "copy": { "name": "files", "selector": ["app=web"], "containerPath": "/etc/tools.conf" } },
            { "copy": { "name": "files", "selector": ["app=web"], "containerPath": "/etc/none.conf" } },
            { "copyFromHost": { "name": "host", "image": IMAGE, "imagePullPolicy": "Never", "hostPath": "/etc/debian_version", "extractArchive": true } },
            { "copyFromHost": { "name": "nowhere", "image": IMAGE, "imagePullPolicy": "Never", "hostPath": "/opt/none/at/all" } },
        ]),
        &json!([
            text("Version", "in/*/*/version-stdout.txt", "version 7"),
            text("Complaint", "in/*/*/broken-stderr.txt", "no such table"),
            text("Exit", "in/*/*/broken-errors.json", "exit code"),
            text("Quiet", "in/*/*/quiet-stdout.txt", "after a long silence"),
            text("Log", "logs/web/main.log", "the web is up"),
            text("No fault", "logs/web/*.log", "panic"),
            text("Nobody", "nobody/*/*.log", "x"),
            text("Copied", "files/*/web/etc/tools.conf", "tools"),
            text("Not copied", "files/*/web/etc/none.conf", "x"),
            text("Host", "host/*/debian_version", "."),
            text("Nowhere", "nowhere/*/*", "."),
        ]),
    );
    states(
        &said,
        &[
            ("Version", "pass"),
            ("Complaint", "pass"),
            ("Exit", "pass"),
            ("Quiet", "pass"),
            ("Log", "pass"),
            ("No fault", "fail"),
            ("Nobody", "warn"),
            ("Copied", "pass"),
            ("Not copied", "error"),
            ("Host", "pass"),
            ("Nowhere", "error"),
        ],
    );
    assert!(check(&said, "Nowhere").1.contains("is not on node"), "{}", said.all());
    assert_eq!(left(&operator), "", "nothing is left");
}

/// Goldpinger's answers from this machine, as no image of it can be had here: `a` is reached by both, `b` by itself alone.
fn goldpinger(operator: &Operator) {
    let ping = |ok: bool| json!({ "OK": ok, "PingTime": "0001-01-01T00:00:00Z", "error": if ok { "" } else { "context deadline exceeded" } });
    let seen =
        |b: bool| json!({ "OK": true, "response": { "podResults": { "a": ping(true), "b": ping(b) } } });
    let told = json!({
        "hosts": [{ "hostIP": "10.0.0.1", "podIP": "10.1.0.1", "podName": "a" }, { "hostIP": "10.0.0.2", "podIP": "10.1.0.2", "podName": "b" }],
        "responses": { "a": seen(false), "b": seen(true) },
    });
    let registry = operator.lab.registry();
    let (host, _) = registry.rsplit_once(':').expect("host and port");
    let listener = TcpListener::bind((host, 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let content = told.to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("somebody asks");
            let lines: Vec<String> = BufReader::new(&stream)
                .lines()
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty())
                .collect();
            let (status, content) = if lines.first().is_some_and(|line| line.starts_with("GET /check_all ")) {
                ("200 OK", &*content)
            } else {
                ("404 Not Found", "")
            };
            // Who asked may be gone.
            drop(write!(stream, "HTTP/1.0 {status}\r\nContent-Type: application/json\r\n\r\n{content}"));
        }
    });
    let namespace = &operator.namespace.name;
    let ports = |port: u16| json!([{ "name": "http", "port": port, "protocol": "TCP" }]);
    apply(
        operator,
        &json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": { "name": "gold-pinger", "namespace": namespace, "labels": { "app.kubernetes.io/name": "goldpinger" } },
            "spec": { "ports": ports(8080) },
        }),
    );
    apply(
        operator,
        &json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": { "name": "gold-pinger", "namespace": namespace, "labels": { "kubernetes.io/service-name": "gold-pinger" } },
            "endpoints": [{ "addresses": [host], "conditions": { "ready": true } }], "ports": ports(port),
        }),
    );
}

#[test]
fn what_goldpinger_and_collectd_have_is_judged() {
    let operator = operator("collecthave");
    goldpinger(&operator);
    let kept = "mkdir -p /var/lib/collectd/rrd/node/load && echo shortterm 0.25 > /var/lib/collectd/rrd/node/load/load.rrd";
    operator.lab.on_host(&["sh", "-c", kept]).expect("the host keeps it");
    let rrd =
        |path: &str| json!({ "collectd": { "image": IMAGE, "imagePullPolicy": "Never", "hostPath": path } });
    let said = run(
        &operator,
        "site",
        &json!([{ "goldpinger": { "podLaunchOptions": { "image": IMAGE } } }, rrd("/var/lib/collectd/rrd")]),
        &json!([
            { "goldpinger": {} },
            value("Pings", "goldpinger/check_all.json", "hosts.[1].podName", "\"b\""),
            text("Load", "collectd/rrd/*/archive.tar", "shortterm 0.25"),
            text("Memory", "collectd/rrd/*/archive.tar", "memory.rrd"),
        ]),
    );
    states(
        &said,
        &[
            ("Pings to \"a\" pod succeeded", "pass"),
            ("Ping from \"a\" pod to \"b\" pod failed", "fail"),
            ("Pings", "pass"),
            ("Load", "pass"),
            ("Memory", "fail"),
        ],
    );
    assert_eq!(
        check(&said, "Ping from \"a\" pod to \"b\" pod failed").1,
        "Ping error: context deadline exceeded"
    );
    assert_eq!(left(&operator), "", "nothing is left");
    let said = run(
        &operator,
        "site",
        &json!([rrd("/var/lib/collectd/none")]),
        &json!([text("None", "collectd/rrd/*/archive.tar", "x")]),
    );
    assert!(check(&said, "None").1.contains("none"), "a folder that no node has is named: {}", said.all());
}

#[test]
fn what_the_cluster_and_this_machine_know_is_judged() {
    let operator = operator("collectread");
    let namespace = operator.namespace.name.clone();
    let kubectl = |words: &[&str]| operator.lab.kubectl(words).expect("kubectl does it");
    kubectl(&["create", "secret", "generic", "license", "-n", &namespace, "--from-literal=token=hunter2"]);
    kubectl(&["create", "configmap", "site", "-n", &namespace, "--from-literal=racks=two"]);
    let registry = operator.lab.registry();
    let said = run(
        &operator,
        "site",
        &json!([
            { "clusterInfo": {} },
            { "clusterResources": { "namespaces": [namespace] } },
            { "secret": { "namespace": namespace, "name": "license", "key": "token" } },
            { "secret": { "namespace": namespace, "name": "none" } },
            { "configMap": { "namespace": namespace, "name": "site", "key": "racks", "includeValue": true } },
            { "data": { "name": "facts/site.json", "data": "{\"racks\": 2}" } },
            { "http": { "collectorName": "registry", "get": { "url": format!("http://{registry}/v2/"), "timeout": "5s" } } },
            { "http": { "collectorName": "closed", "get": { "url": "http://127.0.0.1:9/", "timeout": "5s" } } },
            { "registryImages": { "images": [format!("{registry}/no/such:image")] } },
            { "certificates": { "configMaps": [{ "name": "kube-root-ca.crt", "namespaces": [namespace] }] } },
            { "helm": { "namespace": namespace } },
            { "nodeMetrics": {} },
            { "customMetrics": { "metricRequests": [{ "namespace": namespace, "resourceMetricName": "pods/queue" }] } },
            { "etcd": {} },
            { "ceph": {} },
            { "longhorn": {} },
            { "sonobuoy": {} },
            { "supportBundleMetadata": { "namespace": namespace } },
            { "postgres": { "collectorName": "db", "uri": "postgres://ada:hunter2@127.0.0.1:9/tides" } },
            { "mssql": { "collectorName": "db", "uri": "sqlserver://ada:hunter2@127.0.0.1:9" } },
        ]),
        &json!([
            { "clusterVersion": { "checkName": "Kubernetes", "outcomes": [{ "fail": { "when": "< 1.20.0" } }, { "pass": {} }] } },
            { "secret": { "checkName": "License", "namespace": namespace, "secretName": "license", "key": "token", "outcomes": [{ "pass": {} }, { "fail": {} }] } },
            { "secret": { "checkName": "No secret", "namespace": namespace, "secretName": "none", "outcomes": [{ "pass": {} }, { "fail": {} }] } },
            value("Racks", &format!("configmaps/{namespace}/site/racks.json"), "value", "\"two\""),
            value("Facts", "facts/site.json", "racks", "2"),
            { "http": { "checkName": "Registry", "collectorName": "registry", "outcomes": [{ "pass": { "when": "statusCode == 200" } }, { "fail": {} }] } },
            { "http": { "checkName": "Closed", "collectorName": "closed", "outcomes": [{ "fail": { "when": "error" } }, { "pass": {} }] } },
            { "registryImages": { "checkName": "Images", "outcomes": [{ "pass": { "when": "verified > 0" } }, { "fail": { "message": "none" } }] } },
            { "certificates": { "checkName": "Certificates", "outcomes": [{ "pass": { "message": "good" } }, { "fail": {} }] } },
            text("Resources", &format!("cluster-resources/configmaps/{namespace}.json"), "racks"),
            text("Rules", &format!("cluster-resources/auth-cani-list/{namespace}.json"), "verbs"),
            text("Metrics", "metrics/*.json", "no such metric"),
            text("Numbers", "node-metrics/*.json", "nodeName"),
            text("Helm", &format!("helm/{namespace}.json"), "x"),
            text("Etcd", "etcd/version.json", "x"),
            { "cephStatus": { "checkName": "Ceph" } },
            text("Sonobuoy", "sonobuoy/*", "x"),
            text("Metadata", "metadata/cluster.json", "x"),
            { "postgres": { "checkName": "Database", "collectorName": "db", "outcomes": [
                { "fail": { "when": "connected == false", "message": "down:" } }, { "pass": {} }] } },
            { "mssql": { "checkName": "Other database", "collectorName": "db", "outcomes": [
                { "fail": { "when": "connected == false", "message": "down:" } }, { "pass": {} }] } },
        ]),
    );
    states(
        &said,
        &[
            ("Kubernetes", "pass"),
            ("License", "pass"),
            ("No secret", "fail"),
            ("Racks", "pass"),
            ("Facts", "pass"),
            ("Registry", "pass"),
            ("Closed", "fail"),
            ("Images", "fail"),
            ("Certificates", "pass"),
            ("Resources", "pass"),
            ("Rules", "pass"),
            ("Metrics", "pass"),
            ("Numbers", "pass"),
            // Upstream warns where a check of texts finds no file: this namespace has no release of Helm.
            ("Helm", "warn"),
            ("Etcd", "error"),
            ("Ceph", "error"),
            ("Sonobuoy", "error"),
            ("Metadata", "error"),
            ("Database", "fail"),
            ("Other database", "fail"),
        ],
    );
    assert!(check(&said, "Database").1.contains("connect: connection refused"), "{}", said.all());
    let other = check(&said, "Other database").1;
    assert!(other.contains("unable to open tcp connection with host '127.0.0.1:9'"), "{}", said.all());
    assert!(!said.all().contains("hunter2"), "no secret is told");
    assert_eq!(left(&operator), "", "nothing is left");
}
