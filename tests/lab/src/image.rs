//! The host's file system: Debian with systemd, sshd, containerd and a kubelet, set up for a container.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::build::{self, KUBERNETES_1_35, Kubernetes};
use crate::debian::{self, CGROUPS, KERNEL};
use crate::files::{key, write};
use crate::oci::{self, Entry, Image};
use crate::process::run;
use crate::registry;
use crate::state::Place;

/// Packages of the lab's own host.
pub(crate) const PACKAGES: &str = "systemd,systemd-sysv,dbus,openssh-server,iproute2,iptables,kmod,ca-certificates,procps,curl,sudo,\
containerd,runc,containernetworking-plugins,ethtool,socat,conntrack,mount,util-linux";

/// Repository of the components' images.
pub const REPOSITORY: &str = "lab.longshore.example/kubernetes";
/// Names under which the one binary is called.
const COMPONENTS: &[&str] =
    &["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "etcd"];
pub(crate) const TOOLS: &[&str] = &["etcdctl", "etcdutl", "kubeadm", "kubectl", "kubelet"];

const CONTAINERD: &str = r#"version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "lab.longshore.example/kubernetes/pause:3.10.1"
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "/etc/containerd/certs.d"
"#;

const CNI: &str = r#"{
  "cniVersion": "0.4.0",
  "name": "lab",
  "plugins": [
    { "type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true,
      "ipam": { "type": "host-local", "ranges": [[{ "subnet": "10.214.0.0/24" }]], "routes": [{ "dst": "0.0.0.0/0" }] } },
    { "type": "portmap", "capabilities": { "portMappings": true } }
  ]
}
"#;

const KUBELET: &str = "[Unit]
Description=kubelet
After=containerd.service cgroups.service
[Service]
Environment=KUBELET_KUBECONFIG_ARGS='--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf'
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=/bin/sh -c 'exec /usr/local/bin/kubelet $KUBELET_KUBECONFIG_ARGS --config=/var/lib/kubelet/config.yaml $KUBELET_KUBEADM_ARGS'
Delegate=yes
Restart=always
RestartSec=1
[Install]
WantedBy=multi-user.target
";

/// The host's file system, set up; a copy of it is what boots.
pub fn root(place: &Place) -> Result<PathBuf> {
    let debian = debian::folder(place, PACKAGES)?;
    let (kubernetes, pause) = (build::kubernetes(place)?, build::pause(place)?);
    let names = format!("{} {}", kubernetes.display(), pause.display());
    let registry = registry::hosts();
    let parts =
        [names.as_str(), CONTAINERD, CNI, CGROUPS, KERNEL, KUBELET, &registry, include_str!("image.rs")];
    let path = place.cache().join(format!("root-{}", key(&parts.map(str::as_bytes))));
    if path.exists() {
        return Ok(path);
    }
    println!("   setting the host up");
    let fresh = path.with_extension("fresh");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    run(Command::new("cp").arg("-a").arg(&debian).arg(&fresh))?;
    set_up(&fresh, &kubernetes)?;
    components(&fresh, &kubernetes, &pause)?;
    fs::rename(&fresh, &path)?;
    Ok(path)
}

fn set_up(root: &Path, kubernetes: &Path) -> Result<()> {
    let binary = root.join("usr/local/bin/kubernetes");
    fs::copy(kubernetes, &binary).with_context(|| format!("{} cannot be written", binary.display()))?;
    for tool in TOOLS {
        symlink("kubernetes", root.join("usr/local/bin").join(tool))?;
    }
    write(&root.join("etc/hostname"), 0o644, "node\n")?;
    write(&root.join("etc/hosts"), 0o644, &format!("127.0.0.1 localhost\n{} node\n", crate::node::INSIDE))?;
    write(&root.join("etc/containerd/config.toml"), 0o644, CONTAINERD)?;
    write(
        &root.join(format!("etc/containerd/certs.d/{}/hosts.toml", registry::address())),
        0o644,
        &registry::hosts(),
    )?;
    write(&root.join("etc/cni/net.d/10-lab.conflist"), 0o644, CNI)?;
    write(&root.join("etc/systemd/system/cgroups.service"), 0o644, CGROUPS)?;
    write(&root.join("etc/systemd/system/kernel.service"), 0o644, KERNEL)?;
    write(&root.join("etc/systemd/system/kubelet.service"), 0o644, KUBELET)?;
    write(&root.join("etc/sysctl.d/90-lab.conf"), 0o644, "net.ipv4.ip_forward = 1\n")?;
    debian::settle(root, &["cgroups.service", "kernel.service", "kubelet.service"])
}

/// The components' images, in a file that the host imports when it boots for the first time.
fn components(root: &Path, kubernetes: &Path, pause: &Path) -> Result<()> {
    let layers = layers(root, kubernetes, pause)?;
    fs::create_dir_all(root.join("var/lib/lab"))?;
    oci::write(&root.join("var/lib/lab/components.tar"), &layers, &images(REPOSITORY, KUBERNETES_1_35))
}

/// The layers that [`images`] are made of.
pub(crate) fn layers(root: &Path, kubernetes: &Path, pause: &Path) -> Result<Vec<Vec<Entry>>> {
    let file = |from: &Path, to: &str| Entry::File { from: from.to_owned(), to: to.to_owned() };
    let link = |to: String, target: &str| Entry::Link { to, target: target.to_owned() };
    let mut binary = vec![file(kubernetes, "usr/local/bin/kubernetes")];
    binary.extend(COMPONENTS.iter().map(|name| link(format!("usr/local/bin/{name}"), "kubernetes")));
    Ok(vec![binary, iptables(root)?, vec![file(pause, "pause")]])
}

/// The components' images, as kubeadm of that version names them below a repository.
pub(crate) fn images(repository: &str, kubernetes: Kubernetes) -> Vec<Image> {
    let component = |name: &&str| {
        let tag =
            if *name == "etcd" { kubernetes.etcd.to_owned() } else { format!("v{}", kubernetes.version) };
        Image {
            reference: format!("{repository}/{name}:{tag}"),
            layers: if *name == "kube-proxy" { vec![0, 1] } else { vec![0] },
            entrypoint: format!("/usr/local/bin/{name}"),
        }
    };
    let pause = Image {
        reference: format!("{repository}/pause:3.10.1"),
        layers: vec![2],
        entrypoint: "/pause".to_owned(),
    };
    COMPONENTS.iter().map(component).chain([pause]).collect()
}

/// iptables and all that it loads, from the host's own Debian.
fn iptables(root: &Path) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut add = |path: &str| {
        let from = root.join(path.trim_start_matches('/'));
        let from = fs::canonicalize(&from).unwrap_or(from);
        entries.push(Entry::File { from, to: path.trim_start_matches('/').to_owned() });
    };
    add("/usr/sbin/xtables-nft-multi");
    let libraries = run(Command::new("chroot").arg(root).args(["ldd", "/usr/sbin/xtables-nft-multi"]))?;
    for path in libraries.split_whitespace().filter(|word| word.starts_with('/')) {
        add(path);
    }
    // The `statistic` match loads this one later.
    add("/lib/x86_64-linux-gnu/libm.so.6");
    let folder = "usr/lib/x86_64-linux-gnu/xtables";
    let mut names: Vec<_> =
        fs::read_dir(root.join(folder))?.flatten().map(|entry| entry.file_name()).collect();
    // The order on disk is another on each machine, and would make another image.
    names.sort();
    for name in names {
        add(&format!("/{folder}/{}", name.to_string_lossy()));
    }
    for family in ["iptables", "ip6tables"] {
        for tool in ["", "-save", "-restore"] {
            entries.push(Entry::Link {
                to: format!("usr/sbin/{family}{tool}"),
                target: "xtables-nft-multi".to_owned(),
            });
        }
    }
    Ok(entries)
}
