//! What comes between a cluster's nodes and the application: its own charts, and volumes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use longshore_cluster::helm::Helm;
use longshore_lab::Place;
use longshore_sample::Files;
use serde_json::Value;

use super::{NAMESPACE, Yard, until};
use crate::operator::target;

/// A chart of one ConfigMap that says `mark`, as a `.tgz`.
fn chart(name: &str, version: &str, mark: &str) -> Vec<u8> {
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  mark: {{ .Values.mark | quote }}\n";
    let files = [
        ("Chart.yaml", format!("apiVersion: v2\nname: {name}\nversion: {version}\n")),
        ("values.yaml", format!("mark: {mark}\n")),
        ("templates/mark.yaml", template.to_owned()),
    ];
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    for (file, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, format!("{name}/{file}"), text.as_bytes()).expect("it is written");
    }
    tar.into_inner().and_then(flate2::write::GzEncoder::finish).expect("it is written")
}

/// Adds charts to the document of a release, each to a namespace of its own: name, version, weight, mark, and what else it
/// says of it.
fn extend(files: &mut Files, charts: &[(&str, &str, i64, &str, &str)]) {
    let mut document = String::from_utf8(files["cluster.yaml"].clone()).expect("it is text");
    for (name, version, weight, mark, more) in charts {
        files.insert(format!("{name}-{version}.tgz"), chart(name, version, mark));
        document.push_str(&format!(
            "    - {{ name: {name}, chart: {name}-{version}.tgz, namespace: {name}, weight: {weight}{more} }}\n"
        ));
    }
    files.insert("cluster.yaml".to_owned(), document.into_bytes());
}

/// Leaves out of a release the cluster of 1.35, so that an upgrade is about charts alone.
fn stay_at_1_34(files: &mut Files) {
    let document = String::from_utf8(files["cluster.yaml"].clone()).expect("it is text");
    let from = document.find("      - version: v1.35").expect("it brings 1.35");
    let to = document.find("  storage:").expect("it has volumes");
    files.insert("cluster.yaml".to_owned(), format!("{}{}", &document[..from], &document[to..]).into_bytes());
}

/// A Tidewater for Linux hosts whose release `change` has had its way with.
fn bundle(version: &str, name: &str, change: &dyn Fn(&mut Files)) -> PathBuf {
    let (place, target) = (Place::here(), target());
    let path = target.join("bundles").join(format!("{name}.airgap"));
    longshore_sample::build_linux_with(version, &path, &target.join("sample"), &place, change)
        .expect("Tidewater is built")
}

/// Asks a registry at each start, for what no bundle carries, and never starts.
const NIGHTLY: &str = r#"{ "apiVersion": "batch/v1", "kind": "CronJob", "metadata": { "name": "nightly" },
  "spec": { "schedule": "0 3 * * *", "suspend": true, "jobTemplate": { "spec": { "template": { "spec": {
    "restartPolicy": "Never", "containers": [
      { "name": "web", "image": "registry.tidewater.example/tidewater/web:1.1.0", "imagePullPolicy": "Always" },
      { "name": "gone", "image": "registry.tidewater.example/tidewater/gone:1" }] } } } } } }"#;

/// The newest run's steps of a phase that were done, by id, in the order of the plan.
fn infrastructure(yard: &Yard) -> Vec<String> {
    let plan = plan(yard);
    let steps = plan["steps"].as_array().into_iter().flatten();
    let of = steps.filter(|step| step["phase"] == "infrastructure");
    of.filter_map(|step| step["id"].as_str().map(str::to_owned)).collect()
}

/// The newest run's plan.
fn plan(yard: &Yard) -> Value {
    yard.json(&["run", "plan", &yard.newest()])
}

/// What the installation record names of the cluster's own charts.
fn recorded(yard: &Yard) -> Vec<(String, String, u64)> {
    let path = [
        "get",
        "secret",
        "longshore-tidewater",
        "-n",
        NAMESPACE,
        "-o",
        "go-template={{.data.content | base64decode}}",
    ];
    let record: Value = serde_json::from_str(&yard.kubectl(&path)).expect("the record is JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = |chart: &Value| {
        assert_ne!(chart["valuesDigest"], "", "it was finished: {chart}");
        (text(&chart["release"]), text(&chart["version"]), chart["helmRevision"].as_u64().unwrap_or_default())
    };
    let mut all: Vec<_> = record["extensions"].as_array().into_iter().flatten().map(of).collect();
    all.sort();
    all
}

fn mark(yard: &Yard, name: &str) -> String {
    let ask = ["get", "configmap", name, "-n", name, "--ignore-not-found", "-o", "jsonpath={.data.mark}"];
    yard.kubectl(&ask)
}

/// A claim, and a pod that uses it.
const CLAIMED: &str = r#"{ "apiVersion": "v1", "kind": "List", "items": [
  { "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": { "name": "hold" },
    "spec": { "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": "8Mi" } } } },
  { "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "hold" },
    "spec": { "terminationGracePeriodSeconds": 0,
      "containers": [{ "name": "web", "image": "registry.tidewater.example/tidewater/web:1.0.0",
        "imagePullPolicy": "IfNotPresent", "volumeMounts": [{ "name": "hold", "mountPath": "/hold" }] }],
      "volumes": [{ "name": "hold", "persistentVolumeClaim": { "claimName": "hold" } }] } }
] }"#;

/// A claim that names no class is met, and a pod runs with it.
fn a_claim_is_met(yard: &Yard) {
    let file = yard.data.path().join("claimed.json");
    std::fs::write(&file, CLAIMED).expect("writes");
    yard.kubectl(&["apply", "-n", NAMESPACE, "-f", &file.display().to_string()]);
    until("a pod with a volume", Duration::from_mins(2), || {
        let ask = ["get", "pod", "hold", "-n", NAMESPACE, "-o", "jsonpath={.status.phase}"];
        yard.kubectl(&ask) == "Running"
    });
    let claim =
        ["get", "pvc", "hold", "-n", NAMESPACE, "-o", "jsonpath={.status.phase} {.spec.storageClassName}"];
    assert_eq!(yard.kubectl(&claim), "Bound tidewater-disks", "the default class met it");
    yard.kubectl(&["delete", "-n", NAMESPACE, "-f", &file.display().to_string()]);
}

/// Kills an upgrade while a chart of the cluster is at work.
fn cut_off(yard: &Yard, bundle: &Path, extension: &str) {
    let words = Yard::words_of("upgrade", bundle);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut child = yard.start(&words);
    until("the chart's step", Duration::from_mins(3), || {
        let runs = yard.json(&["run", "list"]);
        let run = runs["runs"][0]["id"].as_str().unwrap_or_default().to_owned();
        let view = yard.json(&["run", "show", &run]);
        let mut steps = view["steps"].as_array().into_iter().flatten();
        runs["runs"][0]["workflow"] == "upgrade"
            && steps.any(|step| step["id"] == format!("extension:{extension}") && step["status"] != "pending")
    });
    child.kill().expect("it is ours");
    child.wait().expect("it ends");
}

#[test]
fn charts_of_the_cluster_come_before_the_application_and_follow_the_release() {
    let yard = Yard::new(1);
    let first = bundle("1.0.0", "harbour-1", &|files| {
        let lamp = ("lamp", "1.0.0", 20, "dim", ", values: { mark: 'repl{{ ConfigOption \"title\" }}' }");
        extend(files, &[lamp, ("moor", "1.0.0", 5, "rope", "")]);
    });
    let words = Yard::words_of("install", &first);
    yard.ok(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let steps = infrastructure(&yard);
    let tail: Vec<&str> = steps.iter().rev().take(5).rev().map(String::as_str).collect();
    let name = yard.hosts.name(0);
    assert_eq!(
        tail,
        [
            format!("extension-images:{name}").as_str(),
            "extension:moor",
            "extension:tidewater-disks",
            "extension:lamp",
            "storage-class"
        ],
        "by weight, after their images, and then volumes"
    );
    assert_eq!(plan(&yard)["warnings"], Value::Null, "hosts have all that it starts");
    let held = |all: &[(&str, &str, u64)]| -> Vec<(String, String, u64)> {
        all.iter()
            .map(|(name, version, number)| ((*name).to_owned(), (*version).to_owned(), *number))
            .collect()
    };
    let expected = held(&[("lamp", "1.0.0", 1), ("moor", "1.0.0", 1), ("tidewater-disks", "0.0.30", 1)]);
    assert_eq!(recorded(&yard), expected, "the record names them");
    assert_eq!(mark(&yard, "lamp"), "Tidewater", "values are rendered with the config");
    a_claim_is_met(&yard);
    let left = yard.kubectl(&["get", "pvc,pv", "-A", "-o", "name"]);
    assert!(!left.contains("longshore-trial"), "what was tried is gone: {left}");

    let second = bundle("1.1.0", "harbour-2", &|files| {
        stay_at_1_34(files);
        files.insert("nightly.yaml".to_owned(), NIGHTLY.as_bytes().to_vec());
        extend(
            files,
            &[
                ("lamp", "2.0.0", 20, "bright", ", forceUpgrade: true"),
                ("buoy", "1.0.0", 1, "red", ", timeout: 2m"),
            ],
        );
    });
    cut_off(&yard, &second, "buoy");
    let said = yard.json(&["run", "list"]);
    let run = said["runs"][0]["id"].as_str().expect("there is a run").to_owned();
    yard.ok(&["run", "resume", &run]);
    assert_eq!(
        infrastructure(&yard),
        ["remove-extension:moor", "extension:buoy", "extension:lamp", "storage-class"],
        "what is the same is left"
    );
    let told = plan(&yard)["warnings"].clone();
    let told: Vec<&str> = told.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert!(
        matches!(told[..], [asks, lacks] if asks.contains("each start of CronJob nightly (")
            && lacks.contains("does not carry registry.tidewater.example/tidewater/gone:1, which CronJob nightly needs")),
        "what hosts cannot have was told before: {told:?}"
    );
    let expected = held(&[("buoy", "1.0.0", 1), ("lamp", "2.0.0", 2), ("tidewater-disks", "0.0.30", 1)]);
    assert_eq!(recorded(&yard), expected, "each was done once, however the laptop fared");
    assert_eq!(
        ["lamp", "buoy", "moor"].map(|name| mark(&yard, name)),
        ["bright", "red", ""],
        "as the release says"
    );
    yard.serves("1.1.0");

    yard.ok(&["rollback", "yard"]);
    assert_eq!(recorded(&yard), expected, "a rollback of the application leaves them alone");
    assert_eq!(mark(&yard, "lamp"), "bright", "as they are");
    yard.serves("1.0.0");
}

/// Serves a repository with the one chart `lamp` 1.0.0; gives its URL.
fn repository() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("it has an address"));
    let index = format!(
        "apiVersion: v1\nentries:\n  lamp:\n    - {{ apiVersion: v2, name: lamp, version: 1.0.0, urls: ['{url}/lamp-1.0.0.tgz'] }}\n"
    );
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut asked = String::new();
            drop(BufReader::new(&stream).read_line(&mut asked));
            let content = match asked.split(' ').nth(1) {
                Some("/index.yaml") => Some(index.clone().into_bytes()),
                Some("/lamp-1.0.0.tgz") => Some(chart("lamp", "1.0.0", "dim")),
                _ => None,
            };
            let status = if content.is_some() { "200 OK" } else { "404 Not Found" };
            let content = content.unwrap_or_default();
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                content.len()
            );
            drop((&stream).write_all(&[head.as_bytes(), &content].concat()));
        }
    });
    url
}

#[test]
fn charts_that_lie_in_a_repository_are_fetched_at_their_version() {
    let folder = tempfile::tempdir().expect("a folder");
    let binary = longshore_lab::helm(&Place::here()).expect("helm");
    let helm = Helm { binary, scratch: folder.path().to_owned() };
    let url = repository();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let fetched = runtime.block_on(helm.pull("lamp", Some(&url), "1.0.0")).expect("it is there");
    assert!(fetched == chart("lamp", "1.0.0", "dim"), "the archive, byte by byte");
    let error = runtime.block_on(helm.pull("lamp", Some(&url), "2.0.0")).expect_err("it is not there");
    assert!(error.to_string().contains("helm pull lamp 2.0.0"), "it names the chart: {error}");
}
