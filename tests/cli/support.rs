//! Support bundles of a real site: what is in them, what is not, and what is found in them again.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::operator::Operator;

/// Planted where secrets are found in life. None of them is anybody's.
const PLANTED: [&str; 4] = [
    "kelp-and-barnacles-1907",
    "ghp_0123456789abcdefghijABCDEFGHIJ012345",
    "postgres-pw-of-the-quay",
    "dGhlIHRpZGUgd2FpdHMgZm9yIG5vYm9keQ",
];

/// Members of a support bundle below its top folder.
pub fn members(file: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut archive = tar::Archive::new(GzDecoder::new(fs::File::open(file).expect("the bundle")));
    let mut members = BTreeMap::new();
    for entry in archive.entries().expect("a tar") {
        let mut entry = entry.expect("a member");
        let path = entry.path().expect("a path").display().to_string();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("its content");
        let (_, below) = path.split_once('/').unwrap_or(("", &path));
        members.insert(below.to_owned(), content);
    }
    members
}

fn holds(members: &BTreeMap<String, Vec<u8>>, text: &str) -> Option<String> {
    let found = |content: &Vec<u8>| content.windows(text.len()).any(|window| window == text.as_bytes());
    members.iter().find(|(_, content)| found(content)).map(|(path, _)| path.clone())
}

/// Objects with secrets in them, and a pod that cannot start.
fn plant(operator: &Operator) {
    let [password, token, database, wish] = PLANTED;
    let objects = json!({ "apiVersion": "v1", "kind": "List", "items": [
        { "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "held" }, "stringData": { "any": password } },
        { "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "loose" }, "data": {
            "app.env": format!("LOG_LEVEL=debug\nADMIN_PASSWORD={password}\n"),
            "ci.yaml": format!("repository: harbour\ntoken: {token}\n"),
            "url": format!("postgres://quay:{database}@db.example:5432/tides"),
        } },
        { "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "stuck" }, "spec": { "containers": [{
            "name": "main", "image": "registry.invalid/never:1",
            "env": [{ "name": "API_TOKEN", "value": wish }, { "name": "LOG_LEVEL", "value": "debug" }],
        }] } },
    ] });
    operator.lab.kubectl(&["create", "namespace", &operator.namespace.name]).expect("a namespace");
    // No pod is let in before a cluster has put this into a namespace.
    let account = ["wait", "--for=create", "serviceaccount/default", "--timeout=30s"];
    operator.lab.kubectl(&[&account[..], &["-n", &operator.namespace.name]].concat()).expect("an account");
    let path = operator.data.path().join("planted.json");
    fs::write(&path, objects.to_string()).expect("writes");
    let path = path.display().to_string();
    operator.lab.kubectl(&["apply", "-n", &operator.namespace.name, "-f", &path]).expect("planted");
}

#[test]
fn a_site_is_collected_without_its_secrets() {
    let operator = Operator::with_site("support");
    plant(&operator);
    let namespace = operator.namespace.name.clone();
    let file = operator.data.path().join("support.tar.gz");
    let to = file.display().to_string();
    let said = operator.run(&["support", "collect", "site", "--to", &to, "--output", "json"]);
    let view = said.json();
    assert_eq!(said.code, 3, "a pod that cannot start is a finding: {view}");
    assert_eq!(view["summary"]["progress"], "done", "{view}");
    let parts = view["parts"].as_array().expect("parts");
    assert!(
        parts.iter().all(|part| part["done"] == true && part["problem"] == ""),
        "all parts are whole: {view}"
    );
    let stuck = |result: &Value| result["state"] == "fail" && result["title"].to_string().contains("stuck");
    assert!(view["results"].as_array().expect("results").iter().any(stuck), "{view}");
    let mode = fs::metadata(&file).expect("the file").permissions().mode();
    assert_eq!(mode & 0o077, 0, "it is for its owner alone");

    let members = members(&file);
    for wanted in [
        "version.yaml",
        "analysis.json",
        "cluster-info/cluster_version.json",
        "cluster-resources/nodes.json",
        "longshore/site.json",
        "longshore/runs.json",
        &format!("cluster-resources/pods/{namespace}.json"),
        &format!("cluster-resources/configmaps/{namespace}.json"),
    ] {
        assert!(members.contains_key(wanted), "{wanted} is there: {:?}", members.keys());
    }
    for secret in PLANTED {
        assert_eq!(holds(&members, secret), None, "{secret} is in no file");
    }
    assert!(holds(&members, "LOG_LEVEL").is_some(), "what is harmless stays");
    assert!(view["summary"]["masked"].as_u64().is_some_and(|masked| masked >= 3), "{view}");
    looked_into(&operator, &view, &members, &to);
}

/// What was collected is listed, read, searched, written once, opened as a stranger's and removed.
fn looked_into(operator: &Operator, view: &Value, members: &BTreeMap<String, Vec<u8>>, file: &str) {
    let id = view["summary"]["id"].as_str().expect("an id");
    let listed = operator.json(&["support", "files", id]);
    assert_eq!(listed["files"].as_array().map(Vec::len), Some(members.len()), "{listed}");
    let read = operator.ok(&["support", "read", id, "cluster-info/cluster_version.json"]);
    assert_eq!(read.out.as_bytes(), members["cluster-info/cluster_version.json"], "it is read as it is");
    let hits = operator.json(&["support", "search", id, "registry.INVALID/never"]);
    assert!(!hits["hits"].as_array().expect("hits").is_empty(), "capitals do not matter: {hits}");
    let hits = operator.json(&["support", "search", id, "registry.INVALID/never", "--exact-case"]);
    assert_eq!(hits["hits"], json!([]), "unless they do");
    let again = operator.run(&["support", "save", id, "--to", file]);
    assert!(again.code != 0 && again.all().contains("there already"), "{}", again.all());
    let outside = operator.run(&["support", "read", id, "../../etc/passwd"]);
    assert!(outside.code != 0 && outside.all().contains("../../etc/passwd"), "{}", outside.all());

    let opened = operator.run(&["support", "open", file, "--output", "json"]);
    let (opened, _) = opened.out.split_once('\n').expect("two answers");
    let opened: Value = serde_json::from_str(opened).expect("JSON");
    let titles = |view: &Value| -> Vec<String> {
        let results = view["results"].as_array().into_iter().flatten();
        let bad = results.filter(|result| result["state"] != "pass");
        let mut titles: Vec<_> = bad.map(|result| result["title"].to_string()).collect();
        titles.sort();
        titles
    };
    assert_eq!(titles(&opened), titles(view), "the findings go with the file");
    let list = operator.json(&["support", "list"]);
    assert_eq!(list["bundles"].as_array().map(Vec::len), Some(2), "{list}");
    operator.ok(&["support", "remove", id]);
    let gone = operator.run(&["support", "files", id]);
    assert_eq!(gone.code, 2, "not found: {}", gone.all());
}

/// A bundle as others make it, with a secret in it.
#[test]
fn a_strangers_bundle_is_redacted_and_judged() {
    let operator = Operator::new("stranger");
    let folder = operator.data.path().join("made");
    let top = folder.join("support-bundle-2026-11-26T10_00_00");
    fs::create_dir_all(top.join("cluster-info")).expect("a folder");
    let version = json!({ "info": { "gitVersion": "v1.20.4" }, "string": "v1.20.4" });
    fs::write(top.join("cluster-info/cluster_version.json"), version.to_string()).expect("writes");
    fs::write(top.join("app.log"), format!("ready\nADMIN_PASSWORD={}\n", PLANTED[0])).expect("writes");
    // Upstream keeps a log once, and links to it from where the collector was told to put it.
    fs::create_dir_all(top.join("quay")).expect("a folder");
    std::os::unix::fs::symlink("../app.log", top.join("quay/main.log")).expect("a link");
    let made = operator.data.path().join("made.tar.gz");
    let file = fs::File::create(&made).expect("a file");
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(file, flate2::Compression::fast()));
    tar.follow_symlinks(false);
    tar.append_dir_all("support-bundle-2026-11-26T10_00_00", &top).expect("a tar");
    tar.into_inner().and_then(flate2::write::GzEncoder::finish).expect("an end");
    let spec = operator.data.path().join("spec.yaml");
    let text = "apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nmetadata: {name: s}\nspec:\n  analyzers:\n  - \
                clusterVersion: {outcomes: [{fail: {when: '< 1.27.0', message: too old}}, {pass: {message: new}}]}\n  - \
                textAnalyze: {checkName: Ready, fileName: quay/main.log, regex: ready, outcomes: [{pass: {when: 'true', message: it \
                is}}, {fail: {when: 'false', message: it is not}}]}\n";
    fs::write(&spec, text).expect("writes");
    let (made, spec) = (made.display().to_string(), spec.display().to_string());

    let judged = operator.run(&["support", "analyze", &made, "--spec", &spec, "--output", "json"]);
    assert_eq!(judged.code, 3, "{}", judged.all());
    let results = judged.json()["results"].clone();
    let message = |title: &str| {
        let results = results.as_array().into_iter().flatten();
        let found = results.filter(|result| result["title"] == title || title.is_empty());
        found.map(|result| result["message"].to_string()).collect::<Vec<_>>().join(" ")
    };
    assert!(message("").contains("too old"), "{results}");
    assert_eq!(message("Ready"), "\"it is\"", "a file is judged by the name of a link, too: {results}");
    let clean = operator.data.path().join("clean.tar.gz");
    operator.ok(&["support", "redact", &made, "--to", &clean.display().to_string()]);
    let members = members(&clean);
    assert_eq!(holds(&members, PLANTED[0]), None, "it is masked");
    assert_eq!(members["app.log"], b"ready\nADMIN_PASSWORD=***HIDDEN***\n", "and nothing else is");
    let list = operator.json(&["support", "list"]);
    assert_eq!(list["bundles"], json!([]), "neither keeps anything: {list}");

    let broken = operator.data.path().join("broken.tar.gz");
    fs::write(&broken, &fs::read(&made).expect("reads")[..200]).expect("writes");
    let refused = operator.run(&["support", "open", &broken.display().to_string()]);
    assert!(refused.code != 0 && refused.all().contains("broken.tar.gz"), "{}", refused.all());
}
