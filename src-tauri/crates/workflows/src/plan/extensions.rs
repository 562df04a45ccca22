//! Charts of the cluster itself: between its nodes and the application, in the order of their weight.

use longshore_cluster::record::RecordedChart;
use longshore_contract::{Change, ChartChange, Phase, PointOfNoReturn, Workflow};
use longshore_engine::plan_digest::{canonical, sha256};
use longshore_managers::params::{
    ExtensionParams, ImagesParams, NamespaceParams, RemoveChartParams, RemoveExtensionParams,
    StorageClassParams, extension_step, kind,
};

use super::steps::{CHART_TIMEOUT, PUSH_TIMEOUT, Steps, chart_params};
use super::{Inputs, WantedChart, chart_changes, cluster};

/// A chart that the cluster shall have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedExtension {
    /// The chart.
    pub chart: WantedChart,
    /// Seconds it may take; `None` for as long as a chart of the application.
    pub timeout_seconds: Option<u32>,
}

/// What the cluster shall have besides its nodes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExtensionsWanted {
    /// Its charts.
    pub charts: Vec<WantedExtension>,
    /// What happens to each, and to those that leave.
    pub changes: Vec<ChartChange>,
    /// Images that they need, by name in the bundle.
    pub images: Vec<String>,
    /// The StorageClass that has to be the default one; empty for none.
    pub storage_class: String,
    /// The cluster's hosts.
    pub hosts: Vec<String>,
}

impl ExtensionsWanted {
    /// Whether anything is to be done to a chart.
    pub fn differ(&self) -> bool {
        self.changes.iter().any(|change| change.change != Change::Keep)
    }
}

/// What happens to each chart, those that leave first: what comes may need what they had.
pub fn changes(wanted: &[WantedExtension], held: &[RecordedChart]) -> Vec<ChartChange> {
    let charts: Vec<WantedChart> = wanted.iter().map(|wanted| wanted.chart.clone()).collect();
    let all = chart_changes(&charts, held);
    let (mut ordered, others): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|change| change.change == Change::Remove);
    ordered.extend(others);
    ordered
}

/// Charts as they are and stay.
pub(super) fn left_alone(held: &[RecordedChart]) -> Vec<ChartChange> {
    let mut held: Vec<&RecordedChart> = held.iter().collect();
    held.sort_by(|a, b| (a.weight, &a.release).cmp(&(b.weight, &b.release)));
    let left = |held: &RecordedChart| ChartChange {
        release: held.release.clone(),
        chart: held.chart.clone(),
        namespace: held.namespace.clone(),
        from_version: Some(held.version.clone()),
        to_version: Some(held.version.clone()),
        change: Change::Keep,
        weight: held.weight,
        objects: Vec::new(),
    };
    held.into_iter().map(left).collect()
}

/// Digest of what the installation record names; empty for nothing.
pub(crate) fn digest(held: &[RecordedChart]) -> String {
    if held.is_empty() {
        return String::new();
    }
    sha256(canonical(&serde_json::to_value(held).unwrap_or_default()).as_bytes())
}

/// A rollback is of the application alone.
pub(super) fn points_of_no_return(changes: &[ChartChange]) -> Vec<PointOfNoReturn> {
    let version = |version: &Option<String>| version.clone().unwrap_or_default();
    let point = |change: &ChartChange| {
        let name = &change.release;
        let why = match change.change {
            Change::Change => format!(
                "Extension {name} goes from {} to {}; a rollback of the application does not take it back.",
                version(&change.from_version),
                version(&change.to_version)
            ),
            Change::Remove => format!(
                "Extension {name} is removed with all it made; a rollback of the application does not bring it back."
            ),
            Change::Add | Change::Keep => return None,
        };
        Some(PointOfNoReturn { step: extension_step(change), why })
    };
    changes.iter().filter_map(point).collect()
}

/// The steps, after the last one of the infrastructure so far.
pub(super) fn steps(steps: &mut Steps, inputs: &Inputs) {
    let wanted = &inputs.extensions;
    let differ = wanted.differ();
    if differ && inputs.workflow == Workflow::Install {
        images(steps, inputs);
    }
    for change in &wanted.changes {
        one(steps, inputs, change);
    }
    if !wanted.storage_class.is_empty() && (differ || inputs.cluster.is_some()) {
        let class = wanted.storage_class.clone();
        let title = format!("Wait for volumes of StorageClass {class}");
        let params = StorageClassParams { class, namespace: inputs.wanted.namespace.clone() };
        steps
            .push(Phase::Infrastructure, "storage-class", kind::STORAGE_CLASS, title, params)
            .timeout_seconds = CHART_TIMEOUT;
    }
}

/// Images that pods of these charts start from. In an upgrade they are there already: they came with the application's.
fn images(steps: &mut Steps, inputs: &Inputs) {
    let wanted = &inputs.extensions.images;
    if wanted.is_empty() {
        return;
    }
    let (phase, before) = (Phase::Infrastructure, steps.last());
    let bundle = &inputs.images.bundle;
    if inputs.images.hosts.is_empty() {
        let title = "Push images of the extensions to the registry".to_owned();
        let params = ImagesParams { bundle: bundle.clone(), images: wanted.clone() };
        steps.push(phase, "extension-images", kind::IMAGES, title, params).timeout_seconds = PUSH_TIMEOUT;
        return;
    }
    for (host, node) in &inputs.images.hosts {
        let id = format!("extension-images:{node}");
        let title = format!("Bring images of the extensions to {host}");
        cluster::images_as(steps, phase, (&id, title), (host, (bundle, wanted)), &before);
    }
}

fn one(steps: &mut Steps, inputs: &Inputs, change: &ChartChange) {
    let (phase, id) = (Phase::Infrastructure, extension_step(change));
    let needs = steps.ends(phase);
    let namespace = inputs.wanted.namespace.clone();
    let record = NamespaceParams { namespace, slug: inputs.wanted.slug.clone() };
    let wanted = inputs.extensions.charts.iter().find(|wanted| wanted.chart.release == change.release);
    let step = match (change.change, wanted) {
        (Change::Remove, _) => {
            let chart =
                RemoveChartParams { release: change.release.clone(), namespace: change.namespace.clone() };
            let params = RemoveExtensionParams { chart, record };
            steps.push(
                phase,
                &id,
                kind::REMOVE_EXTENSION,
                format!("Remove extension {}", change.release),
                params,
            )
        }
        (Change::Add | Change::Change, Some(wanted)) => {
            let verb = if change.change == Change::Add { "Install" } else { "Upgrade" };
            let title = format!("{verb} extension {} {}", change.release, wanted.chart.version);
            let params = ExtensionParams { chart: chart_params(&wanted.chart), record };
            let step = steps.push(phase, &id, kind::EXTENSION, title, params);
            step.timeout_seconds = wanted.timeout_seconds.unwrap_or(CHART_TIMEOUT);
            step
        }
        _ => return,
    };
    step.needs = needs;
}
