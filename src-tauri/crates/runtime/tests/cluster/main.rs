//! Real hosts, a real Kubernetes: made, joined, upgraded, brought back from a backup, and taken off again.
//!
//! Wants root, and some seven minutes. The hosts have no way out; everything goes with the handle.

mod site;

use std::time::Instant;

use longshore_contract::HostRole;
use longshore_lab::{BareHosts, KUBERNETES_1_34, KUBERNETES_1_35, Place, Snapshot};
use longshore_runtime::host::{Preparation, prepare, restore};
use longshore_runtime::{
    ClusterSpec, Member, Origin, RuntimeError, RuntimeKind, Standing, Turn, Watch, backups, of,
};
use site::{Carried, Print, REPOSITORY, member};

fn sh(hosts: &BareHosts, host: usize, script: &str) -> String {
    hosts
        .on_host(
            host,
            &[
                "sh",
                "-c",
                &format!("export KUBECONFIG=/etc/kubernetes/admin.conf KUBECACHEDIR=/tmp/kubectl\n{script}"),
            ],
        )
        .expect(script)
}

/// A pod on the worker that answers over HTTP, and a service for it.
fn serve(hosts: &BareHosts) {
    let image = format!("{REPOSITORY}/etcd:{}", KUBERNETES_1_34.etcd);
    let node = hosts.name(1);
    let script = format!(
        "kubectl run web --image={image} --port=2379 --overrides='{{\"spec\":{{\"nodeName\":\"{node}\"}}}}' --command -- \
         etcd --data-dir /tmp/web --listen-client-urls http://0.0.0.0:2379 --advertise-client-urls http://127.0.0.1:2379\n\
         kubectl wait --for=condition=Ready pod/web --timeout=60s && kubectl expose pod web --port=80 --target-port=2379"
    );
    sh(hosts, 0, &script);
}

/// Asks it from the other host, by its own address and by the service's.
fn answers(hosts: &BareHosts) {
    let script = "for kind in pod/web:.status.podIP:2379 service/web:.spec.clusterIP:80; do\n\
        name=${kind%%:*}; rest=${kind#*:}; address=$(kubectl get \"$name\" -o \"jsonpath={${rest%:*}}\")\n\
        curl -sf --retry 30 --retry-all-errors --retry-delay 1 -m 2 \"http://$address:${rest##*:}/health\" || exit 1\ndone";
    let said = sh(hosts, 0, script);
    assert_eq!(
        said.matches("\"health\":\"true\"").count(),
        2,
        "the other host's pod does not answer: {said}"
    );
}

fn restarts(hosts: &BareHosts) -> String {
    sh(hosts, 0, "kubectl get pod web -o 'jsonpath={.status.containerStatuses[0].restartCount}'")
}

async fn stands(member: &Member, version: &str) {
    let standing = of(RuntimeKind::Kubeadm).look(member).await.expect("it can be looked at");
    let as_wanted = matches!(&standing, Standing::Joined { version: is, running: true, role, .. }
        if is == version && *role == member.spec.role);
    assert!(as_wanted, "{} stands at {standing:?}, not at {version}", member.spec.node);
}

/// Somebody else has the port: nothing is touched.
async fn a_taken_port(hosts: &BareHosts, first: &Member, spec: &ClusterSpec, carried: &Carried) {
    sh(
        hosts,
        0,
        "systemd-run --quiet --unit=other /usr/sbin/sshd -D -p 6443; until ss -ltn | grep -q :6443; do sleep 0.1; done",
    );
    let before = hosts.snapshot(0).expect("it can be looked at");
    let placed = of(RuntimeKind::Kubeadm).place(first, spec, &carried.files, &Print).await;
    let Err(RuntimeError::Failed { why, .. }) = placed else { panic!("it is {placed:?}") };
    assert_eq!(why, "something listens on port 6443 already", "the port is not named");
    let after = hosts.snapshot(0).expect("it can be looked at");
    assert_eq!(before.changes(&after), [""; 0], "a host that was refused was changed");
    sh(hosts, 0, "systemctl stop other");
}

/// Ends the work on a host when it says a certain thing.
struct Breaking<'a> {
    hosts: &'a BareHosts,
    at: &'a str,
    unit: &'a str,
}

impl Watch for Breaking<'_> {
    fn line(&self, text: &str) {
        Print.line(text);
        if text.contains(self.at) {
            self.hosts.on_host(0, &["systemctl", "stop", self.unit]).expect("it can be stopped");
        }
    }

    fn bytes(&self, _: u64, _: u64) {}
}

/// Half of a control plane is there, and nobody goes on.
async fn a_try_that_is_cut(hosts: &BareHosts, first: &Member, spec: &ClusterSpec) {
    let at = "[control-plane-check] Waiting";
    let breaking = Breaking { hosts, at, unit: "longshore-kubeadm-install-v1.34.4.service" };
    let cut = of(RuntimeKind::Kubeadm).install(first, spec, &breaking).await;
    assert!(matches!(cut, Err(RuntimeError::Failed { .. })), "it is {cut:?}");
    let standing = of(RuntimeKind::Kubeadm).look(first).await.expect("it can be looked at");
    assert_eq!(standing, Standing::Placed { version: "v1.34.4".to_owned() }, "half of a cluster is none");
}

/// Makes a backup as if the release had brought no tools of etcd's.
async fn copied(hosts: &BareHosts, first: &Member, spec: &ClusterSpec) -> String {
    let there = "cd /var/lib/longshore/cluster/v1.34.4/bin";
    sh(hosts, 0, &format!("{there} && mv etcdctl etcdctl.away"));
    let made = of(RuntimeKind::Kubeadm).back_up(first, spec, "copy", &Print).await.expect("a copy is made");
    sh(hosts, 0, &format!("{there} && mv etcdctl.away etcdctl"));
    made
}

async fn configure(members: &[Member], spec: &ClusterSpec) {
    for member in members {
        // The swap is this machine's, and not the container's to end.
        let preparation = Preparation { spec, member: &member.spec, keep_swap: true };
        prepare(&*member.host, &preparation, &Print).await.expect("it is prepared");
    }
}

/// Takes everything off a host and holds it against what it was.
async fn give_back(hosts: &BareHosts, number: usize, member: &Member, spec: &ClusterSpec, before: &Snapshot) {
    let kubeadm = of(RuntimeKind::Kubeadm);
    let left = kubeadm.reset(member, spec, &Print).await.expect("the cluster goes");
    let others: Vec<_> = left.iter().filter(|left| !left.what.contains("/backups/")).collect();
    assert!(others.is_empty(), "more than the backup is left: {others:?}");
    assert_eq!(
        kubeadm.look(member).await.expect("it can be looked at"),
        Standing::Nothing,
        "nothing is there"
    );
    assert_eq!(
        kubeadm.reset(member, spec, &Print).await.expect("a second time"),
        [],
        "a second reset does nothing"
    );
    sh(hosts, number, "rm -rf /var/lib/longshore/backups");
    restore(&*member.host, &Print).await.expect("the host is given back");
    let changes = before.changes(&hosts.snapshot(number).expect("it can be looked at"));
    // Logs of the host's own grow; the folder of jobs and the lock of iptables go with the memory they are in.
    let own = [" /var/log/", "+ run /run/longshore", "+ run /run/xtables.lock"];
    let changes: Vec<_> =
        changes.iter().filter(|change| !own.iter().any(|own| change.contains(own))).collect();
    assert!(changes.is_empty(), "{} is not as it was: {changes:#?}", member.spec.node);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_lives_and_goes() {
    let (old, new) = (Carried::of(KUBERNETES_1_34), Carried::of(KUBERNETES_1_35));
    let hosts = BareHosts::start(&Place::here(), 2).expect("the hosts come up");
    let members = [member(&hosts, 0, HostRole::Controller), member(&hosts, 1, HostRole::Worker)];
    let [first, worker] = &members;
    let (spec, next) = (old.spec(&members), new.spec(&members));
    let kubeadm = of(RuntimeKind::Kubeadm);
    let begun = Instant::now();
    let at = |what: &str| println!("   {:6.1} s  {what}", begun.elapsed().as_secs_f64());
    for host in 0..2 {
        // What a host does while it boots is no change of ours.
        sh(&hosts, host, "systemctl is-system-running --wait || true; touch /run/agetty.reload");
    }
    a_taken_port(&hosts, first, &spec, &old).await;
    let before: Vec<Snapshot> =
        (0..2).map(|host| hosts.snapshot(host).expect("it can be looked at")).collect();
    configure(&members, &spec).await;
    at("prepared");

    for member in &members {
        kubeadm.place(member, &spec, &old.files, &Print).await.expect("the files are brought");
    }
    at("placed");
    let without = kubeadm.install(first, &spec, &Print).await.expect_err("there are no images").to_string();
    assert!(
        without.contains("containerd lacks images") && without.contains("kube-apiserver"),
        "it says {without}"
    );
    old.import(&hosts);
    at("images imported");
    a_try_that_is_cut(&hosts, first, &spec).await;
    at("installed by half");
    kubeadm.install(first, &spec, &Print).await.expect("the cluster is made");
    at("installed");
    kubeadm.install(first, &spec, &Print).await.expect("it is made already");
    let invitation = kubeadm.invite(first, &spec, HostRole::Worker).await.expect("there is an invitation");
    kubeadm.join(worker, &spec, &invitation, &Print).await.expect("the worker joins");
    kubeadm.connect(&members, &spec).await.expect("the hosts find each other's pods");
    at("joined");
    stands(first, "v1.34.4").await;
    stands(worker, "v1.34.4").await;
    serve(&hosts);
    answers(&hosts);
    at("a pod answers from the other host");

    for member in &members {
        kubeadm.place(member, &next, &new.files, &Print).await.expect("the files are brought");
    }
    new.import(&hosts);
    at("new files and images are there");
    stands(first, "v1.34.4").await;
    let copy = copied(&hosts, first, &spec).await;
    at("backed up by a copy");
    let snapshot = kubeadm.back_up(first, &spec, "snapshot", &Print).await.expect("a backup is made");
    at("backed up by a snapshot");
    kubeadm.upgrade(first, &next, Turn::First, &Print).await.expect("the controller is upgraded");
    at("controller upgraded");
    kubeadm.upgrade(worker, &next, Turn::Worker, &Print).await.expect("the worker is upgraded");
    at("worker upgraded");
    stands(first, "v1.35.4").await;
    stands(worker, "v1.35.4").await;
    answers(&hosts);
    assert_eq!(restarts(&hosts), "0", "the pod did not live through the upgrade");

    let listed = backups(&*first.host).await.expect("they are listed");
    let mut listed: Vec<_> =
        listed.iter().map(|of| (of.label.as_str(), of.version.as_str(), of.has_files)).collect();
    listed.sort_unstable();
    let expected = [("copy", "v1.34.4", true), ("snapshot", "v1.34.4", true)];
    assert_eq!(listed, expected, "the backups, with what ran when they were made");
    for (backup, label, how) in [(&copy, "copy", "etcd"), (&snapshot, "snapshot", "etcd.snapshot")] {
        sh(&hosts, 0, &format!("test -e {backup}/{how} && kubectl create configmap later"));
        let from = Origin { backup: label, once: how };
        kubeadm.restore(first, &spec, from, &Print).await.expect("the backup is brought back");
        at(&format!("restored from {how}"));
        let later = sh(&hosts, 0, "kubectl get configmaps -o name");
        assert!(!later.contains("configmap/later"), "what came after the backup is still there: {later}");
        sh(&hosts, 0, &format!("kubectl create configmap after-{label}"));
        kubeadm.restore(first, &spec, from, &Print).await.expect("it is brought back already");
        let kept = sh(&hosts, 0, "kubectl get configmaps -o name");
        assert!(kept.contains(&format!("after-{label}")), "under one name it is brought back once: {kept}");
    }
    kubeadm.put_back(worker, &spec, &Print).await.expect("the worker is put back");
    at("worker put back");
    stands(first, "v1.34.4").await;
    stands(worker, "v1.34.4").await;
    answers(&hosts);

    for (number, member) in members.iter().enumerate().rev() {
        give_back(&hosts, number, member, &next, &before[number]).await;
    }
    at("reset");
    assert_eq!(hosts.sent_out().expect("it is counted"), 0, "something reached out of the site");
}
