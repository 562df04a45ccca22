//! What a Node says of itself; pure.

use std::net::IpAddr;

use serde_json::Value;

/// Labels by which a node is a controller: kubeadm's, and the one that k0s gives.
const CONTROLLER: [(&str, Option<&str>); 3] = [
    ("node-role.kubernetes.io/control-plane", None),
    ("node-role.kubernetes.io/master", None),
    ("node.k0sproject.io/role", Some("control-plane")),
];

/// Whether a node can run pods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// It can.
    Ready,
    /// It cannot, in its own words: `KubeletNotReady: container runtime network not ready: …`.
    NotReady(String),
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Whether the control plane runs on it.
    pub controller: bool,
    /// Version of its kubelet: `v1.35.4`.
    pub version: String,
    /// Container runtime and its version: `containerd://2.1.4`.
    pub runtime: String,
    /// Whether it can run pods, or why not.
    pub readiness: Readiness,
    /// Whether new pods are kept away.
    pub cordoned: bool,
    /// Its addresses: those inside the cluster first.
    pub addresses: Vec<IpAddr>,
    /// Addresses that its pods get; empty where another part gives them.
    pub pod_cidr: String,
}

impl Node {
    /// Whether it can run pods.
    pub fn is_ready(&self) -> bool {
        self.readiness == Readiness::Ready
    }

    pub(super) fn of(node: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let status = &node["status"];
        Self {
            name: text(&node["metadata"]["name"]),
            controller: is_controller(&node["metadata"]["labels"]),
            version: text(&status["nodeInfo"]["kubeletVersion"]),
            runtime: text(&status["nodeInfo"]["containerRuntimeVersion"]),
            readiness: readiness(status),
            cordoned: node["spec"]["unschedulable"] == true,
            addresses: addresses(status),
            pod_cidr: text(&node["spec"]["podCIDR"]),
        }
    }
}

fn is_controller(labels: &Value) -> bool {
    CONTROLLER.iter().any(|(label, value)| match value {
        Some(value) => labels[*label] == *value,
        None => labels.get(*label).is_some(),
    })
}

fn readiness(status: &Value) -> Readiness {
    let conditions = status["conditions"].as_array().into_iter().flatten();
    let Some(ready) = conditions.into_iter().find(|condition| condition["type"] == "Ready") else {
        return Readiness::NotReady("its kubelet has not reported yet".to_owned());
    };
    if ready["status"] == "True" {
        return Readiness::Ready;
    }
    let text = |field: &str| ready[field].as_str().unwrap_or_default().trim().to_owned();
    let words: Vec<String> =
        [text("reason"), text("message")].into_iter().filter(|words| !words.is_empty()).collect();
    Readiness::NotReady(if words.is_empty() { "it gives no reason".to_owned() } else { words.join(": ") })
}

fn addresses(status: &Value) -> Vec<IpAddr> {
    let all = status["addresses"].as_array().map(Vec::as_slice).unwrap_or_default();
    let of = |kind: &'static str| {
        all.iter()
            .filter(move |address| address["type"] == kind)
            .filter_map(|address| address["address"].as_str()?.parse().ok())
    };
    of("InternalIP").chain(of("ExternalIP")).collect()
}
