//! What a frozen plan refers to by digest: rendered values and texts, encrypted in the store, and the bundle.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use longshore_bundle::{BundleRecord, Library};
use longshore_cluster::Cluster;
use longshore_cluster::helm::Helm;
use longshore_config::Values;
use longshore_contract::{ChecksReport, RegistrySettings, RunId};
use longshore_release::Release;
use serde::{Deserialize, Serialize};

use crate::linux::ClusterContent;
use serde_json::Value;

/// Which release a run brings, as the installation record names it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// Application slug.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Icon, as a data URI.
    pub icon: String,
    /// Version.
    pub version: String,
    /// Channel id.
    pub channel_id: String,
    /// Channel name.
    pub channel: String,
    /// Place in its channel.
    pub cursor: String,
    /// Whether it is a required release.
    pub required: bool,
}

/// One chart's merged values, by Helm release name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChartContent {
    /// Merged values.
    pub values: Value,
    /// Digest of archive and values.
    pub digest: String,
    /// The archive in base64, where the release does not carry it and it was fetched for the plan.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub archive: String,
}

impl ChartContent {
    /// The archive that was fetched for the plan; `None` where the release carries it.
    ///
    /// # Errors
    /// When what was kept is no base64.
    pub fn fetched(&self) -> Result<Option<Vec<u8>>, base64::DecodeError> {
        if self.archive.is_empty() { Ok(None) } else { STANDARD.decode(&self.archive).map(Some) }
    }
}

/// Config values as people gave them, and those that were made at random.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigContent {
    /// Given.
    pub given: Values,
    /// Made once.
    pub generated: BTreeMap<String, String>,
    /// Of those given, the items whose value is that of the base which the site follows: they follow it on.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub inherited: BTreeSet<String>,
}

/// All that was rendered when the plan was frozen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// The release.
    pub identity: Identity,
    /// Charts by Helm release name.
    pub charts: BTreeMap<String, ChartContent>,
    /// Charts of the cluster itself, by Helm release name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extensions: BTreeMap<String, ChartContent>,
    /// Plain manifests, in one text.
    pub manifests: String,
    /// App preflight specs, rendered: file and text.
    pub preflights: Vec<(String, String)>,
    /// Config values.
    pub config: ConfigContent,
    /// The release's Config, as the vendor wrote it; empty when it has none.
    pub config_spec: String,
    /// The cluster of Linux hosts that the run makes, changes or stands on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterContent>,
}

/// What bodies of steps are made of, besides their parameters.
#[derive(Clone)]
pub struct Materials {
    /// The site's cluster.
    pub cluster: Arc<Cluster>,
    /// Helm.
    pub helm: Helm,
    /// Blobs.
    pub library: Arc<Library>,
    /// The bundle, when the release comes from one.
    pub bundle: Option<Arc<BundleRecord>>,
    /// The release; `None` for a rollback.
    pub release: Option<Arc<Release>>,
    /// What was rendered.
    pub content: Arc<Content>,
    /// The site's registry, its password included.
    pub registry: Option<RegistrySettings>,
    /// The run.
    pub run: RunId,
    /// Who started it.
    pub who: String,
    /// Digest of its plan.
    pub plan_digest: String,
    /// Checks that are judged anew; `None` for all.
    pub again: Option<Arc<Again>>,
}

/// Some checks are judged anew, the others keep what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// Their titles.
    pub titles: Vec<String>,
    /// What was found before.
    pub before: ChecksReport,
}

impl Again {
    /// `fresh` for the checks that are judged anew, and what was found before for the others.
    pub fn over(&self, fresh: ChecksReport) -> ChecksReport {
        let mut anew = fresh.results.into_iter().filter(|result| self.titles.contains(&result.title));
        let mut results: Vec<_> = Vec::new();
        for known in &self.before.results {
            if self.titles.contains(&known.title) {
                results.extend(anew.next());
            } else {
                results.push(known.clone());
            }
        }
        results.extend(anew);
        ChecksReport { results, at: fresh.at }
    }
}
