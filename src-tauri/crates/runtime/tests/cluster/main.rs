//! Real hosts, a real Kubernetes: made, joined, upgraded, and taken off again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use longshore_contract::HostRole;
use longshore_lab::{BareHosts, Place};
use longshore_remote::{Destination, NoSecrets, SshConfig, SshHost};
use longshore_runtime::{ClusterSpec, HostFile, Member, MemberSpec, RuntimeKind, Standing, Turn, Watch, of};

struct Print;

impl Watch for Print {
    fn line(&self, text: &str) {
        println!("      {text}");
    }

    fn bytes(&self, _: u64, _: u64) {}
}

fn sha256(path: &Path) -> String {
    let output = std::process::Command::new("sha256sum").arg(path).output().expect("sha256sum runs");
    String::from_utf8_lossy(&output.stdout).split_whitespace().next().expect("it prints a digest").to_owned()
}

fn files(folder: &Path, version: &str) -> Vec<HostFile> {
    let mut files = Vec::new();
    let mut add = |name: &str, source: PathBuf| {
        let size = std::fs::metadata(&source).expect("the file is there").len();
        files.push(HostFile { name: name.to_owned(), digest: sha256(&source), source, size });
    };
    for name in ["kubeadm", "kubelet", "kubectl"] {
        add(name, folder.join(version).join("kubernetes"));
    }
    for name in ["containerd", "containerd-shim-runc-v2", "ctr", "runc"] {
        add(name, folder.join("containers").join(name));
    }
    for name in ["bridge", "host-local", "loopback", "portmap"] {
        add(&format!("cni/{name}"), folder.join("containers/cni").join(name));
    }
    files
}

fn member(hosts: &BareHosts, of: usize, role: HostRole) -> Member {
    let text = format!(
        "Host host{of}\nHostName {}\nUser root\nIdentityFile {}\nIdentityAgent none\nUserKnownHostsFile {}\n\
         GlobalKnownHostsFile none\nConnectTimeout 10\n",
        hosts.address(of),
        hosts.key().display(),
        hosts.known_hosts().display()
    );
    let folder = hosts.key().parent().expect("the key lies in a folder").to_owned();
    let file = folder.join(format!("ssh_config{of}"));
    std::fs::write(&file, text).expect("it can be written");
    let config = SshConfig { files: vec![file], home: folder, ..SshConfig::empty() };
    let name = Destination { host: format!("host{of}"), user: None, port: None };
    let route = config.route(&name).expect("the configuration is good");
    Member {
        host: Arc::new(SshHost::new(route, Arc::new(NoSecrets))),
        spec: MemberSpec {
            host: hosts.address(of),
            node: hosts.name(of),
            address: hosts.address(of).parse().expect("it is an address"),
            role,
        },
    }
}

fn spec(members: &[Member], version: &str) -> ClusterSpec {
    let repository = "lab.longshore.example/kubernetes";
    let etcd = if version == "v1.34.4" { "3.6.5-0" } else { "3.6.6-0" };
    let mut images: Vec<String> =
        ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"]
            .iter()
            .map(|name| format!("{repository}/{name}:{version}"))
            .collect();
    images.push(format!("{repository}/etcd:{etcd}"));
    images.push(format!("{repository}/pause:3.10.1"));
    ClusterSpec {
        name: "tidewater".to_owned(),
        version: version.to_owned(),
        image_repository: repository.to_owned(),
        images,
        data_directory: "/var/lib/tidewater".to_owned(),
        pod_cidr: "10.244.0.0/17".to_owned(),
        service_cidr: "10.244.128.0/17".to_owned(),
        endpoint: format!("{}:6443", members[0].spec.address),
        names: Vec::new(),
        http_proxy: String::new(),
        https_proxy: String::new(),
        no_proxy: String::new(),
        members: members.iter().map(|member| member.spec.clone()).collect(),
        overrides: String::new(),
    }
}

fn import(hosts: &BareHosts, folder: &Path, version: &str) {
    for of in 0..hosts.count() {
        let to = hosts.root(of).join("var/tmp/images.tar");
        std::fs::copy(folder.join(version).join("images.tar"), &to).expect("it can be copied");
        hosts
            .on_host(of, &["ctr", "-n", "k8s.io", "images", "import", "/var/tmp/images.tar"])
            .expect("it is imported");
        std::fs::remove_file(to).expect("it can be removed");
    }
}

/// What of a host a cluster changes.
fn picture(hosts: &BareHosts, of: usize) -> BTreeMap<String, String> {
    let questions = [
        "find /etc /opt /usr/local /usr/libexec -xdev | sort",
        "find /var/lib /var/log -xdev -maxdepth 2 | grep -v -e /apt -e /dpkg -e journal | sort",
        "systemctl list-unit-files --no-legend | sort",
        "ip -br link | cut -d' ' -f1 | sort",
        "ip route | sort",
        "iptables-save | grep -v -e '^#' -e '^:' -e '^\\*' -e COMMIT; true",
        "cat /proc/mounts | cut -d' ' -f2 | sort",
    ];
    questions
        .iter()
        .map(|question| {
            let said = hosts.on_host(of, &["sh", "-c", question]).expect("it can be asked");
            ((*question).to_owned(), said)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_lives() {
    let folder = PathBuf::from(std::env::var("LONGSHORE_PROOF").expect("LONGSHORE_PROOF names the folder"));
    let hosts = BareHosts::start(&Place::here(), 2).expect("the hosts come up");
    for of in 0..2 {
        let lines: String = (0..2).map(|of| format!("{} {}\\n", hosts.address(of), hosts.name(of))).collect();
        let set = format!("sysctl -qw net.ipv4.ip_forward=1 && printf '{lines}' >>/etc/hosts");
        hosts.on_host(of, &["sh", "-c", &set]).expect("it is configured");
    }
    let before: Vec<_> = (0..2).map(|of| picture(&hosts, of)).collect();
    let members = [member(&hosts, 0, HostRole::Controller), member(&hosts, 1, HostRole::Worker)];
    let kubeadm = of(RuntimeKind::Kubeadm);
    let begun = Instant::now();
    let at = |what: &str| println!("   {:7.1} s  {what}", begun.elapsed().as_secs_f64());
    let old = spec(&members, "v1.34.4");
    for member in &members {
        kubeadm.place(member, &old, &files(&folder, "v1.34.4"), &Print).await.expect("the files are brought");
        at("placed");
    }
    import(&hosts, &folder, "v1.34.4");
    at("images imported");
    kubeadm.install(&members[0], &old, &Print).await.expect("the cluster is made");
    at("installed");
    kubeadm.install(&members[0], &old, &Print).await.expect("it is made once only");
    at("installed again");
    let invitation =
        kubeadm.invite(&members[0], &old, HostRole::Worker).await.expect("there is an invitation");
    kubeadm.join(&members[1], &old, &invitation, &Print).await.expect("the worker joins");
    at("joined");
    kubeadm.connect(&members, &old).await.expect("the hosts are connected");
    at("connected");
    let new = spec(&members, "v1.35.4");
    for member in &members {
        kubeadm.place(member, &new, &files(&folder, "v1.35.4"), &Print).await.expect("the files are brought");
    }
    at("new files placed");
    import(&hosts, &folder, "v1.35.4");
    at("images imported");
    let backup = kubeadm.back_up(&members[0], &old, "before", &Print).await.expect("a backup is made");
    at("backed up");
    if std::env::var_os("LONGSHORE_LOOK").is_some() {
        let script = "export KUBECONFIG=/etc/kubernetes/admin.conf; kubectl get nodes -o wide; kubectl get pods -A -o wide; \
            kubectl create job x --image=lab.longshore.example/kubernetes/pause:3.10.1 -- /pause -v; sleep 12; \
            kubectl describe job x; kubectl describe pods -l job-name=x; crictl ps -a; journalctl -u kubelet -n 40 --no-pager; true";
        println!("{}", hosts.on_host(0, &["sh", "-c", script]).expect("it is looked at"));
        println!(
            "{}",
            hosts
                .on_host(1, &["sh", "-c", "journalctl -u kubelet -u containerd -n 40 --no-pager"])
                .expect("it is looked at")
        );
        return;
    }
    kubeadm.upgrade(&members[0], &new, Turn::First, &Print).await.expect("the controller is upgraded");
    at("controller upgraded");
    kubeadm.upgrade(&members[1], &new, Turn::Worker, &Print).await.expect("the worker is upgraded");
    at("worker upgraded");
    for member in &members {
        let standing = kubeadm.look(member).await.expect("it can be looked at");
        println!("{standing:?}");
        assert!(
            matches!(&standing, Standing::Joined { version, running: true, .. } if version == "v1.35.4"),
            "it stands at {standing:?}"
        );
    }
    if std::env::var_os("LONGSHORE_RESTORE").is_some() {
        kubeadm.restore(&members[0], &old, &backup, &Print).await.expect("the backup is brought back");
        at("restored");
        println!("{:?}", kubeadm.look(&members[0]).await);
    }
    for (of, member) in members.iter().enumerate().rev() {
        let left = kubeadm.reset(member, &new, &Print).await.expect("the cluster goes");
        at("reset");
        println!("left: {left:?}");
        let after = picture(&hosts, of);
        for (question, said) in &before[of] {
            let gone: Vec<&str> =
                said.lines().filter(|line| !after[question].lines().any(|other| other == *line)).collect();
            let come: Vec<&str> =
                after[question].lines().filter(|line| !said.lines().any(|other| other == *line)).collect();
            println!("{question}: gone {gone:?}, come {come:?}");
        }
        assert_eq!(
            kubeadm.look(member).await.expect("it can be looked at"),
            Standing::Nothing,
            "nothing is there"
        );
    }
}
