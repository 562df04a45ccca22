//! The plan: what a run will do, as plain data, shown before anything changes and frozen when it starts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{HostRole, Phase, Timestamp, Workflow};

/// What a step is expected to take.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Estimate {
    /// Bytes it moves.
    pub bytes: u64,
    /// Seconds it took last time or by rule of thumb; zero when unknown.
    pub seconds: u32,
}

/// One step of a plan. `kind` and `params` are all that is needed to do it again after a crash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct StepSpec {
    /// Unique in the plan, readable: `chart:tidewater-web`. What is done on or to one node of a cluster ends in its name:
    /// `drain:worker-1`; a user interface shows by it how far each node is.
    pub id: String,
    /// Which code does it.
    pub kind: String,
    /// Version of that kind's params; a reader refuses one it does not know.
    pub version: u32,
    /// For people: "Upgrade chart tidewater-web to 1.1.0".
    pub title: String,
    /// The phase it belongs to.
    pub phase: Phase,
    /// Input of the step; never secret.
    #[ts(type = "unknown")]
    pub params: serde_json::Value,
    /// Ids of steps that must be done before.
    pub needs: Vec<String>,
    /// True when what it does cannot be undone.
    pub point_of_no_return: bool,
    /// True when an operator may leave it out after it failed.
    pub may_skip: bool,
    /// Seconds after which it fails.
    pub timeout_seconds: u32,
    /// What it takes.
    pub estimate: Estimate,
}

/// What happens to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Change {
    /// New.
    Add,
    /// Exists, becomes another.
    Change,
    /// Leaves.
    Remove,
    /// Stays as it is.
    Keep,
}

/// One object's change, as YAML with secrets masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ObjectDiff {
    /// Kind of the object.
    pub kind: String,
    /// Namespace, or empty.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// What happens to it.
    pub change: Change,
    /// YAML before; empty when new.
    pub before: String,
    /// YAML after; empty when it leaves.
    pub after: String,
}

/// What happens to one chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ChartChange {
    /// Helm release name.
    pub release: String,
    /// Chart name.
    pub chart: String,
    /// Namespace of the release.
    pub namespace: String,
    /// Version on the site.
    pub from_version: Option<String>,
    /// Version of the release.
    pub to_version: Option<String>,
    /// What happens.
    pub change: Change,
    /// Weight; charts go in ascending order, then by name.
    pub weight: i64,
    /// Rendered objects, before and after.
    pub objects: Vec<ObjectDiff>,
}

/// What happens to one plain manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ManifestChange {
    /// The object.
    pub object: ObjectDiff,
}

/// What happens to one image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImageChange {
    /// Name in the bundle.
    pub reference: String,
    /// Name at the site.
    pub destination: String,
    /// Size of its blobs.
    pub bytes: u64,
    /// Bytes the registry lacks; blobs shared between images are counted once, with the first.
    pub missing_bytes: u64,
}

/// What happens to one config value. Secrets show only that they changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConfigChange {
    /// Item name.
    pub name: String,
    /// Item title.
    pub title: String,
    /// What happens.
    pub change: Change,
    /// Old value, or empty.
    pub old: String,
    /// New value, or empty.
    pub new: String,
    /// True when the values are masked.
    pub secret: bool,
}

/// A step after which there is no way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PointOfNoReturn {
    /// Step id.
    pub step: String,
    /// Why.
    pub why: String,
}

/// What the plan took for granted. Start compares it with the target once more.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Assumptions {
    /// UID of the kube-system namespace.
    pub cluster_uid: String,
    /// Version the installation record named; `None` when there was no installation.
    pub installed_version: Option<String>,
    /// Revision number of the installation record.
    pub revision: u64,
    /// Digest of the config values the plan was rendered with.
    pub config_digest: String,
    /// Digest over the cluster's own charts in the installation record; empty when there were none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[ts(optional, as = "Option<String>")]
    pub extensions_digest: String,
}

/// What happens to one host of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HostChange {
    /// Its address among the site's hosts.
    pub host: String,
    /// Name of its node.
    pub node: String,
    /// What it does in the cluster.
    pub role: HostRole,
    /// `Add` for one that joins, `Change` for one that is upgraded, `Remove` for one that is reset.
    pub change: Change,
    /// Version of Kubernetes on it.
    pub from_version: Option<String>,
    /// Version it shall have.
    pub to_version: Option<String>,
    /// Bytes of files and images that it lacks.
    pub missing_bytes: u64,
}

/// What happens to the cluster of a site of Linux hosts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ClusterChange {
    /// Which program runs it: `kubeadm`, `k0s`.
    pub runtime: String,
    /// Version before; `None` when it is made.
    pub from_version: Option<String>,
    /// Version after; `None` when it leaves.
    pub to_version: Option<String>,
    /// Versions that are passed through, the last one among them.
    pub through: Vec<String>,
    /// Its hosts in the order in which they are worked on.
    pub hosts: Vec<HostChange>,
    /// Workers that are moved to another version at a time; one when it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workers_at_once: Option<u32>,
    /// What can be done when a step of it fails for good: brought back from a backup, or only gone on with.
    pub recovery: String,
}

/// Counts on top of the plan page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PlanSummary {
    /// Charts installed.
    pub charts_added: u32,
    /// Charts upgraded.
    pub charts_changed: u32,
    /// Charts removed.
    pub charts_removed: u32,
    /// Charts left alone.
    pub charts_kept: u32,
    /// Plain manifests applied.
    pub manifests_applied: u32,
    /// Plain manifests pruned.
    pub manifests_pruned: u32,
    /// Images in the release.
    pub images: u32,
    /// Bytes to move to the registry.
    pub bytes_to_move: u64,
    /// Disk the registry needs.
    pub disk_needed: u64,
}

/// The plan of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Plan {
    /// SHA-256 over the plan without this field and `made_at`.
    pub digest: String,
    /// Workflow it is for.
    pub workflow: Workflow,
    /// When it was made.
    pub made_at: Timestamp,
    /// Counts.
    pub summary: PlanSummary,
    /// Steps in order.
    pub steps: Vec<StepSpec>,
    /// Charts in order.
    pub charts: Vec<ChartChange>,
    /// Charts of the cluster itself, which come before the application's: those that leave, then the others in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<ChartChange>>")]
    pub extensions: Vec<ChartChange>,
    /// Plain manifests.
    pub manifests: Vec<ManifestChange>,
    /// Images.
    pub images: Vec<ImageChange>,
    /// Config values.
    pub config: Vec<ConfigChange>,
    /// The cluster, on a site of Linux hosts whose cluster changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterChange>,
    /// Steps without a way back.
    pub points_of_no_return: Vec<PointOfNoReturn>,
    /// What to know before it is approved, in whole sentences: what the site may lack, and settings without an effect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub warnings: Vec<String>,
    /// What it took for granted.
    pub assumptions: Assumptions,
}
