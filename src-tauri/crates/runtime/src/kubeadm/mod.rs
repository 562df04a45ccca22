//! Upstream Kubernetes, made by kubeadm on containerd.

/// The runtime.
#[derive(Debug, Clone, Copy)]
pub struct Kubeadm;
