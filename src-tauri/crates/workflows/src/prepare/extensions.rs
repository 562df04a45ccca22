//! Charts of the cluster itself, as a release wants them: from the release where it carries them, else fetched for the plan.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use longshore_cluster::record::RecordedChart;
use longshore_contract::{ErrorCode, WireError, chain};
use longshore_managers::ChartContent;
use longshore_release::{ChartArchive, ClusterExtension, ExtensionChart};
use serde_json::{Value, json};

use super::render::{chart_digest, package};
use super::site::of_application;
use super::{Ingredients, Rendered};
use crate::plan::{ExtensionsWanted, WantedChart, WantedExtension, extension_changes};

/// Helm's flags for what is replaced where it cannot be changed in place; the server's own merging knows no such thing.
const FORCE: [&str; 2] = ["--force-replace", "--server-side=false"];

/// The charts as they would be installed.
#[derive(Default)]
pub(super) struct Own {
    /// Charts, their values and archives.
    pub(super) rendered: Rendered,
    charts: Vec<WantedExtension>,
    images: Vec<String>,
    storage_class: String,
    builtin_overrides: Vec<String>,
}

/// Renders them; none but on Linux hosts, for a cluster that is not ours has what it has.
///
/// # Errors
/// When the document or a chart cannot be read, or a chart be had.
pub(super) async fn rendered(from: &Ingredients<'_>, text: &str) -> Result<Own, WireError> {
    let mut own = Own::default();
    if from.linux.is_none() {
        return Ok(own);
    }
    let found = from.release.extensions_in(text).map_err(|error| package(&chain(&error)))?;
    let config = from.release.cluster().map_err(|error| package(&chain(&error)))?;
    if let Some(config) = config {
        own.storage_class = config.storage_class;
        own.builtin_overrides = config.builtin_overrides;
    }
    own.images = images(from, &found)?;
    for extension in found {
        own.add(from, extension).await?;
    }
    Ok(own)
}

/// Images that they need: those they name; all of the bundle where one does not say which are its own.
fn images(from: &Ingredients<'_>, all: &[ClusterExtension]) -> Result<Vec<String>, WireError> {
    let carried = of_application(from.bundle, from.release)?;
    let carried = carried.into_iter().map(|image| image.reference.clone());
    if all.iter().any(|extension| extension.images.is_none()) {
        return Ok(carried.collect());
    }
    let wanted: BTreeSet<&String> =
        all.iter().flat_map(|extension| extension.images.iter().flatten()).collect();
    Ok(carried.filter(|image| wanted.contains(image)).collect())
}

impl Own {
    /// What a plan is made from.
    pub(super) fn wanted(&self, from: &Ingredients<'_>, held: &[RecordedChart]) -> ExtensionsWanted {
        let Some(linux) = from.linux else { return ExtensionsWanted::default() };
        ExtensionsWanted {
            charts: self.charts.clone(),
            changes: extension_changes(&self.charts, held),
            images: self.images.clone(),
            storage_class: self.storage_class.clone(),
            hosts: linux.content.spec.members.iter().map(|member| member.host.clone()).collect(),
        }
    }

    /// What the document asks for that does not come to be.
    pub(super) fn ignored(&self) -> Option<String> {
        let names = self.builtin_overrides.join(", ");
        let text = format!(
            "The package changes values of embedded-cluster's own charts ({names}). They are not part of the package, so \
             they are not installed here and these values have no effect: what the application needs of them has to be \
             among its extensions."
        );
        (!names.is_empty()).then_some(text)
    }

    async fn add(&mut self, from: &Ingredients<'_>, extension: ClusterExtension) -> Result<(), WireError> {
        let (archive, carried) = archive(from, &extension).await?;
        let values = values(&extension)?;
        let digest = chart_digest(&archive.bytes, &values);
        let kept = if carried { String::new() } else { STANDARD.encode(&archive.bytes) };
        let content = ChartContent { values, digest: digest.clone(), archive: kept };
        self.rendered.contents.insert(extension.name.clone(), content);
        let chart = WantedChart {
            release: extension.name.clone(),
            chart: archive.name,
            version: archive.version,
            namespace: if extension.namespace.is_empty() {
                from.namespace.to_owned()
            } else {
                extension.namespace
            },
            weight: extension.weight,
            flags: flags(extension.force_upgrade, extension.timeout_seconds),
            values_digest: digest,
        };
        self.rendered.archives.insert(extension.name, archive.bytes);
        self.rendered.charts.push(chart.clone());
        self.charts.push(WantedExtension { chart, timeout_seconds: extension.timeout_seconds });
        Ok(())
    }
}

fn flags(force: bool, timeout: Option<u32>) -> Vec<String> {
    let mut flags = vec!["--create-namespace".to_owned()];
    if force {
        flags.extend(FORCE.map(str::to_owned));
    }
    if let Some(seconds) = timeout {
        flags.extend(["--timeout".to_owned(), format!("{seconds}s")]);
    }
    flags
}

fn values(extension: &ClusterExtension) -> Result<Value, WireError> {
    let read: Result<Value, _> = serde_norway::from_str(&extension.values);
    match read {
        Ok(Value::Null) => Ok(json!({})),
        Ok(values @ Value::Object(_)) => Ok(values),
        Ok(_) => Err(package(&format!("The values of extension {} are no map", extension.name))),
        Err(error) => {
            Err(package(&format!("The values of extension {} cannot be read: {error}", extension.name)))
        }
    }
}

/// The chart, and whether the release carries it.
async fn archive(
    from: &Ingredients<'_>,
    extension: &ClusterExtension,
) -> Result<(ChartArchive, bool), WireError> {
    let (release, name) = (from.release, extension.chart.name());
    let found = match &extension.chart {
        ExtensionChart::File(file) => release.archives.iter().find(|archive| archive.file == *file),
        _ => release.archive(name, &extension.version),
    };
    if let Some(found) = found {
        return Ok((found.clone(), true));
    }
    let lacks = format!("Chart {name} {} of extension {}", extension.version, extension.name);
    let (chart, repository) = match &extension.chart {
        ExtensionChart::Repository { url, chart } => (chart.as_str(), Some(url.as_str())),
        ExtensionChart::Registry(url) => (url.as_str(), None),
        ExtensionChart::File(_) | ExtensionChart::Named(_) => {
            return Err(package(&format!("{lacks} is not among the archives of the release")));
        }
    };
    if !from.bundle.images.is_empty() {
        let text = format!("{lacks} lies elsewhere, and the bundle of an airgapped site has to carry it");
        return Err(package(&text));
    }
    let pulled = from.helm.pull(chart, repository, &extension.version).await.map_err(|error| {
        WireError::new(ErrorCode::Unreachable, format!("{lacks} cannot be fetched: {}", chain(&error)))
            .hint("Check that this machine reaches the place, and that the chart has that version.")
    })?;
    let read =
        ChartArchive::read(name, &pulled).map_err(|error| package(&format!("{lacks}: {}", chain(&error))))?;
    Ok((read, false))
}
