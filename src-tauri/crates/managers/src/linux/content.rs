//! The cluster that a run makes or changes, as it is kept beside its plan.

use longshore_release::ClusterVersion;
use longshore_runtime::{ClusterSpec, RuntimeKind};
use serde::{Deserialize, Serialize};

/// A host, and its preflight specs: file and text.
pub type HostSpecs = (String, Vec<(String, String)>);

/// What steps on hosts work by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterContent {
    /// Which program runs it.
    pub runtime: RuntimeKind,
    /// What it shall be after the run.
    pub spec: ClusterSpec,
    /// Versions that the bundle carries, files and images by name.
    pub versions: Vec<ClusterVersion>,
    /// Host preflight specs for each host, rendered: host, then file and text.
    pub host_preflights: Vec<HostSpecs>,
}

impl ClusterContent {
    /// What the cluster is at one of the versions that are passed through; `None` when the bundle has no such version.
    pub fn at(&self, version: &str) -> Option<ClusterSpec> {
        let Some(known) = self.versions.iter().find(|known| known.version == version) else {
            return (self.spec.version == version).then(|| self.spec.clone());
        };
        Some(ClusterSpec {
            version: known.version.clone(),
            images: known.images.clone(),
            ..self.spec.clone()
        })
    }
}
