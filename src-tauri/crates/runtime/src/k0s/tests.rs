//! What is written for k0s and told to it, with what k0s 1.35.4 itself has answered.

use longshore_remote::{Answer, ScriptedHost};

use super::*;
use crate::kubeadm::tests::{Seen, member, spec as plain};
use crate::survey::tests::{BARE, NARROW, survey};

const NOTE: &str = "note {\"runtime\":\"k0s\",\"version\":\"v1.35.4+k0s.0\",\"role\":\"controller\",\"node\":\"one\",\
    \"dataDirectory\":\"/var/lib/tidewater\",\"containerd\":true,\"before\":[]}\n";
const STATUS: &str = r#"{"Version":"v1.34.3+k0s.0","Pid":412,"PPid":0,"Role":"controller","SysInit":"","StubFile":"",
"Output":"","Workloads":true,"SingleNode":false,"Args":["controller"],"WorkerToAPIConnectionStatus":{"Message":"","Success":true}}"#;

fn spec(members: &[&Member]) -> ClusterSpec {
    ClusterSpec {
        version: "v1.35.4+k0s.0".to_owned(),
        images: vec!["quay.io/k0sproject/kube-router:v2.6.3-iptables1.8.11-0".to_owned()],
        image_repository: String::new(),
        ..plain(members)
    }
}

fn controller(host: &ScriptedHost) -> Member {
    member(host, "one", 1, HostRole::Controller)
}

#[tokio::test]
async fn configurations() {
    let host = ScriptedHost::new("one");
    let (one, two) = (controller(&host), member(&host, "two", 2, HostRole::Controller));
    let bare = survey(BARE).await;
    let narrow = survey(NARROW).await;
    let simple = spec(&[&one, &two]);
    let mut whole = spec(&[&one, &two]);
    whole.images = vec![
        "quay.io/calico/node:v3.30.3".to_owned(),
        "quay.io/k0sproject/envoy-distroless:v1.31.5".to_owned(),
    ];
    whole.image_repository = "registry.example".to_owned();
    whole.overrides =
        "spec:\n  workerProfiles:\n  - name: quiet\n    values: {maxPods: 250}\n  telemetry: null\n"
            .to_owned();
    let mut balanced = spec(&[&one, &two]);
    balanced.endpoint = "k8s.example:8443".to_owned();
    let table = [
        ("first of two", config::make(&simple, &one.spec, &bare)),
        ("second of two, narrow host", config::make(&simple, &two.spec, &narrow)),
        ("Calico, Envoy, a registry, a vendor's changes", config::make(&whole, &one.spec, &bare)),
        ("behind a load balancer", config::make(&balanced, &one.spec, &bare)),
    ];
    let mut all = String::new();
    for (name, config) in table {
        let config = config.expect("it is made");
        all.push_str(&format!("### {name}, profile {}\n{}\n", config.profile, config.yaml));
    }
    insta::assert_snapshot!(all);
    let mut other = spec(&[&one]);
    other.overrides = "metadata: {name: other}".to_owned();
    let error = config::make(&other, &one.spec, &bare).expect_err("it is refused").to_string();
    assert_eq!(error, "The vendor's changes give the cluster configuration another kind or name");
}

#[test]
fn versions() {
    let table = [
        ("v1.35.4+k0s.0", Some(35)),
        ("v1.36.2+k0s.12", Some(36)),
        ("v1.35.4", None),
        ("v1.35.4+k0s", None),
        ("v1.35.4+k0s.x", None),
        ("v1.35.4-rc.1+k0s.0", None),
        ("1.35.4+k0s.0", None),
    ];
    for (version, minor) in table {
        assert_eq!(config::minor(version), minor, "{version} is read otherwise");
    }
}

#[tokio::test]
async fn standings() {
    let joined = format!("{NOTE}joined\nunit k0scontroller other\nprogram /usr/local/bin/k0s other\n");
    let table = [
        ("running", joined.clone(), format!("active k0scontroller\nbinary v1.34.3+k0s.0\n{STATUS}\n")),
        (
            "up and not answering yet",
            joined.clone(),
            "active k0scontroller\nbinary v1.34.3+k0s.0\n".to_owned(),
        ),
        ("stopped in an upgrade, swapped", joined.clone(), "binary v1.35.4+k0s.0\n".to_owned()),
        ("without its binary", joined, String::new()),
        ("placed", NOTE.to_owned(), String::new()),
        (
            "somebody's k0s",
            "unit k0scontroller other\nprogram /usr/local/bin/k0s other\n".to_owned(),
            String::new(),
        ),
        ("kubelet beside ours", format!("{NOTE}unit kubelet other\n"), String::new()),
    ];
    let mut standings = String::new();
    for (name, survey, status) in table {
        let host = ScriptedHost::new("one")
            .answer(Answer::to("kernel-config").says(survey))
            .answer(Answer::to("k0s status").says(status));
        let standing = K0s.look(&controller(&host)).await.expect("it is looked at");
        standings.push_str(&format!("{name}: {standing:?}\n"));
    }
    insta::assert_snapshot!(standings);
}

fn brought(names: &[&str]) -> (tempfile::TempDir, Vec<HostFile>) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let source = folder.path().join("file");
    std::fs::write(&source, "program").expect("it can be written");
    let file = |name: &&str| HostFile {
        name: (*name).to_owned(),
        source: source.clone(),
        digest: format!("digest of {name}"),
        size: 7,
    };
    let files = names.iter().map(file).collect();
    (folder, files)
}

#[tokio::test]
async fn hosts_that_are_refused() {
    let refusal = async |says: &str, names: &[&str], version: &str| {
        let host = ScriptedHost::new("one").answer(Answer::to("kernel-config").says(says.to_owned()));
        let one = controller(&host);
        let mut spec = spec(&[&one]);
        version.clone_into(&mut spec.version);
        let (_folder, files) = brought(names);
        let error = K0s.place(&one, &spec, &files, &Seen::default()).await.expect_err("it is refused");
        assert_eq!(host.commands().len(), 1, "something was done on a host that is refused: {error}");
        error.to_string()
    };
    let told = [
        refusal("unit k0sworker other\n", &["k0s"], "v1.35.4+k0s.0").await,
        refusal("unit kubelet other\n", &["k0s"], "v1.35.4+k0s.0").await,
        refusal(&format!("{BARE}listens 192B\n"), &["k0s"], "v1.35.4+k0s.0").await,
        refusal(&format!("{BARE}listens 24E3\n"), &["k0s"], "v1.35.4+k0s.0").await,
        refusal(NARROW, &["k0s"], "v1.35.4+k0s.0").await,
        refusal(BARE, &["kubeadm"], "v1.35.4+k0s.0").await,
        refusal(BARE, &["k0s"], "v1.35.4").await,
    ];
    insta::assert_snapshot!(told.join("\n"));
}

/// A host that takes everything; its jobs end with this status, saying this.
fn willing(says: &str, status: i32, log: &str) -> ScriptedHost {
    ScriptedHost::new("one")
        .answer(Answer::to("kernel-config").says(says.to_owned()))
        .answer(
            Answer::to("k0s status").says(format!("active k0scontroller\nbinary v1.34.3+k0s.0\n{STATUS}\n")),
        )
        .answer(
            Answer::to("more() {")
                .says(log.to_owned())
                .complains(format!("@longshore-job ended {status} 99999\n")),
        )
        .answer(Answer::to(""))
}

/// The script of the job that was begun.
fn begun(host: &ScriptedHost) -> String {
    let commands = host.commands();
    commands.into_iter().find(|command| command.contains("systemd-run --quiet")).expect("a job was begun")
}

#[tokio::test]
async fn making_and_joining() {
    let host = willing(&format!("{BARE}{NOTE}"), 0, "Waiting for k0s: k0s does not answer yet\n");
    let one = controller(&host);
    let spec = spec(&[&one]);
    let seen = Seen::default();
    K0s.install(&one, &spec, &seen).await.expect("it is made");
    assert_eq!(seen.lines.lock().expect("nobody panicked").len(), 1, "its lines are passed on");
    let script = begun(&host);
    for value in
        ["data=/var/lib/tidewater/k0s", "profile=longshore", "--node-ip=10.0.0.1 --hostname-override=one"]
    {
        assert!(script.contains(value), "{value} is not told");
    }
    let token = "H4sIAAAAAAAC".repeat(12);
    let invitation = Invitation { content: token.clone() };
    let host = willing(&format!("{BARE}{NOTE}"), 0, "");
    let worker = member(&host, "two", 2, HostRole::Worker);
    K0s.join(&worker, &spec, &invitation, &seen).await.expect("it joins");
    assert!(host.commands().iter().all(|command| !command.contains(&token)), "the token is in a command");
    assert_eq!(worker.host.redactor().scrub(&token), "[hidden]", "texts about the host show the token");
    assert!(begun(&host).contains("unit=k0sworker"), "it joins as a worker");
}

#[tokio::test]
async fn what_k0s_says_is_told() {
    let said = "Error: failed to install controller service: Init already exists: /etc/systemd/system/k0scontroller.service\n";
    let host = willing(&format!("{BARE}{NOTE}"), 1, said);
    let one = controller(&host);
    let error =
        K0s.install(&one, &spec(&[&one]), &Seen::default()).await.expect_err("k0s refuses").to_string();
    assert_eq!(error, format!("Making the cluster on one failed: {}", said.trim()), "its words are lost");
}

#[tokio::test]
async fn invitations() {
    let token = "H4sIAAAAAAAC".repeat(12);
    let host = ScriptedHost::new("one").answer(Answer::to("token create").says(format!("{token}\n")));
    let one = controller(&host);
    let spec = spec(&[&one]);
    let invitation = K0s.invite(&one, &spec, HostRole::Worker).await.expect("there is one");
    assert_eq!(invitation.content, token, "the token is the invitation");
    let command = host.commands().remove(0);
    assert!(
        command.contains("--expiry 30m") && command.contains("role=worker"),
        "a token for ever is no token"
    );
    let broken =
        Answer::to("token create").complains("Error: unknown unit \"d\" in duration \"1d\"\n").ends(1);
    let host = ScriptedHost::new("one").answer(broken);
    let error = K0s.invite(&controller(&host), &spec, HostRole::Controller).await.expect_err("k0s refuses");
    assert_eq!(
        error.to_string(),
        "Asking for an invitation on one failed: Error: unknown unit \"d\" in duration \"1d\""
    );
    let host = ScriptedHost::new("one").answer(Answer::to("token create").says("No h"));
    let error = K0s
        .invite(&controller(&host), &spec, HostRole::Worker)
        .await
        .expect_err("it is no token")
        .to_string();
    assert_eq!(error, "Asking for an invitation on one failed: k0s printed no token");
}

#[tokio::test]
async fn upgrades_step_by_step() {
    let says = format!("{BARE}{NOTE}joined\n");
    let upgrade = async |version: &str, noted: &str| {
        let host = willing(&says.replace("v1.35.4+k0s.0", noted), 0, "");
        let one = controller(&host);
        let mut spec = spec(&[&one]);
        version.clone_into(&mut spec.version);
        let outcome = K0s.upgrade(&one, &spec, Turn::First, &Seen::default()).await;
        outcome.err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert_eq!(upgrade("v1.35.4+k0s.0", "v1.35.4+k0s.0").await, "", "one step is one");
    assert_eq!(
        upgrade("v1.36.2+k0s.0", "v1.36.2+k0s.0").await,
        "one runs Kubernetes v1.34.3+k0s.0, and v1.36.2+k0s.0 skips a minor version"
    );
    assert_eq!(
        upgrade("v1.33.9+k0s.0", "v1.33.9+k0s.0").await,
        "one runs Kubernetes v1.34.3+k0s.0, which cannot go back to v1.33.9+k0s.0"
    );
    assert_eq!(
        upgrade("v1.35.4+k0s.0", "v1.34.3+k0s.0").await,
        "Upgrading the host on one failed: k0s is not there",
        "the new files are to be placed first"
    );
}

#[test]
fn a_proxy_is_for_containerd_alone() {
    let host = ScriptedHost::new("one");
    let mut spec = spec(&[&controller(&host)]);
    assert_eq!(proxy(&spec), "", "without a proxy there is no file");
    spec.https_proxy = "http://proxy.example:3128".to_owned();
    insta::assert_snapshot!(proxy(&spec), @r#"
    # Written by Longshore; a reset removes it.
    [Service]
    Environment="CONTAINERD_HTTPS_PROXY=http://proxy.example:3128"
    "#);
}

#[test]
fn where_backups_help() {
    assert_eq!(K0s.unrestorable(1), None, "one controller can be brought back");
    assert!(K0s.unrestorable(3).is_some_and(|why| why.contains("3 controllers")), "three cannot");
}
