//! Charts that are installed between the cluster and the application, and rules that both documents share.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::ClusterError;
use crate::chart::ChartArchive;

/// Letters that Helm lets the name of a release have.
const NAME_LIMIT: usize = 53;

/// Where an extension's chart comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ExtensionChart {
    /// An archive of the release, by its file.
    File(String),
    /// An archive of the release, by its chart's name.
    Named(String),
    /// A chart of a chart repository.
    Repository {
        /// `https://charts.example.com`.
        url: String,
        /// Its name there.
        chart: String,
    },
    /// A chart in an OCI registry: `oci://registry.example.com/charts/disks`.
    Registry(String),
}

impl ExtensionChart {
    /// The chart's own name, as far as it is known without the chart.
    pub fn name(&self) -> &str {
        match self {
            Self::File(name) | Self::Named(name) => name,
            Self::Repository { chart, .. } => chart,
            Self::Registry(url) => url.rsplit('/').next().unwrap_or_default(),
        }
    }
}

/// A chart that is installed between the cluster and the application: `spec.extensions` of our own document,
/// `extensions.helm.charts` and `extensions.helmCharts` of embedded-cluster's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterExtension {
    /// Name of its Helm release.
    pub name: String,
    /// Where its chart comes from.
    pub chart: ExtensionChart,
    /// Version of the chart; empty where the file tells it.
    pub version: String,
    /// Namespace it goes to; empty for the application's.
    pub namespace: String,
    /// Its place: those of smaller weight go first, of the same weight by name.
    pub weight: i64,
    /// Values, as YAML; empty for none.
    pub values: String,
    /// Whether an upgrade replaces objects that cannot be changed in place.
    pub force_upgrade: bool,
    /// Seconds it may take; `None` for as long as charts of the application may.
    pub timeout_seconds: Option<u32>,
    /// Images of the bundle that it needs; `None` where the vendor does not say which are its own.
    pub images: Option<Vec<String>>,
}

/// Extensions in their order, each checked.
pub(super) fn settled(
    mut all: Vec<ClusterExtension>,
    archives: &[ChartArchive],
) -> Result<Vec<ClusterExtension>, ClusterError> {
    // Ties by name: upstream's order for bundled charts, and one that does not change from run to run for others.
    all.sort_by(|a, b| (a.weight, &a.name).cmp(&(b.weight, &b.name)));
    let mut seen = BTreeSet::new();
    for extension in &all {
        let wrong = |why: String| ClusterError::Extension(extension.name.clone(), why);
        check(extension, archives).map_err(wrong)?;
        if !seen.insert(&extension.name) {
            return Err(wrong("is there twice".to_owned()));
        }
    }
    Ok(all)
}

fn check(extension: &ClusterExtension, archives: &[ChartArchive]) -> Result<(), String> {
    let label = |text: &str, limit: usize| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !text.is_empty()
            && text.len() <= limit
            && text.chars().all(plain)
            && !text.starts_with('-')
            && !text.ends_with('-')
    };
    if !label(&extension.name, NAME_LIMIT) {
        return Err(format!("has no name of at most {NAME_LIMIT} small letters, digits and dashes"));
    }
    if !extension.namespace.is_empty() && !label(&extension.namespace, 63) {
        return Err(format!("goes to {:?}, which is no name of a namespace", extension.namespace));
    }
    match &extension.chart {
        ExtensionChart::File(file) if !archives.iter().any(|archive| archive.file == *file) => {
            Err(format!("names the chart {file:?}, and the release has no such file"))
        }
        ExtensionChart::File(_) => Ok(()),
        chart if chart.name().is_empty() => Err("names no chart".to_owned()),
        _ if extension.version.is_empty() => Err("names no version of its chart".to_owned()),
        _ => Ok(()),
    }
}

/// Seconds of a duration as Go writes it: `90s`, `15m`, `1h30m`. `None` for what is none, or no time at all.
pub(super) fn seconds(text: &str) -> Option<u32> {
    let mut total: u64 = 0;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest.get(..end)?.parse().ok()?;
        rest = rest.get(end..)?;
        let unit = match rest.as_bytes().first()? {
            b'h' => 3600,
            b'm' => 60,
            b's' => 1,
            _ => return None,
        };
        rest = rest.get(1..)?;
        total = total.checked_add(number.checked_mul(unit)?)?;
    }
    u32::try_from(total).ok().filter(|seconds| *seconds > 0)
}
