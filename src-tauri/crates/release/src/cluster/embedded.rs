//! The document of embedded-cluster packages: `embeddedcluster.replicated.com/v1beta1` Config. It has more fields than
//! are read here, and grows by its own rules, so unknown ones are passed over.

use serde::Deserialize;
use serde_norway::Value;

use super::own::yaml;
use longshore_contract::RuntimeKind;

use super::{ClusterConfig, ClusterError, ClusterExtension, ClusterVersion};
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
#[serde(default)]
struct Overrides {
    k0s: Value,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Extensions {
    helm: Option<Helm>,
    helm_charts: Vec<Bundled>,
}

/// Charts by repository: version 2 of embedded-cluster.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Helm {
    charts: Vec<Remote>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Remote {
    name: String,
    chartname: String,
    version: String,
    namespace: String,
    order: i64,
    values: Value,
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

/// By weight, ties by name: upstream's order for bundled charts, and one that does not change from run to run for others.
pub(super) fn extensions(document: &Document) -> Result<Vec<ClusterExtension>, ClusterError> {
    let Extensions { helm, helm_charts } = spec(document)?.extensions;
    let mut all = Vec::new();
    for chart in helm.unwrap_or_default().charts {
        all.push(ClusterExtension {
            name: chart.name,
            chart: chart.chartname,
            version: chart.version,
            namespace: chart.namespace,
            weight: chart.order,
            values: yaml(&chart.values)?,
        });
    }
    for chart in helm_charts {
        let named = if chart.release_name.is_empty() { &chart.chart.name } else { &chart.release_name };
        all.push(ClusterExtension {
            name: named.clone(),
            chart: chart.chart.name,
            version: chart.chart.chart_version,
            namespace: chart.namespace,
            weight: chart.weight,
            values: yaml(&chart.values)?,
        });
    }
    all.sort_by(|a, b| (a.weight, &a.name).cmp(&(b.weight, &b.name)));
    if all.iter().any(|extension| extension.name.is_empty()) {
        return Err(ClusterError::Empty("extension's name"));
    }
    Ok(all)
}
