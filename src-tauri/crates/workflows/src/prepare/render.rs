//! A release rendered with config values: charts with their values, manifests, preflights, informers.

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_cluster::helm::Upgrade;
use longshore_config::{Engine, Evaluation, HelmChart, Lookup, resolve_chart};
use longshore_contract::{Timestamp, WireError, chain};
use longshore_engine::plan_digest::{canonical, sha256};
use longshore_managers::{ChartContent, ConfigContent};
use longshore_release::{Document, Release};
use serde_json::Value;

use super::{Facts, evaluation};
use crate::plan::WantedChart;

/// A rendered release.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rendered {
    /// Charts that are not excluded.
    pub charts: Vec<WantedChart>,
    /// Their values, by Helm release name.
    pub contents: BTreeMap<String, ChartContent>,
    /// Plain manifests in one text; empty when there are none.
    pub manifests: String,
    /// App preflight specs: file and text.
    pub preflights: Vec<(String, String)>,
    /// Status informers.
    pub informers: Vec<String>,
    /// Values that must be in no plan: passwords and files, now and before.
    pub secrets: Vec<String>,
    /// The cluster document, on a site of Linux hosts; empty when there is none.
    pub cluster: String,
    /// Archives of charts that the release does not carry, by Helm release name.
    pub archives: BTreeMap<String, Vec<u8>>,
}

impl Rendered {
    /// What helm is given for a chart of `release`, of which this was rendered; `None` when it is not wanted.
    pub(crate) fn upgrade<'a>(&'a self, release: &'a Release, name: &str) -> Option<Upgrade<'a>> {
        let want = self.charts.iter().find(|want| want.release == name)?;
        let content = self.contents.get(name)?;
        let carried = || Some(release.archive(&want.chart, &want.version)?.bytes.as_slice());
        let archive = self.archives.get(name).map(Vec::as_slice).or_else(carried);
        Some(Upgrade {
            release: &want.release,
            namespace: &want.namespace,
            archive: archive.unwrap_or_default(),
            values: &content.values,
            digest: &content.digest,
            flags: &want.flags,
        })
    }
}

/// Renders a release.
///
/// # Errors
/// When a template fails or a chart's archive is not in the release.
pub fn render(
    release: &Release,
    evaluation: &Arc<Evaluation>,
    facts: &Facts,
    namespace: &str,
    now: Timestamp,
) -> Result<Rendered, WireError> {
    let at = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
    let lookup: Arc<dyn Lookup> = Arc::<Evaluation>::clone(evaluation);
    let engine = Engine::new(&lookup, &facts.context, at);
    let mut rendered = Rendered::default();
    for document in &release.charts {
        let chart = resolve_chart(&document.file, &document.text, &engine)
            .map_err(|error| package(&chain(&error)))?;
        if !chart.excluded {
            add_chart(&mut rendered, release, &document.file, chart, namespace)?;
        }
    }
    for document in &release.manifests {
        let text = text(document, &engine)?;
        if !text.trim().is_empty() {
            rendered.manifests.push_str("---\n");
            rendered.manifests.push_str(text.trim_end());
            rendered.manifests.push('\n');
        }
    }
    for document in &release.preflights {
        rendered.preflights.push((document.file.clone(), text(document, &engine)?));
    }
    for informer in &release.application.status_informers {
        let name = engine
            .render(informer)
            .map_err(|error| package(&format!("Status informer {informer}: {error}")))?;
        if !name.trim().is_empty() {
            rendered.informers.push(name.trim().to_owned());
        }
    }
    Ok(rendered)
}

/// Host preflight specs of a release, rendered: file and text.
///
/// # Errors
/// When a template fails.
pub(crate) fn host_preflights(
    release: &Release,
    values: &ConfigContent,
    facts: &Facts,
    now: Timestamp,
) -> Result<Vec<(String, String)>, WireError> {
    let at = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
    let lookup: Arc<dyn Lookup> = Arc::new(evaluation(release, values, facts, now)?);
    let engine = Engine::new(&lookup, &facts.context, at);
    release
        .host_preflights
        .iter()
        .map(|document| Ok((document.file.clone(), text(document, &engine)?)))
        .collect()
}

/// One document, rendered by itself.
///
/// # Errors
/// When a template fails.
pub(super) fn one_text(
    document: &Document,
    evaluation: &Arc<Evaluation>,
    facts: &Facts,
    now: Timestamp,
) -> Result<String, WireError> {
    let at = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
    let lookup: Arc<dyn Lookup> = Arc::<Evaluation>::clone(evaluation);
    text(document, &Engine::new(&lookup, &facts.context, at))
}

pub(super) fn package(text: &str) -> WireError {
    WireError::bad_input(text).hint("The package needs to be mended by its vendor.")
}

/// A document with its templates rendered.
pub(crate) fn text(document: &Document, engine: &Engine) -> Result<String, WireError> {
    engine
        .render(&document.text)
        .map_err(|error| package(&format!("{} cannot be rendered: {error}", document.file)))
}

fn add_chart(
    rendered: &mut Rendered,
    release: &Release,
    file: &str,
    chart: HelmChart,
    namespace: &str,
) -> Result<(), WireError> {
    let archive = release.archive(&chart.chart, &chart.version).ok_or_else(|| {
        package(&format!(
            "The HelmChart in {file} names chart {} {}, and the release has no such archive",
            chart.chart, chart.version
        ))
    })?;
    let digest = chart_digest(&archive.bytes, &chart.values);
    let content = ChartContent { values: chart.values, digest: digest.clone(), archive: String::new() };
    if rendered.contents.insert(chart.release.clone(), content).is_some() {
        return Err(package(&format!("Two HelmCharts have the release name {}", chart.release)));
    }
    rendered.charts.push(WantedChart {
        release: chart.release,
        chart: chart.chart,
        version: archive.version.clone(),
        namespace: if chart.namespace.is_empty() { namespace.to_owned() } else { chart.namespace },
        weight: chart.weight,
        flags: chart.flags,
        values_digest: digest,
    });
    Ok(())
}

/// Digest of a chart's archive and merged values: equal means that nothing is to be done.
pub(super) fn chart_digest(archive: &[u8], values: &Value) -> String {
    sha256(format!("{} {}", sha256(archive), canonical(values)).as_bytes())
}
