//! A host that has a container runtime of its own, for something else: the cluster uses it, and it stays.

use std::fs;

use longshore_lab::{KUBERNETES_1_34, Place, cluster_parts};

use super::{Yard, is_full};

const UNIT: &str = "\
[Service]
ExecStart=/usr/bin/containerd
Type=notify
Delegate=yes
KillMode=process

[Install]
WantedBy=multi-user.target
";
/// Its folder is not where Kubernetes would have it.
const CONFIG: &str = "version = 2\nroot = \"/srv/containerd\"\n";
const FILES: [(&str, &str); 4] = [
    ("containerd", "usr/bin/containerd"),
    ("containerd-shim-runc-v2", "usr/bin/containerd-shim-runc-v2"),
    ("ctr", "usr/bin/ctr"),
    ("runc", "usr/sbin/runc"),
];

impl Yard {
    fn has_containerd(&self, host: usize) {
        let parts = cluster_parts(&Place::here(), KUBERNETES_1_34, "any").expect("the parts of a cluster");
        let root = self.hosts.root(host);
        for (name, path) in FILES {
            let part = parts.files.iter().find(|(known, ..)| known == name).expect("it is one of them");
            fs::copy(&part.2, root.join(path)).expect("it is copied");
        }
        fs::create_dir_all(root.join("etc/containerd")).expect("a folder");
        fs::write(root.join("etc/containerd/config.toml"), CONFIG).expect("writes");
        fs::write(root.join("etc/systemd/system/containerd.service"), UNIT).expect("writes");
        let start = "systemctl daemon-reload && systemctl enable --now containerd && ctr namespaces create harbour owner=harbour";
        self.hosts.on_host(host, &["sh", "-c", start]).expect("it starts");
    }

    fn on(&self, host: usize, script: &str) -> String {
        self.hosts.on_host(host, &["sh", "-c", script]).expect("the host answers")
    }
}

/// Takes two minutes: in `cargo xtask test --full` only.
#[test]
fn a_host_keeps_the_containerd_that_it_has() {
    if !is_full() {
        return;
    }
    let yard = Yard::new(1);
    yard.has_containerd(0);
    let before = vec![yard.standing(0)];
    let said = yard.bring("install", "1.0.0");
    assert_eq!(said.code, 0, "the install:\n{}", said.all());
    yard.stands("1.0.0", "v1.34.4");
    let runs =
        yard.on(0, "readlink /proc/$(systemctl show -P MainPID containerd)/exe; ls -d /srv/containerd");
    assert_eq!(
        runs.trim(),
        "/usr/bin/containerd\n/srv/containerd",
        "the cluster uses the one that was there"
    );
    assert!(!yard.on(0, "ls /var/lib/longshore").contains("containerd"), "and there is no second one");

    let said = yard.ok(&["site", "reset", "yard", "--confirm", "yard"]);
    assert!(
        said.all().contains("images in the namespace k8s.io"),
        "what stays there is told:\n{}",
        said.all()
    );
    yard.is_given_back(&before);
    assert_eq!(yard.on(0, "cat /etc/containerd/config.toml"), CONFIG, "it is set up as before");
    let stays =
        yard.on(0, "systemctl is-active containerd; ctr namespaces ls -q; ctr -n k8s.io containers ls -q");
    let stays: Vec<&str> = stays.split_whitespace().filter(|name| *name != "k8s.io").collect();
    assert_eq!(
        stays,
        ["active", "harbour"],
        "it runs, with what it had, and with no container of the cluster"
    );
}
