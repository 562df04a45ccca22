//! Everything that is written on hosts, for a table of hosts, and what happens when something is in the way.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use longshore_contract::HostRole;
use longshore_remote::{Answer, ScriptedHost};

use super::files::Containers;
use super::*;
use crate::MemberSpec;
use crate::survey::tests::{BARE, NARROW, NOTE, survey};

/// Keeps what it is told.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub lines: Mutex<Vec<String>>,
    pub bytes: Mutex<Vec<(u64, u64)>>,
}

impl Watch for Seen {
    fn line(&self, text: &str) {
        self.lines.lock().expect("nobody panicked").push(text.to_owned());
    }

    fn bytes(&self, done: u64, total: u64) {
        self.bytes.lock().expect("nobody panicked").push((done, total));
    }
}

pub(crate) fn member(host: &ScriptedHost, node: &str, last: u8, role: HostRole) -> Member {
    let spec =
        MemberSpec { host: node.to_owned(), node: node.to_owned(), address: [10, 0, 0, last].into(), role };
    Member { host: Arc::new(host.clone()), spec }
}

pub(crate) fn spec(members: &[&Member]) -> ClusterSpec {
    let image = |name: &str| format!("registry.k8s.io/{name}");
    ClusterSpec {
        name: "tidewater".to_owned(),
        version: "v1.35.4".to_owned(),
        image_repository: "registry.k8s.io".to_owned(),
        images: ["kube-apiserver:v1.35.4", "kube-proxy:v1.35.4", "etcd:3.6.6-0", "pause:3.10.1"]
            .map(image)
            .to_vec(),
        data_directory: "/var/lib/tidewater".to_owned(),
        pod_cidr: "10.244.0.0/17".to_owned(),
        service_cidr: "10.244.128.0/17".to_owned(),
        endpoint: "10.0.0.1:6443".to_owned(),
        names: vec!["k8s.example".to_owned()],
        http_proxy: String::new(),
        https_proxy: String::new(),
        no_proxy: String::new(),
        members: members.iter().map(|member| member.spec.clone()).collect(),
        overrides: String::new(),
    }
}

fn two() -> (Member, Member) {
    let (one, two) = (ScriptedHost::new("one"), ScriptedHost::new("two"));
    (member(&one, "one", 1, HostRole::Controller), member(&two, "two", 2, HostRole::Worker))
}

#[tokio::test]
async fn configurations() {
    let (one, two) = two();
    let plain = spec(&[&one, &two]);
    let mut altered = spec(&[&one, &two]);
    altered.images.push("registry.k8s.io/coredns/coredns:v1.13.1".to_owned());
    altered.endpoint = "[fd00::1]:8443".to_owned();
    altered.overrides =
        "kind: ClusterConfiguration\napiServer:\n  extraArgs:\n  - name: profiling\n    value: \"false\"\n\
        ---\nkind: KubeletConfiguration\nmaxPods: 250\nimageGCHighThresholdPercent: null\n"
            .to_owned();
    let (bare, narrow) = (survey(BARE).await, survey(NARROW).await);
    let token = Token {
        secret: "abcdef.0123456789abcdef".to_owned(),
        hashes: vec!["sha256:0a".to_owned()],
        certificate_key: "0b".to_owned(),
    };
    let texts = [
        ("init, bare host", config::init(&one.spec, &plain, &bare)),
        ("init, narrow host", config::init(&one.spec, &plain, &narrow)),
        ("init, altered by the vendor, behind a load balancer", config::init(&one.spec, &altered, &bare)),
        ("join, worker", config::join(&two.spec, &plain, &bare, &token)),
        ("join, controller", config::join(&one.spec, &plain, &narrow, &token)),
        ("upgrade, bare host", config::upgrade(&plain, &bare)),
        ("upgrade, narrow host, with DNS", config::upgrade(&altered, &narrow)),
    ];
    let mut all = String::new();
    for (name, text) in texts {
        all.push_str(&format!("### {name}\n{}\n", text.expect("it can be written")));
    }
    insta::assert_snapshot!(all);
    insta::assert_snapshot!("network", config::cni(&plain));
}

#[tokio::test]
async fn files_of_hosts() {
    let (one, _) = two();
    let plain = spec(&[&one]);
    let mut behind = spec(&[&one]);
    behind.https_proxy = "http://pilot:50%25@proxy.example:3128".to_owned();
    behind.no_proxy = "localhost,10.0.0.0/8".to_owned();
    let (bare, narrow) = (survey(BARE).await, survey(NARROW).await);
    let opt = "/opt/cni/bin".to_owned();
    let table = [
        ("ours, bare host", Containers { ours: true, plugins: opt.clone(), survey: &bare, spec: &plain }),
        (
            "theirs, narrow host",
            Containers { ours: false, plugins: "/usr/lib/cni".to_owned(), survey: &narrow, spec: &plain },
        ),
        ("ours, behind a proxy", Containers { ours: true, plugins: opt, survey: &bare, spec: &behind }),
    ];
    let mut all = String::new();
    for (name, containers) in table {
        for file in containers.files() {
            all.push_str(&format!("### {name}: {} {}\n{}\n", file.path, file.mode, file.content));
        }
    }
    insta::assert_snapshot!(all);
    insta::assert_snapshot!("routes_unit", files::routes_unit());
}

/// Runs functions of the scripts as a host would.
fn sh(script: &str, input: &str) -> String {
    let script = Script::new()
        .piece(include_str!("scripts/library.sh"))
        .piece(include_str!("../scripts/rules.sh"))
        .piece(script)
        .text();
    let mut child = Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sh starts");
    child.stdin.take().expect("it has an input").write_all(input.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("sh ends");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

const RULES: &str = r#"*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [3:180]
:CNI-0c2a - [0:0]
:CNI-other - [0:0]
:CNI-HOSTPORT-DNAT - [0:0]
:DOCKER - [0:0]
:KUBE-SERVICES - [0:0]
[9:1] -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
[0:0] -A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
[0:0] -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
[0:0] -A POSTROUTING -s 10.244.0.5/32 -m comment --comment "name: \"longshore\" id: \"a\"" -j CNI-0c2a
[0:0] -A POSTROUTING -s 10.88.0.5/32 -m comment --comment "name: \"podman\" id: \"b\"" -j CNI-other
[0:0] -A CNI-0c2a -d 10.244.0.0/24 -m comment --comment "name: \"longshore\" id: \"a\"" -j ACCEPT
[0:0] -A CNI-0c2a ! -d 224.0.0.0/4 -m comment --comment "name: \"longshore\" id: \"a\"" -j MASQUERADE
COMMIT
"#;

#[test]
fn rules_of_others_stay() {
    let kept = sh("sieve\n", RULES);
    assert!(
        !kept.contains("KUBE-") && !kept.contains("longshore") && !kept.contains("CNI-0c2a"),
        "ours are left: {kept}"
    );
    let theirs = RULES
        .lines()
        .filter(|line| !["KUBE-", "longshore", "CNI-0c2a"].iter().any(|ours| line.contains(ours)));
    assert_eq!(
        kept.lines().collect::<Vec<_>>(),
        theirs.collect::<Vec<_>>(),
        "others' rules are not as they were"
    );
    let alone: String =
        RULES.lines().filter(|line| !line.contains("other")).map(|line| format!("{line}\n")).collect();
    assert!(!sh("sieve\n", &alone).contains("CNI-"), "nobody else uses the ports' chains");
    assert!(sh("calico=yes\nsieve\n", ":cali-INPUT - [0:0]\n").is_empty(), "k0s's network is ours as well");
    assert!(sh("sieve\n", ":cali-INPUT - [0:0]\n").contains("cali-"), "and somebody else's elsewhere");
}

#[test]
fn tokens_do_not_reach_the_log() {
    let said = sh("hidden\n", &format!("token abcdef.0123456789abcdef and {} end\n", "0a".repeat(32)));
    assert_eq!(said, "token [hidden] and [hidden] end\n", "a secret is shown");
}

#[test]
fn the_first_part_of_the_pods_addresses_is_known_where_nobody_says_otherwise() {
    let of = |pod_cidr: &str, overrides: &str| {
        let spec =
            ClusterSpec { pod_cidr: pod_cidr.to_owned(), overrides: overrides.to_owned(), ..spec(&[]) };
        config::first_subnet(&spec)
    };
    assert_eq!(of("10.244.128.0/17", "").as_deref(), Some("10.244.128.0/24"), "the first /24");
    assert_eq!(of("10.9.8.0/24", "").as_deref(), Some("10.9.8.0/24"), "all there is");
    assert_eq!(of("10.9.8.0/26", ""), None, "less than a node gets");
    assert_eq!(of("fd00:10::/48", ""), None, "of another size there");
    let vendor = |fields: &str| of("10.244.0.0/16", &format!("kind: ClusterConfiguration\n{fields}"));
    let size = "controllerManager: {extraArgs: [{name: node-cidr-mask-size, value: '26'}]}";
    assert_eq!(vendor(size), None, "a vendor's own size");
    assert_eq!(vendor("networking: {podSubnet: 10.9.0.0/16}"), None, "a vendor's own network");
    assert_eq!(vendor("clusterName: harbour").as_deref(), Some("10.244.0.0/24"), "changes of something else");
    assert_eq!(of("10.244.0.0/16", "kind: Mistake"), None, "what is refused elsewhere");
}

#[test]
fn workers_run_no_control_plane() {
    for (image, by_worker) in [
        ("registry.k8s.io/kube-proxy:v1.35.4", true),
        ("harbour.example:5000/k8s/coredns:v1.13.1", true),
        ("registry.k8s.io/pause:3.10.1", true),
        ("registry.k8s.io/kube-apiserver:v1.35.4", false),
        ("registry.k8s.io/kube-controller-manager@sha256:aa", false),
        ("registry.k8s.io/kube-scheduler:v1.35.4@sha256:aa", false),
        ("etcd:3.6.6-0", false),
    ] {
        assert_eq!(Kubeadm.is_run_by(HostRole::Worker, image), by_worker, "{image} on a worker");
        assert!(Kubeadm.is_run_by(HostRole::Controller, image), "{image} on a controller");
    }
}

#[test]
fn a_command_keeps_its_status_behind_the_filter() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let base = format!("base={}\n", longshore_shell::quote(&folder.path().display().to_string()));
    let script = |command: &str| format!("{base}quietly sh -c '{command}'\necho \"ended $?\"\n");
    assert_eq!(sh(&script("echo done"), ""), "done\nended 0\n", "a success is one");
    assert_eq!(sh(&script("echo no >&2; exit 3"), ""), "no\nended 3\n", "a failure keeps its status");
}

#[test]
fn every_script_is_read_by_sh() {
    let pieces = [
        include_str!("../scripts/survey.sh"),
        include_str!("scripts/place.sh"),
        include_str!("scripts/stage.sh"),
        include_str!("scripts/install.sh"),
        include_str!("scripts/join.sh"),
        include_str!("scripts/connect.sh"),
        include_str!("scripts/routes.sh"),
        include_str!("scripts/upgrade.sh"),
        include_str!("scripts/backup.sh"),
        include_str!("scripts/restore.sh"),
        include_str!("scripts/put-back.sh"),
        include_str!("../scripts/backups.sh"),
        include_str!("scripts/reset.sh"),
        include_str!("scripts/left.sh"),
    ];
    for piece in pieces {
        // Nothing behind `exit` is run, but all of it is read as one command.
        assert_eq!(
            sh(&format!("read_only() {{\n{piece}\n:\n}}\nexit 0\n"), ""),
            "",
            "sh does not read {piece}"
        );
    }
}

fn brought(names: &[&str]) -> (tempfile::TempDir, Vec<HostFile>) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let source = folder.path().join("file");
    std::fs::write(&source, "program").expect("it can be written");
    let file = |name: &&str| HostFile {
        name: (*name).to_owned(),
        source: source.clone(),
        digest: "d1".to_owned(),
        size: 7,
    };
    let files = names.iter().map(file).collect();
    (folder, files)
}

const ALL: [&str; 8] =
    ["kubeadm", "kubelet", "kubectl", "containerd", "containerd-shim-runc-v2", "ctr", "runc", "cni/bridge"];

/// Why nothing is placed on a host that says this; and that nothing was changed there.
async fn refused(says: &str, names: &[&str], alter: impl Fn(&mut ClusterSpec)) -> String {
    let host = ScriptedHost::new("one").answer(Answer::to("kernel-config").says(says.to_owned()));
    let one = member(&host, "one", 1, HostRole::Controller);
    let mut spec = spec(&[&one]);
    alter(&mut spec);
    let (_folder, files) = brought(names);
    let error = Kubeadm.place(&one, &spec, &files, &Seen::default()).await.expect_err("it is refused");
    assert_eq!(host.commands().len(), 1, "something was done on a host that is refused: {error}");
    match error {
        RuntimeError::Failed { ref hint, .. } | RuntimeError::Unsupported { ref hint, .. } => {
            format!("{error} -- {hint}")
        }
        error => error.to_string(),
    }
}

#[tokio::test]
async fn hosts_that_are_refused() {
    let as_it_is = |_: &mut ClusterSpec| {};
    let programs = ["kubeadm", "kubelet", "kubectl"];
    let told = [
        refused("unit kubelet other\nprogram /usr/bin/kubelet other\n", &ALL, as_it_is).await,
        refused("path /etc/kubernetes/admin.conf\n", &ALL, as_it_is).await,
        refused("unit k3s other\n", &ALL, as_it_is).await,
        refused(&format!("{BARE}listens 192B\n"), &ALL, as_it_is).await,
        refused(&format!("{BARE}listens 280A\n"), &ALL, as_it_is).await,
        refused(&format!("{BARE}lacks iptables\nlacks tar\n"), &ALL, as_it_is).await,
        refused(BARE, &programs, as_it_is).await,
        refused(NARROW, &["kubeadm"], as_it_is).await,
        refused(NARROW, &programs, |spec| spec.version = "v1.36.0".to_owned()).await,
        refused(BARE, &ALL, |spec| spec.version = "1.35".to_owned()).await,
        refused(BARE, &ALL, |spec| spec.version = "v1.31.2".to_owned()).await,
        refused(BARE, &ALL, |spec| spec.images.clear()).await,
        refused(BARE, &ALL, |spec| spec.pod_cidr = "10.244.0.0/25".to_owned()).await,
        refused(BARE, &ALL, |spec| spec.data_directory = "/".to_owned()).await,
        refused(BARE, &["kubeadm", "cni/../../../etc/passwd"], as_it_is).await,
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn room_for_pods() {
    let table = [
        ("10.244.0.0/16", 256, true),
        ("10.244.0.0/16", 257, false),
        ("10.244.0.0/24", 1, true),
        ("10.0.0.0/7", 1, false),
        ("fd00::/56", 256, true),
        ("fd00::/44", 1, false),
        ("strange", 1, false),
    ];
    let (one, _) = two();
    let survey = crate::survey::Survey { cgroup: 2, ..Default::default() };
    for (cidr, hosts, fits) in table {
        let mut spec = spec(&[&one]);
        spec.members = vec![one.spec.clone(); hosts];
        cidr.clone_into(&mut spec.pod_cidr);
        assert_eq!(config::check(&spec, &one, &survey).is_ok(), fits, "{cidr} for {hosts} hosts");
    }
}

/// A host that takes everything, and is cut off at one of its commands, whenever that is tried again as well.
fn cut_at(says: &str, at: Option<&str>) -> ScriptedHost {
    let host = ScriptedHost::new("one");
    let host = match at {
        // A command that may be repeated is, once.
        Some(part) => host.answer(Answer::to(part).cuts().times(2)),
        None => host,
    };
    host.answer(Answer::to("kernel-config").says(says.to_owned())).answer(Answer::to(""))
}

#[tokio::test]
async fn placing_goes_on_after_every_cut() {
    let (_folder, files) = brought(&ALL);
    let whole = cut_at(BARE, None);
    let one = member(&whole, "one", 1, HostRole::Controller);
    let seen = Seen::default();
    Kubeadm.place(&one, &spec(&[&one]), &files, &seen).await.expect("it is placed");
    let (done, total) = *seen.bytes.lock().expect("nobody panicked").last().expect("bytes are told");
    assert_eq!((done, total), (7, 7), "equal files are sent once");
    let commands = whole.commands();
    let uploads = commands.iter().filter(|command| command.contains("its digest is")).count();
    assert_eq!(uploads, 1, "equal files are sent once");
    let first = commands.iter().position(|command| command.contains("note.json.part")).expect("it is noted");
    assert_eq!(first, 1, "nothing is brought before it is noted whose it is");
    for part in [
        "kernel-config",
        "note.json.part",
        "while read -r name",
        "its digest is",
        "chcon",
        "put()",
        "await_containerd\n",
    ] {
        let host = cut_at(BARE, Some(part));
        let one = member(&host, "one", 1, HostRole::Controller);
        let spec = spec(&[&one]);
        let cut = Kubeadm.place(&one, &spec, &files, &Seen::default()).await;
        assert!(matches!(cut, Err(RuntimeError::Remote(_))), "a cut at {part:?} gives {cut:?}");
        Kubeadm.place(&one, &spec, &files, &Seen::default()).await.expect("the second try succeeds");
        let again = host.commands();
        assert_eq!(
            again[again.len() - commands.len()..],
            commands[..],
            "after a cut at {part:?} it is not the same"
        );
    }
}

#[tokio::test]
async fn an_upgrade_puts_files_beside_the_old_ones_only() {
    let says = format!(
        "{BARE}{}joined\nunit kubelet ours\nlink /var/lib/longshore/cluster/v1.34.4/bin/kubelet\n",
        NOTE.replace("1.35.4", "1.34.4")
    );
    let host = cut_at(&says, None);
    let one = member(&host, "one", 1, HostRole::Controller);
    let (_folder, files) = brought(&ALL);
    Kubeadm.place(&one, &spec(&[&one]), &files, &Seen::default()).await.expect("it is placed");
    let touched = host.commands().iter().any(|command| command.contains("systemctl start containerd"));
    assert!(!touched, "what runs was touched");
}

#[tokio::test]
async fn a_full_disk_is_told() {
    let host = ScriptedHost::new("one")
        .answer(Answer::to("kernel-config").says(BARE))
        .answer(Answer::to("its digest is").fills_up(3))
        .answer(Answer::to(""));
    let one = member(&host, "one", 1, HostRole::Controller);
    let (_folder, files) = brought(&ALL);
    let error = Kubeadm
        .place(&one, &spec(&[&one]), &files, &Seen::default())
        .await
        .expect_err("it is full")
        .to_string();
    assert!(error.contains("No space left on device") && error.contains("one"), "it says {error}");
}

#[tokio::test]
async fn what_is_not_there_cannot_join() {
    let host = cut_at(BARE, None);
    let one = member(&host, "one", 1, HostRole::Controller);
    let spec = spec(&[&one]);
    let invitation = Invitation { content: "{}".to_owned() };
    let seen = Seen::default();
    let errors = [
        Kubeadm.install(&one, &spec, &seen).await.expect_err("nothing is placed"),
        Kubeadm.join(&one, &spec, &invitation, &seen).await.expect_err("nothing is placed"),
        Kubeadm.upgrade(&one, &spec, Turn::First, &seen).await.expect_err("nothing is placed"),
        Kubeadm.back_up(&one, &spec, "before", &seen).await.expect_err("nothing is placed"),
    ];
    insta::assert_snapshot!(errors.map(|error| error.to_string()).join("\n"));
    assert_eq!(
        Kubeadm.reset(&one, &spec, &seen).await.expect("nothing is to be done"),
        [],
        "nothing is ours"
    );
    assert!(host.commands().iter().all(|command| command.contains("kernel-config")), "it was only looked at");
}

#[tokio::test]
async fn versions_that_are_refused() {
    let says = |version: &str| {
        let kubelet = format!("/var/lib/longshore/cluster/{version}/bin/kubelet");
        format!("{BARE}{NOTE}joined\nunit kubelet ours\nrunning {kubelet}\nlink {kubelet}\n")
    };
    let refusal = async |version: &str| {
        let host = cut_at(&says(version), None);
        let one = member(&host, "one", 1, HostRole::Controller);
        let upgrade = Kubeadm.upgrade(&one, &spec(&[&one]), Turn::First, &Seen::default()).await;
        assert_eq!(host.commands().len(), 1, "it was only looked at");
        upgrade.expect_err("it is refused").to_string()
    };
    assert_eq!(refusal("v1.33.1").await, "one runs Kubernetes v1.33.1, and v1.35.4 skips a minor version");
    assert_eq!(refusal("v1.36.1").await, "one runs Kubernetes v1.36.1, which cannot go back to v1.35.4");
}

#[tokio::test]
async fn invitations() {
    let hash = "a".repeat(64);
    let key = "0b".repeat(32);
    let host = ScriptedHost::new("one")
        .answer(Answer::to("token create").says(format!(
            "kubeadm join 10.0.0.1:6443 --token abcdef.0123456789abcdef --discovery-token-ca-cert-hash sha256:{hash}\n"
        )))
        .answer(Answer::to("upload-certs").says(format!("[upload-certs] Using certificate key:\n{key}\n")));
    let one = member(&host, "one", 1, HostRole::Controller);
    let spec = spec(&[&one]);
    let worker = Kubeadm.invite(&one, &spec, HostRole::Worker).await.expect("there is one");
    assert_eq!(host.commands().len(), 1, "certificates are for controllers only");
    let controller = Kubeadm.invite(&one, &spec, HostRole::Controller).await.expect("there is one");
    assert!(
        !worker.content.contains(&key) && controller.content.contains(&key),
        "the key is for controllers"
    );
    let shown = one.host.redactor().scrub(&format!("abcdef.0123456789abcdef {key}"));
    assert_eq!(shown, "[hidden] [hidden]", "texts about the host show it");
    for command in host.commands() {
        assert!(!command.contains("0123456789abcdef") && !command.contains(&key), "a secret is in {command}");
    }
    let mute = member(&ScriptedHost::new("two").answer(Answer::to("")), "two", 2, HostRole::Controller);
    let error =
        Kubeadm.invite(&mute, &spec, HostRole::Worker).await.expect_err("nothing is printed").to_string();
    assert_eq!(error, "Asking for an invitation on two failed: kubeadm printed no invitation");
}

#[tokio::test]
async fn ways_to_the_others() {
    let nodes = "one 10.244.0.0/24 10.0.0.1\ntwo 10.244.1.0/24 10.0.0.2\nnew  10.0.0.3\n";
    let (here, there) = (
        ScriptedHost::new("one").answer(Answer::to("get nodes").says(nodes)).answer(Answer::to("")),
        ScriptedHost::new("two").answer(Answer::to("")),
    );
    let (one, two) =
        (member(&here, "one", 1, HostRole::Controller), member(&there, "two", 2, HostRole::Worker));
    let spec = spec(&[&one, &two]);
    Kubeadm.connect(&[one, two], &spec).await.expect("they are connected");
    let routes = |host: &ScriptedHost| {
        let commands = host.commands();
        let last = commands.last().expect("it was told").clone();
        last.lines().find(|line| line.starts_with("routes=")).expect("it is told its routes").to_owned()
    };
    assert_eq!(routes(&here), "routes='10.244.1.0/24=10.0.0.2'", "one finds two's pods");
    assert_eq!(routes(&there), "routes='10.244.0.0/24=10.0.0.1'", "two finds one's pods");
}

#[tokio::test]
async fn an_administrators_kubeconfig_comes_as_it_is() {
    let key = "-----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----\n";
    let host = ScriptedHost::new("one").answer(Answer::to("admin.conf").says(key));
    let one = member(&host, "one", 1, HostRole::Controller);
    assert_eq!(Kubeadm.kubeconfig(&one).await.expect("it is read"), key, "a secret is what was asked for");
    let none = ScriptedHost::new("two").answer(Answer::to("").complains("cat: no such file\n").ends(1));
    let error =
        Kubeadm.kubeconfig(&member(&none, "two", 2, HostRole::Controller)).await.expect_err("there is none");
    assert_eq!(error.to_string(), "Reading the administrator's kubeconfig on two failed: cat: no such file");
}

#[test]
fn where_backups_help() {
    assert_eq!(Kubeadm.unrestorable(1), None, "one controller can be brought back");
    assert!(Kubeadm.unrestorable(3).is_some_and(|why| why.contains("3 controllers")), "three cannot");
}
