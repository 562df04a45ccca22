//! Bad input: one clear error each, and nothing changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use longshore_lab::Lab;

use super::disk::Disk;
use crate::operator::{Operator, Said, bundle};

/// What a refusal must say, and its exit code.
#[track_caller]
fn refused(said: &Said, code: i32, words: &[&str]) {
    assert_eq!(said.code, code, "it is refused with its own exit code:\n{}", said.all());
    for word in words {
        assert!(said.all().contains(word), "the refusal names {word:?}:\n{}", said.all());
    }
    assert!(!said.all().contains("panicked"), "and no panic:\n{}", said.all());
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// An operator without a site: bundles need none.
fn importer() -> Operator {
    Operator::new("importer")
}

#[test]
fn bundles_that_are_damaged_are_refused_and_leave_nothing() {
    let operator = importer();
    let whole = fs::read(bundle("1.0.0")).expect("reads");
    let at = |name: &str, content: &[u8]| {
        let path = operator.data.path().join(name);
        fs::write(&path, content).expect("writes");
        path
    };
    let half = at("half.airgap", &whole[..whole.len() / 2]);
    refused(&operator.run(&["bundle", "import", &text(&half)]), 2, &["half.airgap", "copy it again"]);
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xff;
    let flipped = at("flipped.airgap", &flipped);
    refused(&operator.run(&["bundle", "import", &text(&flipped)]), 2, &["damaged"]);
    let outside = at("outside.airgap", &outside());
    refused(&operator.run(&["bundle", "import", &text(&outside)]), 2, &["../x", "outside the bundle"]);
    let nothing = at("empty.airgap", b"");
    refused(&operator.run(&["bundle", "import", &text(&nothing)]), 2, &["empty.airgap"]);
    refused(&operator.run(&["bundle", "import", "/nowhere/x.airgap"]), 2, &["/nowhere/x.airgap"]);
    let list = operator.json(&["bundle", "list"]);
    assert_eq!(list["bundles"].as_array().map(Vec::len), Some(0), "no bundle is in the library: {list}");
}

/// A bundle with a member that leads outside.
fn outside() -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_size(2);
    header.set_mode(0o644);
    header.as_mut_bytes()[..4].copy_from_slice(b"../x");
    header.set_cksum();
    let mut archive = header.as_bytes().to_vec();
    archive.extend(b"hi");
    archive.resize(512 * 4, 0);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, &archive).expect("compresses");
    gzip.finish().expect("compresses")
}

#[test]
fn releases_that_may_not_be_installed_are_refused() {
    let operator = Operator::with_site("admission");
    operator.bring("install", "1.0.0");
    let before = operator.end_state();
    let run = |workflow: &str, version: &str| {
        let words = Operator::words(workflow, version);
        operator.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    refused(&run("upgrade", "1.2.0"), 9, &["1.2.0 cannot be installed over 1.0.0 before 1.1.0"]);
    refused(&run("install", "1.1.0"), 9, &["1.0.0"]);
    operator.bring("upgrade", "1.1.0");
    let now = operator.end_state();
    refused(&run("upgrade", "1.0.0"), 9, &["1.0.0 is older than 1.1.0", "rollback"]);
    assert_eq!(operator.end_state(), now, "nothing was changed by a refusal");
    assert_ne!(before, now, "the upgrade in between did change it");
}

#[test]
fn all_fields_that_are_wrong_are_told_at_once() {
    let operator = Operator::with_site("fields");
    let bundle = bundle("1.1.0").display().to_string();
    let said = operator.run(&[
        "install",
        "site",
        "--bundle",
        &bundle,
        "--yes",
        "--set",
        "replicas=9",
        "--set",
        "tier=gold",
        "--set",
        "contact_email=nobody",
    ]);
    refused(&said, 2, &["replicas", "Between 1 and 5", "tier", "contact_email", "An e-mail address"]);
    let said = operator.run(&["install", "site", "--bundle", &bundle, "--yes", "--set", "no_such=1"]);
    refused(&said, 2, &["no_such", "no config item"]);
    let listed = operator.lab.kubectl(&["get", "namespace", &operator.namespace.name, "--ignore-not-found"]);
    assert_eq!(listed.expect("asked").trim(), "", "the cluster was not touched");
}

#[test]
fn clusters_that_cannot_be_worked_with_are_told_apart() {
    let operator = Operator::new("clusters");
    let folder = operator.data.path().to_owned();
    let add = |kubeconfig: &Path, context: &str| {
        operator.run(&["site", "add", "x", "--kubeconfig", &text(kubeconfig), "--context", context])
    };
    let good = fs::read_to_string(operator.lab.kubeconfig()).expect("reads");
    let variant = |name: &str, user: &str| -> PathBuf {
        let (head, _) = good.split_once("users:").expect("a kubeconfig has users");
        let path = folder.join(name);
        fs::write(&path, format!("{head}users:\n- name: kubernetes-admin\n  user:\n{user}")).expect("writes");
        path
    };
    let context = operator.lab.context();
    let dead = "    exec:\n      apiVersion: client.authentication.k8s.io/v1\n      command: no-such-plugin\n      interactiveMode: Never\n";
    refused(&add(&variant("dead", dead), context), 4, &["no-such-plugin"]);
    let talking = "    exec:\n      apiVersion: client.authentication.k8s.io/v1\n      command: sh\n      args: [-c, \"echo please log in again >&2; exit 3\"]\n      interactiveMode: Never\n";
    refused(&add(&variant("talking", talking), context), 4, &["please log in again"]);
    refused(&add(&variant("expired", "    token: long-expired\n"), context), 4, &["credential"]);
    refused(&add(&operator.lab.kubeconfig(), "elsewhere"), 2, &["elsewhere"]);
    let away = folder.join("away");
    fs::write(&away, good.replace("https://10.213.7.2:6443", "https://127.0.0.1:1")).expect("writes");
    refused(&add(&away, context), 4, &["127.0.0.1:1"]);
    fs::write(folder.join("broken"), "clusters: [").expect("writes");
    refused(&add(&folder.join("broken"), context), 2, &["broken"]);
    assert_eq!(
        operator.json(&["site", "list"])["sites"].as_array().map(Vec::len),
        Some(0),
        "no site was added"
    );
}

#[test]
fn a_context_that_points_to_another_cluster_is_not_acted_on() {
    let operator = Operator::new("moved");
    let kubeconfig = operator.data.path().join("kubeconfig");
    let context = operator.lab.context();
    fs::copy(operator.lab.kubeconfig(), &kubeconfig).expect("copies");
    let registry = operator.lab.registry();
    operator.ok(&[
        "site",
        "add",
        "site",
        "--kubeconfig",
        &text(&kubeconfig),
        "--context",
        context,
        "--namespace",
        &operator.namespace.name,
        "--registry",
        &registry,
        "--registry-insecure",
    ]);
    let other = operator.lab.another_cluster().expect("another control plane");
    fs::copy(other.kubeconfig(), &kubeconfig).expect("copies");
    let words = Operator::words("install", "1.0.0");
    let said = operator.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
    refused(&said, 7, &["another cluster"]);
}

#[test]
fn a_full_disk_is_told_before_and_leaves_nothing() {
    let operator = importer();
    let library = operator.data.path().join("library");
    let small = Disk::mount(&library, 128 << 10);
    let said = operator.run(&["bundle", "import", &text(&bundle("1.0.0"))]);
    refused(&said, 2, &["bytes free", "needs about"]);
    let list = operator.json(&["bundle", "list"]);
    assert_eq!(list["bundles"].as_array().map(Vec::len), Some(0), "nothing is half imported: {list}");
    drop(small);
}

#[test]
fn packages_that_cannot_be_installed_are_refused() {
    let operator = Operator::with_site("packages");
    let path = operator.data.path().join("changed.airgap");
    let install = || operator.run(&["install", "site", "--bundle", &text(&path), "--yes"]);
    longshore_sample::build_changed("1.0.0", &path, |_, files| {
        files.insert("tidewater-web-1.0.0.tgz".into(), b"no chart at all".to_vec());
    })
    .expect("builds");
    refused(&install(), 2, &["tidewater-web-1.0.0.tgz"]);
    longshore_sample::build_changed("1.0.0", &path, |_, files| {
        let chart = longshore_sample::broken_chart("tidewater-web", "1.0.0");
        files.insert("tidewater-web-1.0.0.tgz".into(), chart.expect("packs"));
    })
    .expect("builds");
    refused(&install(), 2, &["tidewater-web"]);
    longshore_sample::build_changed("1.0.0", &path, |_, files| {
        files.insert("config.yaml".into(), b"apiVersion: kots.io/v1beta1\nkind: Config\nspec: [".to_vec());
    })
    .expect("builds");
    refused(&install(), 2, &["config.yaml"]);
    operator.bring("install", "1.0.0");
    longshore_sample::build_changed("1.1.0", &path, |meta, _| meta.app_slug = "another".into())
        .expect("builds");
    let said = operator.run(&["upgrade", "site", "--bundle", &text(&path), "--yes"]);
    refused(&said, 9, &["another", "tidewater"]);
}

#[test]
fn a_user_without_rights_is_told_which() {
    let operator = Operator::new("rights");
    let namespace = operator.namespace.name.clone();
    operator.lab.kubectl(&["create", "namespace", &namespace]).expect("a namespace");
    operator.lab.kubectl(&["create", "serviceaccount", "weak", "-n", &namespace]).expect("an account");
    let token = operator.lab.kubectl(&["create", "token", "weak", "-n", &namespace]).expect("a token");
    let weak = weak_kubeconfig(&operator.lab, token.trim());
    let path = operator.data.path().join("weak");
    fs::write(&path, weak).expect("writes");
    let registry = operator.lab.registry();
    let added = operator.run(&[
        "site",
        "add",
        "site",
        "--kubeconfig",
        &text(&path),
        "--context",
        operator.lab.context(),
        "--namespace",
        &namespace,
        "--registry",
        &registry,
        "--registry-insecure",
    ]);
    // Even reading kube-system's UID needs a right, and that is what it says.
    refused(&added, 8, &["kube-system"]);
    let role = format!("{namespace}-reader");
    let account = format!("{namespace}:weak");
    for words in [
        vec!["create", "clusterrole", &role, "--verb=get", "--resource=namespaces"],
        vec!["create", "clusterrolebinding", &role, "--clusterrole", &role, "--serviceaccount", &account],
    ] {
        operator.lab.kubectl(&words).expect("a right");
    }
    operator.ok(&[
        "site",
        "add",
        "site",
        "--kubeconfig",
        &text(&path),
        "--context",
        operator.lab.context(),
        "--namespace",
        &namespace,
        "--registry",
        &registry,
        "--registry-insecure",
    ]);
    let words = Operator::words("install", "1.0.0");
    let said = operator.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
    refused(&said, 8, &["create", "secrets", &namespace]);
    for kind in ["clusterrolebinding", "clusterrole"] {
        operator.lab.kubectl(&["delete", kind, &role]).expect("it goes");
    }
}

fn weak_kubeconfig(lab: &Lab, token: &str) -> String {
    let good = fs::read_to_string(lab.kubeconfig()).expect("reads");
    let (head, _) = good.split_once("users:").expect("a kubeconfig has users");
    format!("{head}users:\n- name: kubernetes-admin\n  user:\n    token: {token}\n")
}

#[test]
fn a_registry_that_does_not_answer_is_named() {
    let operator = Operator::new("no-registry");
    let kubeconfig = text(&operator.lab.kubeconfig());
    operator.ok(&[
        "site",
        "add",
        "site",
        "--kubeconfig",
        &kubeconfig,
        "--context",
        operator.lab.context(),
        "--namespace",
        &operator.namespace.name,
        "--registry",
        "127.0.0.1:9",
        "--registry-insecure",
    ]);
    let words = Operator::words("install", "1.0.0");
    let said = operator.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
    refused(&said, 4, &["127.0.0.1:9", "does not answer"]);
}

#[test]
fn helm_is_wanted_where_charts_are_and_nowhere_else() {
    let operator = Operator::with_site("helmless");
    let bundle = text(&bundle("1.0.0"));
    let type_it = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_longshore"))
            .arg("--data")
            .arg(operator.data.path())
            .args(words)
            .env("PATH", "")
            .output()
            .expect("longshore starts");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(type_it(&["preflight", "builtin"]).0, Some(0), "hosts are checked without helm");
    assert_eq!(type_it(&["site", "test", "site"]).0, Some(0), "and clusters looked at");
    let (code, said) = type_it(&["install", "site", "--bundle", &bundle]);
    assert_eq!((code, said.contains("helm cannot be found")), (Some(2), true), "{said}");
    assert!(said.contains("Install Helm 4, or name it with --helm."), "{said}");
    let (code, said) = type_it(&["--helm", "/no/such/helm", "site", "list"]);
    assert_eq!((code, said.contains("There is no helm at /no/such/helm")), (Some(2), true), "{said}");
    assert!(
        operator.json(&["run", "list"])["runs"].as_array().is_some_and(Vec::is_empty),
        "no run was begun"
    );
}
