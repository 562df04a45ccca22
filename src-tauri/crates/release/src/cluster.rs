//! What a release says of the cluster that it wants on Linux hosts.
//!
//! Two documents are read: our own `longshore.dev/v1beta1` Cluster, which names files and images that the bundle
//! carries, and the `embeddedcluster.replicated.com/v1beta1` Config of embedded-cluster packages.

use serde::{Deserialize, Serialize};

/// Which program runs Kubernetes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClusterRuntime {
    /// Upstream Kubernetes by kubeadm.
    Kubeadm,
    /// k0s.
    K0s,
}

/// A file for hosts, carried in the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterFile {
    /// What it is: `kubelet`, `cni/bridge`.
    pub name: String,
    /// The bundle's member that it is: `cluster/v1.35.4/amd64/kubelet`.
    pub path: String,
}

/// One version of Kubernetes that the bundle carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterVersion {
    /// With a `v`: `v1.35.4`, `v1.35.4+k0s.0`.
    pub version: String,
    /// Files for hosts.
    #[serde(default)]
    pub files: Vec<ClusterFile>,
    /// Images it is made of; they are among the bundle's.
    #[serde(default)]
    pub images: Vec<String>,
}

/// The cluster that a release wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterConfig {
    /// Which program runs it.
    pub runtime: ClusterRuntime,
    /// Where its images are named to lie.
    pub image_repository: String,
    /// Versions in ascending order, each a minor after the one before: the last is the one that is wanted, those
    /// before it are passed through by sites that run an older one.
    pub versions: Vec<ClusterVersion>,
    /// What the vendor adds to the runtime's configuration, as YAML; empty for none.
    pub overrides: String,
}
