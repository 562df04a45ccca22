//! Steps that bring the state of a cluster on hosts back from a backup.

use longshore_contract::{HostRole, Phase, PointOfNoReturn};
use longshore_managers::params::{ClusterParams, RestoreParams, kind};
use longshore_runtime::Backup;

use super::cluster::{ClusterWanted, NODE, QUICK, after, connect};
use super::steps::Steps;

/// A cluster whose state comes back from a backup.
#[derive(Debug, Clone, PartialEq)]
pub struct RestoreWanted {
    /// The cluster as it was.
    pub cluster: ClusterWanted,
    /// Address of the controller that the backup lies on.
    pub host: String,
    /// The backup.
    pub backup: Backup,
    /// Names this bringing back: the run.
    pub once: String,
}

/// Brings the cluster's state back, then lets its workers follow. Gives the point of no return.
pub(super) fn steps(steps: &mut Steps, wanted: &RestoreWanted) -> PointOfNoReturn {
    let (phase, cluster) = (Phase::Restore, &wanted.cluster);
    let version = cluster.target().to_owned();
    let params = RestoreParams {
        host: wanted.host.clone(),
        label: wanted.backup.label.clone(),
        once: wanted.once.clone(),
    };
    let node = cluster.staying().find(|host| host.host == wanted.host).map(|host| host.node.as_str());
    let id = format!("restore:{}", node.unwrap_or(&wanted.host));
    let title = format!("Bring the cluster's state back on {}", wanted.host);
    after(steps, phase, (&id, kind::CLUSTER_RESTORE), title, params, &[]).timeout_seconds = NODE;
    let workers = cluster.staying().filter(|host| host.role == HostRole::Worker);
    let mut last = Vec::new();
    for host in workers {
        let back = format!("put-back:{}", host.node);
        let title = format!("Put {} back to {version}", host.host);
        let params = cluster.version(host, &version);
        after(steps, phase, (&back, kind::NODE_PUT_BACK), title, params, std::slice::from_ref(&id))
            .timeout_seconds = NODE;
        last.push(back);
    }
    if last.is_empty() {
        last.push(id.clone());
    }
    let nodes: Vec<String> = cluster.staying().map(|host| host.node.clone()).collect();
    let last = connect(steps, phase, &version, &nodes, &last);
    let params = ClusterParams { nodes: Vec::new(), version: version.clone() };
    let title = "Note what the cluster is".to_owned();
    after(steps, phase, ("note", kind::CLUSTER_NOTE), title, params, &[last]).timeout_seconds = QUICK;
    let params = ClusterParams { nodes, version };
    let title = "Wait until all nodes are ready".to_owned();
    after(steps, phase, ("nodes-ready", kind::CLUSTER_READY), title, params, &["note".to_owned()])
        .timeout_seconds = NODE;
    let why = "What changed in the cluster since the backup was made is lost: objects, and what releases were \
        installed. Volumes keep what is in them.";
    PointOfNoReturn { step: id, why: why.to_owned() }
}
