//! The document of embedded-cluster packages: `embeddedcluster.replicated.com/v1beta1` Config. It has more fields than
//! are read here, and grows by its own rules, so unknown ones are passed over.

use serde::Deserialize;
use serde_norway::Value;

use longshore_contract::RuntimeKind;

use super::extension::seconds;
use super::own::yaml;
use super::{ClusterConfig, ClusterError, ClusterExtension, ClusterVersion, ExtensionChart};
use crate::parse::Document;

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    spec: Spec,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Spec {
    version: String,
    unsupported_overrides: Overrides,
    extensions: Extensions,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Overrides {
    k0s: Value,
    built_in_extensions: Vec<BuiltIn>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BuiltIn {
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Extensions {
    helm: Option<Helm>,
    helm_charts: Vec<Bundled>,
}

/// StorageClass of the volumes that embedded-cluster brings.
const STORAGE_CLASS: &str = "openebs-hostpath";

/// Charts by repository: version 2 of embedded-cluster.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Helm {
    repositories: Vec<Repository>,
    charts: Vec<Remote>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Repository {
    name: String,
    url: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Remote {
    name: String,
    #[serde(rename = "chartname")]
    chart: String,
    version: String,
    namespace: String,
    order: i64,
    values: Value,
    timeout: Value,
    /// What is not said means yes there, as it does to k0s.
    force_upgrade: Option<bool>,
}

/// Charts that lie in the release: version 3.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Bundled {
    chart: Named,
    release_name: String,
    namespace: String,
    weight: i64,
    values: Value,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Named {
    name: String,
    chart_version: String,
}

fn spec(document: &Document) -> Result<Spec, ClusterError> {
    let config: Result<Config, _> = serde_norway::from_str(&document.text);
    config.map(|config| config.spec).map_err(|error| ClusterError::Content(error.to_string()))
}

pub(super) fn read(document: &Document) -> Result<ClusterConfig, ClusterError> {
    let spec = spec(document)?;
    let version = kubernetes(&spec.version)?;
    Ok(ClusterConfig {
        runtime: RuntimeKind::K0s,
        image_repository: String::new(),
        versions: vec![ClusterVersion { version, files: Vec::new(), images: Vec::new() }],
        overrides: yaml(&spec.unsupported_overrides.k0s)?,
        storage_class: STORAGE_CLASS.to_owned(),
        extensions: Vec::new(),
        builtin_overrides: spec
            .unsupported_overrides
            .built_in_extensions
            .into_iter()
            .map(|named| named.name)
            .collect(),
    })
}

/// The minor of Kubernetes in a version of embedded-cluster: `2.8.1+k8s-1.30` has `v1.30`.
fn kubernetes(version: &str) -> Result<String, ClusterError> {
    let minor = version.rsplit_once("+k8s-").map(|(_, minor)| minor);
    let minor = minor.filter(|minor| {
        let parts: Vec<&str> = minor.split('.').collect();
        parts.len() == 2 && parts.iter().all(|part| part.parse::<u32>().is_ok())
    });
    let unread = || ClusterError::Version(version.to_owned(), "2.8.1+k8s-1.30 as embedded-cluster does");
    Ok(format!("v{}", minor.ok_or_else(unread)?))
}

pub(super) fn extensions(document: &Document) -> Result<Vec<ClusterExtension>, ClusterError> {
    let Extensions { helm, helm_charts } = spec(document)?.extensions;
    let Helm { repositories, charts } = helm.unwrap_or_default();
    let remote = charts.into_iter().map(|chart| remote(chart, &repositories));
    remote.chain(helm_charts.into_iter().map(bundled)).collect()
}

fn remote(chart: Remote, repositories: &[Repository]) -> Result<ClusterExtension, ClusterError> {
    let wrong = |why: String| ClusterError::Extension(chart.name.clone(), why);
    let source = if chart.chart.starts_with("oci://") {
        ExtensionChart::Registry(chart.chart.clone())
    } else if let Some((named, name)) = chart.chart.split_once('/') {
        let found = repositories.iter().find(|repository| repository.name == named);
        let found = found.ok_or_else(|| {
            wrong(format!("is of the repository {named:?}, which is none of its repositories"))
        })?;
        ExtensionChart::Repository { url: found.url.clone(), chart: name.to_owned() }
    } else {
        ExtensionChart::Named(chart.chart.clone())
    };
    let timeout_seconds = match &chart.timeout {
        Value::Null => None,
        // A bare number counts nanoseconds, as Go's durations do.
        Value::Number(number) => number.as_u64().and_then(|nanos| u32::try_from(nanos / 1_000_000_000).ok()),
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => {
            Some(seconds(text).ok_or_else(|| wrong(format!("has the timeout {text:?}; write it as 15m")))?)
        }
        _ => return Err(wrong("has a timeout that is none; write it as 15m".to_owned())),
    };
    Ok(ClusterExtension {
        values: yaml(&chart.values)?,
        name: chart.name,
        chart: source,
        version: chart.version,
        namespace: chart.namespace,
        weight: chart.order,
        force_upgrade: chart.force_upgrade.unwrap_or(true),
        timeout_seconds: timeout_seconds.filter(|seconds| *seconds > 0),
        images: None,
    })
}

fn bundled(chart: Bundled) -> Result<ClusterExtension, ClusterError> {
    let named = if chart.release_name.is_empty() { &chart.chart.name } else { &chart.release_name };
    Ok(ClusterExtension {
        name: named.clone(),
        chart: ExtensionChart::Named(chart.chart.name.clone()),
        version: chart.chart.chart_version,
        namespace: chart.namespace,
        weight: chart.weight,
        values: yaml(&chart.values)?,
        force_upgrade: false,
        timeout_seconds: None,
        images: None,
    })
}
