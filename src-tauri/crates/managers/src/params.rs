//! Parameters of each kind of step: all a step needs after a crash, and never a secret. Values of charts and
//! config are in the encrypted store under the digest named here.

use longshore_contract::{Change, ChartChange};
use serde::{Deserialize, Serialize};

use longshore_cluster::record::RecordedChart;

/// Kinds of steps; part of the journal's format, so they are never renamed.
pub mod kind {
    /// Makes the application's namespace.
    pub const NAMESPACE: &str = "namespace";
    /// Puts the registry's credentials where pods find them.
    pub const REGISTRY_ACCESS: &str = "registry-access";
    /// Begins the installation record.
    pub const RECORD_BEGIN: &str = "record-begin";
    /// Pushes images.
    pub const IMAGES: &str = "images";
    /// Runs app preflights.
    pub const APP_PREFLIGHTS: &str = "app-preflights";
    /// Applies and prunes plain manifests.
    pub const MANIFESTS: &str = "manifests";
    /// Installs or upgrades a chart and waits for it.
    pub const CHART: &str = "chart";
    /// Removes a chart, its history kept for a rollback.
    pub const REMOVE_CHART: &str = "remove-chart";
    /// Waits for the status informers.
    pub const READY: &str = "ready";
    /// Writes the revision into the installation record.
    pub const RECORD: &str = "record";
    /// Takes a chart back to a recorded revision.
    pub const ROLL_BACK_CHART: &str = "roll-back-chart";
    /// Applies the manifests of a recorded revision.
    pub const ROLL_BACK_MANIFESTS: &str = "roll-back-manifests";
    /// Makes a recorded revision the live one.
    pub const ROLL_BACK_RECORD: &str = "roll-back-record";
    /// Makes a host ready for a cluster.
    pub const HOST_CONFIGURATION: &str = "host-configuration";
    /// Runs host preflights.
    pub const HOST_PREFLIGHTS: &str = "host-preflights";
    /// Brings a version's files to a host.
    pub const CLUSTER_FILES: &str = "cluster-files";
    /// Brings images to a host's containerd.
    pub const HOST_IMAGES: &str = "host-images";
    /// Makes the cluster on its first controller.
    pub const CLUSTER_MAKE: &str = "cluster-make";
    /// Lets a host join.
    pub const CLUSTER_JOIN: &str = "cluster-join";
    /// Lets the pods of all hosts reach each other.
    pub const CLUSTER_CONNECT: &str = "cluster-connect";
    /// Notes on its controllers what the cluster is.
    pub const CLUSTER_NOTE: &str = "cluster-note";
    /// Waits until all nodes are ready.
    pub const CLUSTER_READY: &str = "cluster-ready";
    /// Backs the cluster's state up.
    pub const CLUSTER_BACKUP: &str = "cluster-backup";
    /// Cordons a node and moves its pods away.
    pub const NODE_DRAIN: &str = "node-drain";
    /// Moves a host to another version.
    pub const NODE_UPGRADE: &str = "node-upgrade";
    /// Lets pods onto a node again.
    pub const NODE_UNCORDON: &str = "node-uncordon";
    /// Takes a node out of the cluster.
    pub const NODE_REMOVE: &str = "node-remove";
    /// Brings the cluster's state back from a backup.
    pub const CLUSTER_RESTORE: &str = "cluster-restore";
    /// Puts a worker back to the version that the cluster has again.
    pub const NODE_PUT_BACK: &str = "node-put-back";
    /// Takes the cluster off a host.
    pub const HOST_RESET: &str = "host-reset";
    /// Installs or upgrades a chart of the cluster itself, and waits for it.
    pub const EXTENSION: &str = "extension";
    /// Removes a chart of the cluster itself.
    pub const REMOVE_EXTENSION: &str = "remove-extension";
    /// Waits until volumes can be had from the default StorageClass.
    pub const STORAGE_CLASS: &str = "storage-class";
}

/// Version of every kind's parameters so far.
pub const VERSION: u32 = 1;

/// Of [`kind::NAMESPACE`], [`kind::REGISTRY_ACCESS`] and [`kind::RECORD_BEGIN`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamespaceParams {
    /// Namespace of the application.
    pub namespace: String,
    /// Application slug.
    pub slug: String,
}

/// Of [`kind::IMAGES`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImagesParams {
    /// Bundle in the library.
    pub bundle: String,
    /// Images by name in the bundle.
    pub images: Vec<String>,
}

/// Of [`kind::APP_PREFLIGHTS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreflightParams {
    /// Namespace of the application.
    pub namespace: String,
}

/// Of [`kind::MANIFESTS`] and [`kind::ROLL_BACK_MANIFESTS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestsParams {
    /// Namespace for objects that name none.
    pub namespace: String,
    /// Application slug.
    pub slug: String,
    /// Digest over the rendered manifests.
    pub digest: String,
    /// Recorded revision they come from, for a rollback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
}

/// Of [`kind::CHART`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartParams {
    /// Helm release name.
    pub release: String,
    /// Chart name.
    pub chart: String,
    /// Chart version.
    pub version: String,
    /// Namespace.
    pub namespace: String,
    /// Weight.
    pub weight: i64,
    /// Vendor's flags.
    pub flags: Vec<String>,
    /// Digest of archive and values; the values are in the encrypted store.
    pub values_digest: String,
}

/// Of [`kind::REMOVE_CHART`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveChartParams {
    /// Helm release name.
    pub release: String,
    /// Namespace.
    pub namespace: String,
}

/// Of [`kind::READY`], [`kind::RECORD`] and [`kind::ROLL_BACK_RECORD`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordParams {
    /// Application slug.
    pub slug: String,
    /// Namespace of the application.
    pub namespace: String,
    /// Version that becomes live.
    pub version: String,
    /// Status informers.
    pub informers: Vec<String>,
    /// Revision the record had when the plan was made.
    pub from_revision: u64,
    /// Digest of the config values.
    pub config_digest: String,
    /// Recorded revision gone back to, for a rollback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_revision: Option<u64>,
    /// Charts of the release; Helm's revisions come from the outputs of their steps.
    #[serde(default)]
    pub charts: Vec<RecordedChart>,
    /// Digest over its plain manifests; empty when it has none.
    #[serde(default)]
    pub manifests_digest: String,
}

/// Of [`kind::ROLL_BACK_CHART`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartRollbackParams {
    /// The chart as recorded, with Helm's revision to go back to.
    pub chart: RecordedChart,
}

/// Of [`kind::EXTENSION`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionParams {
    /// The chart.
    pub chart: ChartParams,
    /// The application whose record names it, and that application's namespace.
    pub record: NamespaceParams,
}

/// Of [`kind::REMOVE_EXTENSION`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveExtensionParams {
    /// The chart.
    pub chart: RemoveChartParams,
    /// The application whose record names it, and that application's namespace.
    pub record: NamespaceParams,
}

/// Of [`kind::STORAGE_CLASS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageClassParams {
    /// Name of the StorageClass.
    pub class: String,
    /// Namespace in which a volume is tried out: the application's.
    pub namespace: String,
}

/// Step id of a change of the cluster's own charts.
pub fn extension_step(chart: &ChartChange) -> String {
    match chart.change {
        Change::Remove => format!("remove-extension:{}", chart.release),
        _ => format!("extension:{}", chart.release),
    }
}

/// Step id of a chart's change.
pub fn chart_step(chart: &ChartChange) -> String {
    match chart.change {
        Change::Remove => format!("remove:{}", chart.release),
        _ => format!("chart:{}", chart.release),
    }
}

/// Of [`kind::HOST_CONFIGURATION`] and [`kind::HOST_RESET`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostParams {
    /// The host's address among the site's hosts.
    pub host: String,
    /// Digest of what its cluster shall be.
    pub cluster: String,
    /// A reset passes over a host that does not answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub force: bool,
}

/// Of [`kind::HOST_PREFLIGHTS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostPreflightParams {
    /// Hosts that are checked.
    pub hosts: Vec<String>,
}

/// Of [`kind::CLUSTER_FILES`], [`kind::CLUSTER_MAKE`], [`kind::CLUSTER_JOIN`], [`kind::NODE_UPGRADE`] and
/// [`kind::NODE_PUT_BACK`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostVersionParams {
    /// The host's address among the site's hosts.
    pub host: String,
    /// Version of Kubernetes.
    pub version: String,
    /// Digest of what the cluster shall be.
    pub cluster: String,
}

/// Of [`kind::HOST_IMAGES`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostImagesParams {
    /// The host's address among the site's hosts.
    pub host: String,
    /// Bundle in the library.
    pub bundle: String,
    /// Images by name in the bundle.
    pub images: Vec<String>,
}

/// Of [`kind::CLUSTER_BACKUP`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupParams {
    /// The controller it is made on.
    pub host: String,
    /// Names the backup: one of each run.
    pub label: String,
}

/// Of [`kind::CLUSTER_RESTORE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreParams {
    /// The controller that the backup lies on.
    pub host: String,
    /// Label of the backup.
    pub label: String,
    /// Names this bringing back: the run.
    pub once: String,
}

/// Of [`kind::CLUSTER_READY`], [`kind::CLUSTER_CONNECT`] and [`kind::CLUSTER_NOTE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterParams {
    /// Names of the nodes that have to be ready, or that the cluster has by then; empty for all of the plan.
    pub nodes: Vec<String>,
    /// Version that is noted, and that their kubelets have.
    pub version: String,
}

/// Of [`kind::NODE_DRAIN`], [`kind::NODE_UNCORDON`] and [`kind::NODE_REMOVE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeParams {
    /// Name of the node.
    pub node: String,
    /// Version after which it is uncordoned; empty for another reason.
    #[serde(default)]
    pub version: String,
}
