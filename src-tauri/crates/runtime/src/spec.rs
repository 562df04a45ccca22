//! What a cluster shall be, as a plan keeps it, and the hosts it is made of.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use longshore_contract::HostRole;
use longshore_remote::Host;
use serde::{Deserialize, Serialize};

/// A host of the cluster, as a plan keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberSpec {
    /// The host's address among the site's hosts, as ssh takes it.
    pub host: String,
    /// Name of its node: the host's own name in small letters.
    pub node: String,
    /// Address by which the others reach it.
    pub address: IpAddr,
    /// What it does.
    pub role: HostRole,
}

/// What a cluster shall be. Plain data without secrets: it lies in the frozen plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterSpec {
    /// Name of the cluster: the application's slug.
    pub name: String,
    /// Version of Kubernetes with a `v`; for k0s its own, `v1.35.4+k0s.0`.
    pub version: String,
    /// Where the images of the control plane are named to lie: `registry.k8s.io`.
    pub image_repository: String,
    /// Images the cluster itself is made of, by their whole names. They are in the hosts' containerd before the cluster
    /// is made; nothing is pulled.
    pub images: Vec<String>,
    /// Folder on each host for the cluster's data.
    pub data_directory: String,
    /// Addresses of pods, in CIDR form.
    pub pod_cidr: String,
    /// Addresses of services.
    pub service_cidr: String,
    /// `host:port` by which nodes reach the API: the first controller's address, or a load balancer's.
    pub endpoint: String,
    /// More names that the API server's certificate is for.
    pub names: Vec<String>,
    /// HTTP proxy for the container runtime, or empty.
    pub http_proxy: String,
    /// HTTPS proxy, or empty.
    pub https_proxy: String,
    /// What is reached without the proxy; made complete already.
    pub no_proxy: String,
    /// All hosts of the cluster, the first controller first.
    pub members: Vec<MemberSpec>,
    /// What the vendor adds to the runtime's own configuration, as YAML; empty for none.
    pub overrides: String,
}

impl ClusterSpec {
    /// Host and port by which nodes reach the API, brackets taken off.
    pub(crate) fn endpoint_parts(&self) -> (&str, u16) {
        let (host, port) = self.endpoint.rsplit_once(':').unwrap_or((&self.endpoint, "6443"));
        (host.trim_matches(['[', ']']), port.parse().unwrap_or(6443))
    }

    /// Whether nodes come to a controller itself, not through a load balancer.
    pub(crate) fn is_direct(&self) -> bool {
        let host = self.endpoint_parts().0;
        self.members.iter().any(|member| member.address.to_string() == host || member.node == host)
    }

    /// The port that API servers of ours listen on: the endpoint's own where no load balancer stands before it.
    pub(crate) fn api_port(&self) -> u16 {
        if self.is_direct() { self.endpoint_parts().1 } else { 6443 }
    }

    /// What the API server's certificate is for, each once.
    pub(crate) fn certificate_names(&self) -> Vec<String> {
        let mut names =
            vec!["localhost".to_owned(), "127.0.0.1".to_owned(), self.endpoint_parts().0.to_owned()];
        let controllers = self.members.iter().filter(|member| member.role == HostRole::Controller);
        names.extend(controllers.flat_map(|member| [member.node.clone(), member.address.to_string()]));
        names.extend(self.names.iter().cloned());
        let mut once: Vec<String> = Vec::new();
        for name in names {
            if !once.contains(&name) {
                once.push(name);
            }
        }
        once
    }
}

/// A host of the cluster that can be asked.
#[derive(Clone)]
pub struct Member {
    /// The way to it.
    pub host: Arc<dyn Host>,
    /// What the plan says of it.
    pub spec: MemberSpec,
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Member").field("spec", &self.spec).finish_non_exhaustive()
    }
}

/// A file of the runtime that is brought to hosts: a blob of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostFile {
    /// What it is: `kubeadm`, `kubelet`, `kubectl`, `containerd`, `containerd-shim-runc-v2`, `ctr`, `runc`,
    /// `cni/bridge`, `etcdctl`, `etcdutl` (both, or backups stop etcd for a moment), `k0s`, `k0s-images.tar`.
    pub name: String,
    /// Where it lies on this machine.
    pub source: PathBuf,
    /// Its SHA-256, hexadecimal.
    pub digest: String,
    /// Its size in bytes.
    pub size: u64,
}
