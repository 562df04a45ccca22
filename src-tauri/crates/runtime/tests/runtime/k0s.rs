//! k0s's scripts on a real systemd, with a stand-in for k0s itself.

use longshore_contract::HostRole;
use longshore_runtime::k0s::K0s;
use longshore_runtime::{
    ClusterSpec, HostFile, Member, MemberSpec, Origin, Runtime as _, RuntimeError, Standing, Turn, backups,
};

use crate::machine::{Machine, Seen};

/// A version of the stand-in, as a library would have it.
fn brought(folder: &tempfile::TempDir, version: &str) -> Vec<HostFile> {
    let file = |name: &str, text: String| {
        let source = folder.path().join(format!("{name}-{version}"));
        std::fs::write(&source, &text).expect("it can be written");
        let output = std::process::Command::new("sha256sum").arg(&source).output().expect("sha256sum runs");
        let digest = String::from_utf8_lossy(&output.stdout).split_whitespace().next().map(str::to_owned);
        HostFile { name: name.to_owned(), source, digest: digest.expect("a digest"), size: text.len() as u64 }
    };
    let program = include_str!("k0s.sh").replace("@version@", version);
    vec![file("k0s", program), file("k0s-images.tar", format!("images of {version}"))]
}

fn member(machine: &Machine, role: HostRole) -> Member {
    let node = if role == HostRole::Controller { "one" } else { "two" }.to_owned();
    Member {
        host: machine.host(),
        spec: MemberSpec { host: node.clone(), node, address: [10, 0, 0, 1].into(), role },
    }
}

fn spec(member: &Member, version: &str) -> ClusterSpec {
    ClusterSpec {
        name: "tidewater".to_owned(),
        version: version.to_owned(),
        image_repository: String::new(),
        images: Vec::new(),
        data_directory: "/var/lib/tidewater".to_owned(),
        pod_cidr: "10.244.0.0/17".to_owned(),
        service_cidr: "10.244.128.0/17".to_owned(),
        endpoint: "10.0.0.1:6443".to_owned(),
        names: Vec::new(),
        http_proxy: "http://proxy.example:3128".to_owned(),
        https_proxy: String::new(),
        no_proxy: String::new(),
        members: vec![member.spec.clone()],
        overrides: String::new(),
    }
}

const OLD: &str = "v1.33.7+k0s.0";
const NEW: &str = "v1.34.3+k0s.0";
/// What a cluster may change of a host.
const PICTURE: &str = "find /etc /opt /usr/local /var/lib /run/k0s -xdev 2>/dev/null \
    | grep -v -e /var/lib/longshore -e /etc/lab -e /var/lib/systemd -e /var/lib/apt | sort; cat /proc/mounts | cut -d' ' -f2 | sort";

#[tokio::test(flavor = "multi_thread")]
async fn a_controller_from_bare_to_bare() {
    let machine = Machine::start();
    let folder = tempfile::tempdir().expect("a folder can be made");
    let one = member(&machine, HostRole::Controller);
    let (old, new) = (spec(&one, OLD), spec(&one, NEW));
    let seen = Seen::default();
    let before = machine.sh(PICTURE);
    K0s.place(&one, &old, &brought(&folder, OLD), &seen).await.expect("it is placed");
    assert_eq!(K0s.look(&one).await.expect("it is looked at"), Standing::Placed { version: OLD.to_owned() });
    // What a crashed `k0s install` leaves.
    machine.sh("mkdir -p /etc/systemd/system; : >/etc/systemd/system/k0scontroller.service");
    machine.sh("mkdir -p /srv/k0s; : >/srv/k0s/broken");
    let error = K0s.install(&one, &old, &seen).await.expect_err("it ends again and again");
    let RuntimeError::Failed { why, .. } = error else { panic!("it is {error:?}") };
    assert!(why.contains("k0s ends again and again") && why.contains("sysinfo failed"), "it says {why}");
    machine.sh("rm /srv/k0s/broken");
    K0s.install(&one, &old, &seen).await.expect("it is made");
    let installs = machine.sh("grep -c ^install /srv/k0s/calls");
    K0s.install(&one, &old, &seen).await.expect("it is there");
    assert_eq!(machine.sh("grep -c ^install /srv/k0s/calls"), installs, "what runs is not installed again");
    assert_eq!(machine.sh("cat /var/lib/tidewater/k0s/images/*"), format!("images of {OLD}"));
    let proxy = machine.sh("cat /etc/systemd/system/k0scontroller.service.d/*.conf");
    assert!(
        proxy.contains("CONTAINERD_HTTP_PROXY=http://proxy.example:3128"),
        "it is not told the proxy: {proxy}"
    );
    assert_eq!(K0s.kubeconfig(&one).await.expect("it is read"), "kubeconfig of controller\n");

    let backup = K0s.back_up(&one, &old, "before", &seen).await.expect("it is backed up");
    assert_eq!(
        K0s.back_up(&one, &old, "before", &seen).await.expect("it is there"),
        backup,
        "one label, one backup"
    );
    assert_eq!(machine.sh("grep -c ^backup /srv/k0s/calls"), "1\n", "it is backed up once");
    K0s.place(&one, &new, &brought(&folder, NEW), &seen).await.expect("it is placed");
    let running = |version: &str, placed: &str| Standing::Joined {
        version: version.to_owned(),
        placed: placed.to_owned(),
        role: HostRole::Controller,
        running: true,
    };
    assert_eq!(K0s.look(&one).await.expect("it is looked at"), running(OLD, NEW), "what runs is not touched");
    K0s.upgrade(&one, &new, Turn::First, &seen).await.expect("it is upgraded");
    assert_eq!(K0s.look(&one).await.expect("it is looked at"), running(NEW, NEW));
    assert_eq!(
        machine.sh("cat /var/lib/tidewater/k0s/images/*"),
        format!("images of {NEW}"),
        "old images take room"
    );
    let listed = backups(&*one.host).await.expect("they are listed");
    let listed: Vec<_> =
        listed.iter().map(|of| (of.label.as_str(), of.version.as_str(), of.has_files)).collect();
    assert_eq!(listed, [("before", OLD, true)], "the backup, with what ran when it was made");
    let from = Origin { backup: "before", once: "run-1" };
    K0s.restore(&one, &old, from, &seen).await.expect("it is restored");
    K0s.restore(&one, &old, from, &seen).await.expect("it is restored already");
    assert_eq!(
        machine.sh("grep -c '^restore ' /srv/k0s/calls"),
        "1\n",
        "under one name it is brought back once"
    );
    assert_eq!(
        K0s.look(&one).await.expect("it is looked at"),
        running(OLD, NEW),
        "the backup's version runs"
    );

    machine.sh("echo '{\"members\":{\"one\":\"https://10.0.0.1:2380\",\"two\":\"https://10.0.0.2:2380\"}}' >/srv/k0s/members");
    let left = K0s.reset(&one, &old, &seen).await.expect("it is taken off");
    let calls = machine
        .sh("grep -n -e '^etcd leave' -e '^reset' /srv/k0s/calls | tail -n 2 | cut -d: -f2 | cut -d' ' -f1");
    assert_eq!(calls, "etcd\nreset\n", "it leaves the others' store before it goes");
    assert_eq!(left.len(), 1, "only the backup stays: {left:?}");
    assert!(left[0].what == backup, "the backup stays: {left:?}");
    assert_eq!(K0s.look(&one).await.expect("it is looked at"), Standing::Nothing);
    assert_eq!(machine.sh(PICTURE), before, "the host is not as it was");
    assert_eq!(
        K0s.reset(&one, &old, &seen).await.expect("nothing is to be done"),
        [],
        "a second reset does nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_joins_by_its_token() {
    let machine = Machine::start();
    let folder = tempfile::tempdir().expect("a folder can be made");
    let two = member(&machine, HostRole::Worker);
    let spec = spec(&two, OLD);
    let seen = Seen::default();
    K0s.place(&two, &spec, &brought(&folder, OLD), &seen).await.expect("it is placed");
    let invitation = longshore_runtime::Invitation { content: "H4sIAAAAAAAC".repeat(12) };
    K0s.join(&two, &spec, &invitation, &seen).await.expect("it joins");
    let Standing::Joined { running: true, role: HostRole::Worker, .. } =
        K0s.look(&two).await.expect("it is looked at")
    else {
        panic!("it is not part of the cluster");
    };
    assert_eq!(machine.sh("stat -c '%a %s' /etc/k0s/token"), "600 0\n", "the token stays on the host");
    let install = machine.sh("grep ^install /srv/k0s/calls");
    assert_eq!(
        install,
        "install worker --token-file /etc/k0s/token --data-dir /var/lib/tidewater/k0s --kubelet-extra-args \
         --node-ip=10.0.0.1 --hostname-override=two --profile longshore\n"
    );
}
