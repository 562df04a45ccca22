//! Our own document: `longshore.dev/v1beta1` Cluster.

use serde::Deserialize;
use serde_norway::Value;

use longshore_contract::RuntimeKind;

use super::extension::seconds;
use super::{ClusterConfig, ClusterError, ClusterExtension, ClusterVersion, ExtensionChart, rules};
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
    #[serde(default)]
    extensions: Vec<Extension>,
    storage: Option<Storage>,
}

/// How volumes come about.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Storage {
    default_class: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Extension {
    name: String,
    chart: String,
    #[serde(default)]
    repository: String,
    #[serde(default)]
    version: String,
    namespace: String,
    #[serde(default)]
    weight: i64,
    #[serde(default)]
    values: Value,
    #[serde(default)]
    force_upgrade: bool,
    #[serde(default)]
    timeout: Option<String>,
    #[serde(default)]
    images: Vec<String>,
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

fn cluster(document: &Document) -> Result<Cluster, ClusterError> {
    let content = |error: serde_norway::Error| ClusterError::Content(error.to_string());
    let cluster: Cluster = serde_norway::from_str(&document.text).map_err(content)?;
    if cluster.api_version != API_VERSION {
        let why = format!("its apiVersion is {:?}, and {API_VERSION} is read", cluster.api_version);
        return Err(ClusterError::Content(why));
    }
    Ok(cluster)
}

pub(super) fn read(document: &Document) -> Result<ClusterConfig, ClusterError> {
    let cluster = cluster(document)?;
    let storage_class = match cluster.spec.storage {
        Some(storage) if storage.default_class.is_empty() => {
            return Err(ClusterError::Empty("storage.defaultClass"));
        }
        Some(storage) => storage.default_class,
        None => String::new(),
    };
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
        storage_class,
        extensions: Vec::new(),
        builtin_overrides: Vec::new(),
    };
    rules::check(&config)?;
    Ok(config)
}

/// Charts between the cluster and the application.
pub(super) fn extensions(document: &Document) -> Result<Vec<ClusterExtension>, ClusterError> {
    cluster(document)?.spec.extensions.into_iter().map(extension).collect()
}

fn extension(from: Extension) -> Result<ClusterExtension, ClusterError> {
    let wrong = |why: String| ClusterError::Extension(from.name.clone(), why);
    let timeout_seconds = match &from.timeout {
        Some(text) => {
            Some(seconds(text).ok_or_else(|| wrong(format!("has the timeout {text:?}; write it as 15m")))?)
        }
        None => None,
    };
    if from.namespace.is_empty() {
        return Err(wrong("names no namespace".to_owned()));
    }
    let chart = if !from.repository.is_empty() {
        ExtensionChart::Repository { url: from.repository, chart: from.chart }
    } else if from.chart.starts_with("oci://") {
        ExtensionChart::Registry(from.chart)
    } else {
        ExtensionChart::File(from.chart)
    };
    Ok(ClusterExtension {
        values: yaml(&from.values)?,
        name: from.name,
        chart,
        version: from.version,
        namespace: from.namespace,
        weight: from.weight,
        force_upgrade: from.force_upgrade,
        timeout_seconds,
        images: Some(from.images),
    })
}

/// YAML as a text: as it was written when it is one, nothing for nothing.
pub(super) fn yaml(value: &Value) -> Result<String, ClusterError> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        value => serde_norway::to_string(value).map_err(|error| ClusterError::Content(error.to_string())),
    }
}
