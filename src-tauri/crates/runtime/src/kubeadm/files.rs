//! Files that kubeadm's programs need on a host and that we write: units, containerd's configuration, a proxy.

use longshore_shell::quote;

use super::config::pause;
use crate::ClusterSpec;
use crate::script::MARK;
use crate::survey::Survey;

/// A file in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// Where it goes.
    pub path: &'static str,
    /// `0644`; `0600` for what holds a secret.
    pub mode: &'static str,
    /// What is in it.
    pub content: String,
}

/// What of a host decides how its containerd is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Containers<'a> {
    /// Whether containerd comes with us.
    pub ours: bool,
    /// Folder of the network's plugins.
    pub plugins: String,
    pub survey: &'a Survey,
    pub spec: &'a ClusterSpec,
}

const KUBELET: &str = "\
[Unit]
Description=The node's part of Kubernetes
Wants=network-online.target containerd.service
After=network-online.target containerd.service
# It ends at once as long as kubeadm has not written it.
ConditionPathExists=/var/lib/kubelet/config.yaml
StartLimitIntervalSec=0

[Service]
Environment=\"KUBECONFIGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf\"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=/usr/local/bin/kubelet $KUBECONFIGS --config=/var/lib/kubelet/config.yaml $KUBELET_KUBEADM_ARGS
Restart=always
RestartSec=2
Delegate=yes

[Install]
WantedBy=multi-user.target
";

const CONTAINERD: &str = "\
[Unit]
Description=The container runtime
After=network.target local-fs.target

[Service]
ExecStartPre=-/sbin/modprobe overlay
ExecStart=/usr/local/bin/containerd
Type=notify
Delegate=yes
# Containers go on while it is restarted.
KillMode=process
Restart=always
RestartSec=5
LimitNPROC=infinity
LimitCORE=infinity
LimitNOFILE=1048576
TasksMax=infinity
OOMScoreAdjust=-999

[Install]
WantedBy=multi-user.target
";

/// The unit that keeps the ways to the pods of other hosts.
const ROUTES: &str = "\
[Unit]
Description=Ways to the pods of the cluster's other hosts
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/bin/sh /var/lib/longshore/cluster/routes.sh
Restart=always
RestartSec=2

[Install]
WantedBy=multi-user.target
";

fn marked(text: &str) -> String {
    format!("# {MARK}; a reset removes it.\n{text}")
}

/// The unit of the routes, marked.
pub(crate) fn routes_unit() -> String {
    marked(ROUTES)
}

/// A text as TOML and systemd write it between quotation marks.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A drop-in that gives a service variables.
pub(crate) fn proxy_unit<'a>(variables: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    // A per cent sign begins a specifier of systemd's.
    let lines = variables.map(|(name, value)| {
        format!("Environment={}\n", quoted(&format!("{name}={}", value.replace('%', "%%"))))
    });
    marked(&format!("[Service]\n{}", lines.collect::<String>()))
}

impl Containers<'_> {
    fn setting(&self, name: &str, without: &str) -> String {
        let theirs = self.survey.containerd.get(name).filter(|_| !self.ours);
        theirs.map_or(without, String::as_str).to_owned()
    }

    /// containerd's configuration. One that was there keeps its folders.
    pub(crate) fn config(&self) -> String {
        let cri = "plugins.\"io.containerd.grpc.v1.cri\"";
        let root = self.setting("root", &format!("{}/containerd", self.spec.data_directory));
        let mut text = format!(
            "version = 2\nroot = {}\nstate = {}\n\n[{cri}]\nsandbox_image = {}\n",
            quoted(&root),
            quoted(&self.setting("state", "/run/containerd")),
            quoted(pause(self.spec).unwrap_or_default()),
        );
        if !self.survey.apparmor {
            text.push_str("# Nothing there loads AppArmor's profiles.\ndisable_apparmor = true\n");
        }
        if !self.survey.resource {
            text.push_str("# Processes there may not ask to be spared.\nrestrict_oom_score_adj = true\n");
        }
        text.push_str(&format!(
            "\n[{cri}.cni]\nbin_dir = {}\nconf_dir = \"/etc/cni/net.d\"\n\n\
             [{cri}.containerd.runtimes.runc]\nruntime_type = \"io.containerd.runc.v2\"\n\n\
             [{cri}.containerd.runtimes.runc.options]\nSystemdCgroup = {}\n\n\
             [{cri}.registry]\nconfig_path = \"/etc/containerd/certs.d\"\n\n\
             [plugins.\"io.containerd.internal.v1.opt\"]\npath = {}\n",
            quoted(&self.plugins),
            self.survey.cgroup == 2,
            quoted(&format!("{root}/opt"))
        ));
        marked(&text)
    }

    /// A drop-in that tells containerd the proxy; none without one. A proxy's address may hold a password.
    fn proxy(&self) -> Option<Written> {
        let pairs = [
            ("HTTP_PROXY", &self.spec.http_proxy),
            ("HTTPS_PROXY", &self.spec.https_proxy),
            ("NO_PROXY", &self.spec.no_proxy),
        ];
        if pairs[0].1.is_empty() && pairs[1].1.is_empty() {
            return None;
        }
        let given = pairs.iter().filter(|(_, value)| !value.is_empty());
        let content = proxy_unit(given.map(|(name, value)| (*name, value.as_str())));
        let path = "/etc/systemd/system/containerd.service.d/longshore-proxy.conf";
        Some(Written { path, mode: "0600", content })
    }

    /// All files.
    pub(crate) fn files(&self) -> Vec<Written> {
        let file = |path, content| Written { path, mode: "0644", content };
        let crictl = "runtime-endpoint: unix:///run/containerd/containerd.sock\n\
                      image-endpoint: unix:///run/containerd/containerd.sock\n";
        let mut files = vec![
            file("/etc/systemd/system/kubelet.service", marked(KUBELET)),
            file("/etc/containerd/config.toml", self.config()),
            file("/etc/crictl.yaml", marked(crictl)),
        ];
        if self.ours {
            files.push(file("/etc/systemd/system/containerd.service", marked(CONTAINERD)));
        }
        files.extend(self.proxy());
        files
    }
}

/// Files as lines of the script that writes them.
pub(crate) fn lines(files: &[Written]) -> String {
    let line = |file: &Written| format!("put {} {} {}\n", quote(file.path), file.mode, quote(&file.content));
    files.iter().map(line).collect()
}
