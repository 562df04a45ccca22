//! Which program runs Kubernetes on Linux hosts.

use serde::{Deserialize, Serialize};

/// The program, by its own name in JSON and in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuntimeKind {
    /// Upstream Kubernetes by kubeadm, on containerd.
    Kubeadm,
    /// k0s, as embedded-cluster packages carry it.
    K0s,
}

impl std::fmt::Display for RuntimeKind {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Kubeadm => "kubeadm",
            Self::K0s => "k0s",
        })
    }
}
