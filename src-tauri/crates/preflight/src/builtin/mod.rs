//! The checks that every host of a site has to pass, whatever the release brings: embedded-cluster's own list.

use serde::Serialize;
use serde_json::{Value, json};

use crate::spec::{Spec, SpecError, parse};
use crate::template::{About, render};

const NAME: &str = "builtin/host.yaml";
const TEXT: &str = include_str!("host.yaml");

/// What is done to a host; some checks are for a first installation only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HostPhase {
    /// A first installation, or another node that joins.
    #[default]
    Install,
    /// An upgrade of what runs there.
    Upgrade,
}

/// What the built-in checks depend on.
#[derive(Debug, Clone)]
pub struct HostDefaults {
    /// What is done.
    pub phase: HostPhase,
    /// Folder of all data.
    pub data_dir: String,
    /// Minor version of Kubernetes, such as 35.
    pub kubernetes_minor: u32,
    /// URL that answers 200 when the vendor's API can be reached; empty when airgapped.
    pub app_url: String,
    /// URL that answers 401 when the vendor's registry can be reached; empty when airgapped.
    pub registry_url: String,
    /// Proxy for both, or empty.
    pub proxy: String,
    /// TCP ports that are bound on every address.
    pub tcp_ports: Vec<u16>,
    /// TCP ports that are bound on the loopback interface.
    pub loopback_ports: Vec<u16>,
    /// Networks of pods and of services, or empty.
    pub pod_cidr: String,
    /// As above.
    pub service_cidr: String,
    /// One network for both, or empty.
    pub global_cidr: String,
    /// The node's own address, or empty.
    pub node_ip: String,
    /// Addresses of other nodes that a joining one has to reach.
    pub join_addresses: Vec<String>,
    /// Space that an airgapped installation needs, as a quantity, or empty.
    pub airgap_space: String,
    /// Leaves the measurement of writes out, which takes a while.
    pub skip_write_latency: bool,
}

impl Default for HostDefaults {
    fn default() -> Self {
        Self {
            phase: HostPhase::Install,
            data_dir: "/var/lib/embedded-cluster".to_owned(),
            kubernetes_minor: 35,
            app_url: String::new(),
            registry_url: String::new(),
            proxy: String::new(),
            tcp_ports: vec![2380, 9091, 6443, 10250, 9443, 10256, 10249],
            loopback_ports: vec![2379, 50000, 7443, 9099, 10259, 10257, 10248],
            pod_cidr: "10.244.0.0/17".to_owned(),
            service_cidr: "10.244.128.0/17".to_owned(),
            global_cidr: String::new(),
            node_ip: String::new(),
            join_addresses: Vec::new(),
            airgap_space: String::new(),
            skip_write_latency: false,
        }
    }
}

/// A parameter of the kernel that has to have a value.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    title: &'static str,
    key: &'static str,
    fails: String,
    says: String,
    line: String,
}

/// Title, key, comparison that fails, what it says, value that is wanted.
const PARAMETERS: &[(&str, &str, &str, &str, &str)] = &[
    ("ARP filter (default)", "net.ipv4.conf.default.arp_filter", "> 0", "must be off", "0"),
    ("ARP filter (all)", "net.ipv4.conf.all.arp_filter", "> 0", "must be off", "0"),
    ("ARP ignore (default)", "net.ipv4.conf.default.arp_ignore", "> 0", "must be off", "0"),
    ("ARP ignore (all)", "net.ipv4.conf.all.arp_ignore", "> 0", "must be off", "0"),
    ("Reverse path filter (default)", "net.ipv4.conf.default.rp_filter", "== 1", "must not be strict", "2"),
    ("Reverse path filter (all)", "net.ipv4.conf.all.rp_filter", "== 1", "must not be strict", "2"),
    ("IP forwarding", "net.ipv4.ip_forward", "== 0", "must be on", "1"),
    ("Forwarding (all)", "net.ipv4.conf.all.forwarding", "== 0", "must be on", "1"),
    ("Forwarding (default)", "net.ipv4.conf.default.forwarding", "== 0", "must be on", "1"),
    ("Bridge netfilter", "net.bridge.bridge-nf-call-iptables", "== 0", "must be on", "1"),
    ("inotify instances", "fs.inotify.max_user_instances", "< 1024", "must be 1024 at least", "1024"),
    ("inotify watches", "fs.inotify.max_user_watches", "< 65536", "must be 65536 at least", "65536"),
];

fn parameters() -> Vec<Parameter> {
    let parameter =
        |(title, key, fails, says, value): &(&'static str, &'static str, &str, &str, &str)| Parameter {
            title,
            key,
            fails: format!("{key} {fails}"),
            says: format!("{key} {says}"),
            line: format!("{key} = {value}"),
        };
    PARAMETERS.iter().map(parameter).collect()
}

impl HostDefaults {
    /// The built-in checks as a spec.
    ///
    /// # Errors
    /// When a value makes it no spec, such as a network that is none.
    pub fn spec(&self) -> Result<Spec, SpecError> {
        parse(NAME, &self.text()?)
    }

    /// The same as a HostPreflight document, for other programs.
    ///
    /// # Errors
    /// When a value cannot be rendered.
    pub fn text(&self) -> Result<String, SpecError> {
        let rendered = render(TEXT, About::Record(&self.values()));
        rendered.map_err(|reason| SpecError::Template { file: NAME.to_owned(), reason })
    }

    fn values(&self) -> Value {
        let newer = self.kubernetes_minor >= 35;
        let texts = |ports: &[u16]| ports.iter().map(u16::to_string).collect::<Vec<_>>();
        let (tcp, loopback) = (texts(&self.tcp_ports), texts(&self.loopback_ports));
        let one = !self.global_cidr.is_empty();
        json!({
            "Install": self.phase == HostPhase::Install,
            "DataDir": self.data_dir,
            "BinDir": format!("{}/bin", self.data_dir),
            "ClusterDir": format!("{}/k0s", self.data_dir),
            "CgroupV2": newer,
            "KernelVersion": if newer { "4.5" } else { "3.10" },
            "AppUrl": self.app_url,
            "RegistryUrl": self.registry_url,
            "Proxy": self.proxy,
            "AllPorts": tcp.iter().chain(&loopback).collect::<Vec<_>>(),
            "TcpPorts": tcp,
            "LoopbackPorts": loopback,
            "Networks": self.networks(),
            "PodCidr": if one { "" } else { self.pod_cidr.as_str() },
            "ServiceCidr": self.service_cidr,
            "NodeIp": self.node_ip,
            "JoinAddresses": self.join_addresses,
            "AirgapSpace": self.airgap_space,
            "SkipWriteLatency": self.skip_write_latency,
            "Controllers": ["cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "pids"],
            "Commands": ["modprobe", "mount", "umount"],
            "Modules": ["overlay", "br_netfilter", "nf_conntrack"],
            "Parameters": parameters(),
        })
    }

    fn networks(&self) -> Vec<Value> {
        let named = if self.global_cidr.is_empty() {
            vec![("Pod", &self.pod_cidr, ""), ("Service", &self.service_cidr, "")]
        } else {
            vec![("Global", &self.global_cidr, ", /16 or larger")]
        };
        let network = |(name, cidr, hint): (&str, &String, &str)| {
            let length = cidr.rsplit('/').next().unwrap_or_default();
            json!({ "Name": name, "Cidr": cidr, "Length": length, "Hint": hint })
        };
        named.into_iter().filter(|(_, cidr, _)| !cidr.is_empty()).map(network).collect()
    }
}
