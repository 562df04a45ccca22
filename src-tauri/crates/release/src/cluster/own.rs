//! Our own document: `longshore.dev/v1beta1` Cluster.

use serde::Deserialize;
use serde_norway::Value;

use longshore_contract::RuntimeKind;

use super::{ClusterConfig, ClusterError, ClusterVersion, rules};
use crate::parse::Document;

const API_VERSION: &str = "longshore.dev/v1beta1";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Cluster {
    api_version: String,
    #[serde(rename = "kind")]
    _kind: String,
    #[serde(rename = "metadata", default)]
    _metadata: Value,
    spec: Spec,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    kubeadm: Option<Runtime>,
    k0s: Option<Runtime>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Runtime {
    #[serde(default)]
    image_repository: String,
    versions: Vec<ClusterVersion>,
    #[serde(default)]
    overrides: Value,
}

/// Whether the document is one of ours.
pub(super) fn is(document: &Document) -> bool {
    let ours = |line: &str| {
        line.strip_prefix("apiVersion:")
            .is_some_and(|value| value.trim().trim_matches(['"', '\'']).starts_with("longshore.dev/"))
    };
    document.text.lines().any(ours)
}

pub(super) fn read(document: &Document) -> Result<ClusterConfig, ClusterError> {
    let content = |error: serde_norway::Error| ClusterError::Content(error.to_string());
    let cluster: Cluster = serde_norway::from_str(&document.text).map_err(content)?;
    if cluster.api_version != API_VERSION {
        let why = format!("its apiVersion is {:?}, and {API_VERSION} is read", cluster.api_version);
        return Err(ClusterError::Content(why));
    }
    let (runtime, spec) = match (cluster.spec.kubeadm, cluster.spec.k0s) {
        (Some(spec), None) => (RuntimeKind::Kubeadm, spec),
        (None, Some(spec)) => (RuntimeKind::K0s, spec),
        (Some(_), Some(_)) => return Err(ClusterError::Runtimes("both")),
        (None, None) => return Err(ClusterError::Runtimes("none")),
    };
    let config = ClusterConfig {
        runtime,
        image_repository: spec.image_repository,
        versions: spec.versions,
        overrides: yaml(&spec.overrides)?,
    };
    rules::check(&config)?;
    Ok(config)
}

/// YAML as a text: as it was written when it is one, nothing for nothing.
pub(super) fn yaml(value: &Value) -> Result<String, ClusterError> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        value => serde_norway::to_string(value).map_err(|error| ClusterError::Content(error.to_string())),
    }
}
