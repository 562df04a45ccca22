//! The configuration that kubeadm reads, of its version v1beta4 (Kubernetes 1.31 and later).

use std::net::IpAddr;

use longshore_contract::HostRole;
use serde_json::{Value, json};

use super::token::Token;
use crate::host::Cidr;
use crate::kubelet::settings;
use crate::overrides::{merge, parse};
use crate::survey::Survey;
use crate::{ClusterSpec, Member, MemberSpec, RuntimeError};

/// Where containerd listens.
pub(crate) const SOCKET: &str = "unix:///run/containerd/containerd.sock";
const KUBEADM: &str = "kubeadm.k8s.io/v1beta4";
const KINDS: [&str; 5] = [
    "InitConfiguration",
    "ClusterConfiguration",
    "KubeletConfiguration",
    "KubeProxyConfiguration",
    "JoinConfiguration",
];

/// Images that run on controllers alone.
pub(super) const CONTROL_PLANE: [&str; 4] =
    ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"];

/// Whether the cluster has a DNS of its own: where its image is among those that are brought.
pub(crate) fn has_dns(spec: &ClusterSpec) -> bool {
    spec.images.iter().any(|image| image_name(image) == "coredns")
}

/// `kube-proxy` of `registry.k8s.io/kube-proxy:v1.35.4@sha256:…`.
pub(crate) fn image_name(image: &str) -> &str {
    let plain = image.split('@').next().unwrap_or(image);
    let last = plain.rsplit('/').next().unwrap_or(plain);
    last.split(':').next().unwrap_or(last)
}

/// The image that every pod begins with.
pub(crate) fn pause(spec: &ClusterSpec) -> Option<&str> {
    spec.images.iter().map(String::as_str).find(|image| image_name(image) == "pause")
}

/// Where etcd keeps its data.
pub(crate) fn etcd(data: &str) -> String {
    format!("{data}/etcd")
}

/// What of kubeadm's own checks is no reason to stop on this host. Processors and memory are judged by host preflights,
/// where a person may have waived them; the rest cannot be looked at or is taken into account by us.
pub(crate) fn waived(survey: &Survey) -> Vec<&'static str> {
    let mut names = vec!["Mem", "NumCPU"];
    if !survey.kernel_config || survey.cgroup == 1 {
        names.push("SystemVerification");
    }
    if survey.swap {
        names.push("Swap");
    }
    names
}

/// Slow disks and few processors take their time, which is no failure.
fn timeouts() -> Value {
    json!({
        "controlPlaneComponentHealthCheck": "8m0s",
        "kubeletHealthCheck": "4m0s",
        "etcdAPICall": "4m0s",
        "tlsBootstrap": "8m0s",
        "discovery": "4m0s",
        "upgradeManifests": "8m0s"
    })
}

fn registration(member: &MemberSpec, survey: &Survey) -> Value {
    json!({
        "name": member.node,
        "criSocket": SOCKET,
        "imagePullPolicy": "Never",
        // Controllers take part in the application's work.
        "taints": [],
        "kubeletExtraArgs": [{"name": "node-ip", "value": member.address.to_string()}],
        "ignorePreflightErrors": waived(survey)
    })
}

/// Phases that are left out: no CoreDNS without its image, and nobody reads how others would join by hand.
fn skipped(spec: &ClusterSpec, always: &[&'static str]) -> Vec<&'static str> {
    let mut phases = always.to_vec();
    if !has_dns(spec) {
        phases.push("addon/coredns");
    }
    phases
}

fn cluster(spec: &ClusterSpec) -> Value {
    json!({
        "apiVersion": KUBEADM,
        "kind": "ClusterConfiguration",
        "clusterName": spec.name,
        "kubernetesVersion": spec.version,
        "controlPlaneEndpoint": spec.endpoint,
        "imageRepository": spec.image_repository,
        "networking": {
            "podSubnet": spec.pod_cidr, "serviceSubnet": spec.service_cidr, "dnsDomain": "cluster.local"
        },
        "etcd": {"local": {"dataDir": etcd(&spec.data_directory)}},
        "apiServer": {"certSANs": spec.certificate_names()}
    })
}

fn kubelet(survey: &Survey) -> Value {
    let mut value = settings(survey);
    value["apiVersion"] = json!("kubelet.config.k8s.io/v1beta1");
    value["kind"] = json!("KubeletConfiguration");
    value["cgroupDriver"] = json!(if survey.cgroup == 2 { "systemd" } else { "cgroupfs" });
    value
}

fn proxy(survey: &Survey) -> Value {
    let mut value =
        json!({"apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration"});
    if survey.conntrack_fixed {
        value["conntrack"] = json!({"maxPerCore": 0, "min": 0});
    }
    value
}

/// Documents with the vendor's changes, as one YAML text. Changes to kinds that are not in it are for another time.
fn documents(mut ours: Vec<Value>, spec: &ClusterSpec) -> Result<String, RuntimeError> {
    for (kind, patch) in parse(&spec.overrides, &KINDS)? {
        for document in ours.iter_mut().filter(|document| document["kind"] == kind.as_str()) {
            merge(document, &patch);
        }
    }
    let mut text = String::new();
    for document in &ours {
        let yaml = serde_norway::to_string(document).map_err(|error| RuntimeError::Unsupported {
            what: format!("The cluster configuration cannot be written: {error}"),
            hint: "Ask the vendor for a package whose cluster configuration is right.".to_owned(),
        })?;
        text.push_str("---\n");
        text.push_str(&yaml);
    }
    Ok(text)
}

/// What `kubeadm init` reads.
pub(crate) fn init(first: &MemberSpec, spec: &ClusterSpec, survey: &Survey) -> Result<String, RuntimeError> {
    let init = json!({
        "apiVersion": KUBEADM,
        "kind": "InitConfiguration",
        "localAPIEndpoint": {"advertiseAddress": first.address.to_string(), "bindPort": spec.api_port()},
        "nodeRegistration": registration(first, survey),
        "skipPhases": skipped(spec, &["show-join-command"]),
        "timeouts": timeouts()
    });
    documents(vec![init, cluster(spec), kubelet(survey), proxy(survey)], spec)
}

/// What `kubeadm join` reads. Holds the token.
pub(crate) fn join(
    member: &MemberSpec,
    spec: &ClusterSpec,
    survey: &Survey,
    token: &Token,
) -> Result<String, RuntimeError> {
    let mut join = json!({
        "apiVersion": KUBEADM,
        "kind": "JoinConfiguration",
        "discovery": {
            "bootstrapToken": {
                "apiServerEndpoint": spec.endpoint, "token": token.secret, "caCertHashes": token.hashes
            }
        },
        "nodeRegistration": registration(member, survey),
        "timeouts": timeouts()
    });
    if member.role == HostRole::Controller {
        join["controlPlane"] = json!({
            "localAPIEndpoint": {"advertiseAddress": member.address.to_string(), "bindPort": spec.api_port()},
            "certificateKey": token.certificate_key
        });
    }
    documents(vec![join], spec)
}

/// What `kubeadm upgrade` reads.
pub(crate) fn upgrade(spec: &ClusterSpec, survey: &Survey) -> Result<String, RuntimeError> {
    let mut ignored = waived(survey);
    if !has_dns(spec) {
        ignored.extend(["CoreDNSMigration", "CoreDNSUnsupportedPlugins"]);
    }
    let side = json!({
        "imagePullPolicy": "Never",
        "ignorePreflightErrors": ignored,
        "skipPhases": skipped(spec, &[])
    });
    let upgrade = json!({
        "apiVersion": KUBEADM,
        "kind": "UpgradeConfiguration",
        "apply": side,
        "node": side,
        "timeouts": timeouts()
    });
    documents(vec![upgrade], spec)
}

/// The pods' network on one host; `@subnet@` stands for the host's part of the addresses.
pub(crate) fn cni(spec: &ClusterSpec) -> String {
    let everywhere = if spec.pod_cidr.contains(':') { "::/0" } else { "0.0.0.0/0" };
    let conf = json!({
        "cniVersion": "0.4.0",
        "name": "longshore",
        "plugins": [
            {
                "type": "bridge", "bridge": "longshore0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
                "ipam": {
                    "type": "host-local", "ranges": [[{"subnet": "@subnet@"}]], "routes": [{"dst": everywhere}]
                }
            },
            {"type": "portmap", "capabilities": {"portMappings": true}}
        ]
    });
    format!("{conf:#}")
}

/// What the first node gets of the pods' addresses: the first /24, which is what controllers of Kubernetes give to whoever
/// comes first. `None` where a vendor changes what they do or the networks, and it is theirs to say.
pub(crate) fn first_subnet(spec: &ClusterSpec) -> Option<String> {
    const NODE: u8 = 24;
    let (address, prefix) = spec.pod_cidr.split_once('/')?;
    let changed = parse(&spec.overrides, &KINDS)
        .ok()?
        .iter()
        .any(|(_, patch)| ["controllerManager", "networking"].iter().any(|field| patch.get(field).is_some()));
    let fits = !changed && prefix.parse::<u8>().is_ok_and(|prefix| prefix <= NODE);
    let address: std::net::Ipv4Addr = address.parse().ok()?;
    fits.then(|| Cidr::around(address.into(), NODE).to_string())
}

/// Refuses what kubeadm or the network would stumble over half-way.
pub(crate) fn check(spec: &ClusterSpec, member: &Member, survey: &Survey) -> Result<(), RuntimeError> {
    let refuse = |what: String, hint: &str| Err(RuntimeError::Unsupported { what, hint: hint.to_owned() });
    let host = member.host.name();
    let Some(minor) = super::minor(&spec.version) else {
        return refuse(
            format!("{:?} is no version of Kubernetes", spec.version),
            "Ask the vendor for a package whose version of Kubernetes has the form v1.35.4.",
        );
    };
    if minor < super::OLDEST {
        return refuse(
            format!(
                "Kubernetes {} is older than 1.{}, the oldest that can be made here",
                spec.version,
                super::OLDEST
            ),
            "Choose a release with a newer Kubernetes.",
        );
    }
    crate::admit::data_directory(&spec.data_directory)?;
    if minor >= 36 && survey.cgroup == 1 {
        return refuse(
            format!("{host} has cgroup v1, and Kubernetes {} needs cgroup v2", spec.version),
            "Boot the host with systemd.unified_cgroup_hierarchy=1, or choose a release with Kubernetes 1.35.",
        );
    }
    if pause(spec).is_none() {
        return refuse(
            "The release names no pause image among those of the cluster".to_owned(),
            "Ask the vendor for a package with the image that every pod begins with.",
        );
    }
    if !fits(&spec.pod_cidr, spec.members.len()) {
        return refuse(
            format!("{} has not room for the pods of {} hosts", spec.pod_cidr, spec.members.len()),
            "Choose a larger range of addresses for pods, a /16 for instance; each host takes a /24 of it (IPv6: a /64).",
        );
    }
    Ok(())
}

/// Whether each host gets its part of the pods' addresses.
fn fits(cidr: &str, hosts: usize) -> bool {
    let Some((address, length)) = cidr.split_once('/') else { return false };
    let (Ok(address), Ok(length)) = (address.parse::<IpAddr>(), length.parse::<u32>()) else { return false };
    let part: u32 = if address.is_ipv4() { 24 } else { 64 };
    // The controller manager refuses more than 16 bits of parts.
    part.checked_sub(length).is_some_and(|bits| bits <= 16 && hosts <= 1 << bits)
}
