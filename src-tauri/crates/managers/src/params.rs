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

/// Step id of a chart's change.
pub fn chart_step(chart: &ChartChange) -> String {
    match chart.change {
        Change::Remove => format!("remove:{}", chart.release),
        _ => format!("chart:{}", chart.release),
    }
}
