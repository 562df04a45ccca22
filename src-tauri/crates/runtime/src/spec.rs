//! What a cluster shall be, as a plan keeps it, and the hosts it is made of.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use longshore_contract::HostRole;
use longshore_remote::Host;
use serde::{Deserialize, Serialize};

use crate::RuntimeError;
use crate::ask::Asking;
use crate::script::BACKUPS;

/// Which program runs Kubernetes on the hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RuntimeKind {
    /// Upstream Kubernetes by kubeadm, on containerd.
    Kubeadm,
    /// k0s, as embedded-cluster packages carry it.
    K0s,
}

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
    /// `cni/bridge`, `k0s`, `k0s-images.tar`.
    pub name: String,
    /// Where it lies on this machine.
    pub source: PathBuf,
    /// Its SHA-256, hexadecimal.
    pub digest: String,
    /// Its size in bytes.
    pub size: u64,
}

/// Refuses a folder whose removal would take more than the cluster.
pub(crate) fn data_directory(path: &str) -> Result<(), RuntimeError> {
    let parts: Vec<&str> = path.strip_prefix('/').unwrap_or_default().split('/').collect();
    let fits = |part: &&str| !part.is_empty() && *part != "." && *part != "..";
    let strange = path.chars().any(|character| character.is_whitespace() || character.is_control());
    if parts.len() >= 2 && parts.iter().all(|part| fits(part)) && !strange {
        return Ok(());
    }
    Err(RuntimeError::Unsupported {
        what: format!("{path:?} cannot be the folder of the cluster's data"),
        hint: "choose a folder of its own such as /var/lib/longshore-data, without spaces".to_owned(),
    })
}

/// A cluster goes from one minor version to the next and never back. Each version comes with its minor part.
pub(crate) fn step(
    host: &dyn Host,
    (from, old): (&str, Option<u32>),
    (to, new): (&str, Option<u32>),
) -> Result<(), RuntimeError> {
    let (Some(old), Some(new)) = (old, new) else {
        let strange = if old.is_none() { from } else { to };
        let asking = Asking { what: "Upgrading the host", hint: "reset the host and let it join anew" };
        return Err(asking.failed(host, format!("{strange} is no version of Kubernetes")));
    };
    let host = host.name();
    if new < old {
        return Err(RuntimeError::Unsupported {
            what: format!("{host} runs Kubernetes {from}, which cannot go back to {to}"),
            hint: "bring back a backup of the older version".to_owned(),
        });
    }
    if new > old + 1 {
        return Err(RuntimeError::Unsupported {
            what: format!("{host} runs Kubernetes {from}, and {to} skips a minor version"),
            hint: format!("upgrade to 1.{} first", old + 1),
        });
    }
    Ok(())
}

/// The folder of a backup. A label that could lead elsewhere is none.
pub(crate) fn backup_folder(host: &dyn Host, label: &str) -> Result<String, RuntimeError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if label.is_empty() || label.len() > 100 || label.starts_with('.') || !label.bytes().all(fits) {
        let asking = Asking { what: "Backing up the cluster", hint: "use letters, digits, dots and dashes" };
        return Err(asking.failed(host, format!("{label:?} is no name for a backup")));
    }
    Ok(format!("{BACKUPS}/{label}"))
}

#[cfg(test)]
mod tests {
    use longshore_remote::ScriptedHost;

    use super::*;

    #[test]
    fn folders_that_can_be_removed() {
        for good in ["/var/lib/tidewater", "/srv/a", "/mnt/disk/a.b-c"] {
            assert!(data_directory(good).is_ok(), "{good} is refused");
        }
        for bad in ["", "/", "/var", "var/lib", "/var//lib", "/var/..", "/var/lib/", "/var/a b", "/var/a\nb"]
        {
            assert!(data_directory(bad).is_err(), "{bad:?} is taken");
        }
    }

    #[test]
    fn steps_between_versions() {
        let host = ScriptedHost::new("one");
        let table = [
            ("v1.34.4", 34, "v1.35.4", 35, ""),
            ("v1.35.4", 35, "v1.35.4", 35, ""),
            ("v1.35.4", 35, "v1.35.1", 35, ""),
            ("v1.35.4", 35, "v1.34.4", 34, "one runs Kubernetes v1.35.4, which cannot go back to v1.34.4"),
            ("v1.33.1", 33, "v1.35.4", 35, "one runs Kubernetes v1.33.1, and v1.35.4 skips a minor version"),
        ];
        for (from, old, to, new, expected) in table {
            let said = step(&host, (from, Some(old)), (to, Some(new))).err().map(|error| error.to_string());
            assert_eq!(said.unwrap_or_default(), expected, "{from} to {to}");
        }
        let strange =
            step(&host, ("strange", None), ("v1.35.4", Some(35))).expect_err("it is refused").to_string();
        assert_eq!(strange, "Upgrading the host on one failed: strange is no version of Kubernetes");
    }

    #[test]
    fn labels_of_backups() {
        let host = ScriptedHost::new("one");
        assert_eq!(
            backup_folder(&host, "run-1.35").ok().as_deref(),
            Some("/var/lib/longshore/backups/run-1.35")
        );
        for bad in ["", "..", ".x", "a/b", "a b", "a\nb", &"a".repeat(101)] {
            assert!(backup_folder(&host, bad).is_err(), "{bad:?} is taken");
        }
    }
}
