//! A real cluster on the host, by kubeadm.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::build::KUBERNETES;
use crate::files::write;
use crate::image::REPOSITORY;
use crate::node::{INSIDE, inside};
use crate::process::{run, until};
use crate::state::{Place, Started};

/// kubeadm's configuration. kubelet's own limits are parts of the disk, which a developer's disk is often past:
/// it would then evict every pod and delete every image.
fn config() -> String {
    format!(
        "apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint:
  advertiseAddress: {INSIDE}
nodeRegistration:
  name: node
  criSocket: unix:///run/containerd/containerd.sock
  imagePullPolicy: Never
  ignorePreflightErrors: [SystemVerification, Swap, NumCPU, Mem, Hostname, FileExisting-tc]
  taints: []
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v{KUBERNETES}
imageRepository: {REPOSITORY}
networking:
  podSubnet: 10.214.0.0/24
  serviceSubnet: 10.215.0.0/16
controllerManager:
  extraArgs:
    - name: allocate-node-cidrs
      value: \"false\"
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
evictionHard:
  memory.available: 100Mi
  nodefs.available: 1Gi
  imagefs.available: 1Gi
  nodefs.inodesFree: 1%
imageGCHighThresholdPercent: 100
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
conntrack:
  maxPerCore: 0
  min: 0
"
    )
}

/// Brings the components' images to containerd; what is there stays.
pub fn import(node: Started) -> Result<()> {
    inside(node, &["ctr", "-n", "k8s.io", "images", "import", "/var/lib/lab/components.tar"]).map(drop)
}

/// Makes the cluster and waits until its node is ready.
pub fn init(place: &Place, node: Started) -> Result<()> {
    write(&place.node().join("etc/kubernetes/lab.yaml"), 0o600, &config())?;
    let said = inside(
        node,
        &["kubeadm", "init", "--config", "/etc/kubernetes/lab.yaml", "--skip-phases=addon/coredns"],
    );
    said.context("kubeadm could not make the cluster")?;
    let admin = fs::read_to_string(place.node().join("etc/kubernetes/admin.conf"))?;
    write(&place.run().join("kubeconfig"), 0o600, &admin)?;
    until("a ready node", Duration::from_mins(2), None, || {
        let ready = kubectl(
            place,
            &["get", "node", "node", "-o", "jsonpath={.status.conditions[?(@.type=='Ready')].status}"],
        )?;
        if ready == "True" { Ok(()) } else { bail!("the node is not ready") }
    })?;
    until("the default service account", Duration::from_mins(1), None, || {
        kubectl(place, &["get", "serviceaccount", "default", "-n", "default"]).map(drop)
    })
}

/// Runs kubectl against the cluster.
pub fn kubectl(place: &Place, arguments: &[&str]) -> Result<String> {
    run(Command::new(place.run().join("kubectl"))
        .arg("--kubeconfig")
        .arg(place.run().join("kubeconfig"))
        .args(arguments))
}
