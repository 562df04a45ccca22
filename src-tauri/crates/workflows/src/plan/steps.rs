//! The steps of an install or upgrade, in order.

use longshore_contract::{Change, ChartChange, Estimate, Phase, StepSpec, Workflow};
use serde::Serialize;
use serde_json::Value;

use longshore_cluster::record::RecordedChart;

use super::{Inputs, WantedChart, cluster, extensions};
use longshore_managers::params::{
    ChartParams, ImagesParams, ManifestsParams, NamespaceParams, PreflightParams, RecordParams,
    RemoveChartParams, VERSION, chart_step, kind,
};

/// Collects steps; each needs the one before it in its phase unless it says otherwise.
pub(super) struct Steps {
    steps: Vec<StepSpec>,
}

impl Steps {
    pub(super) fn new() -> Self {
        Self { steps: Vec::new() }
    }

    pub(super) fn push(
        &mut self,
        phase: Phase,
        id: &str,
        kind: &str,
        title: String,
        params: impl Serialize,
    ) -> &mut StepSpec {
        let needs = self.steps.last().filter(|last| last.phase == phase).map(|last| last.id.clone());
        self.steps.push(StepSpec {
            id: id.to_owned(),
            kind: kind.to_owned(),
            version: VERSION,
            title,
            phase,
            // Our own parameter structs serialise without fail: they have string keys only.
            params: serde_json::to_value(params).unwrap_or(Value::Null),
            needs: needs.into_iter().collect(),
            point_of_no_return: false,
            may_skip: false,
            timeout_seconds: 120,
            estimate: Estimate::default(),
        });
        let last = self.steps.len() - 1;
        &mut self.steps[last]
    }

    /// The last step, as one to wait for; none before the first.
    pub(super) fn last(&self) -> Vec<String> {
        self.steps.last().map(|step| step.id.clone()).into_iter().collect()
    }

    /// Steps of a phase that no other one of it waits for yet.
    pub(super) fn ends(&self, phase: Phase) -> Vec<String> {
        let of = || self.steps.iter().filter(|step| step.phase == phase);
        let awaited = |id: &String| of().any(|step| step.needs.contains(id));
        of().map(|step| step.id.clone()).filter(|id| !awaited(id)).collect()
    }

    pub(super) fn finish(self) -> Vec<StepSpec> {
        self.steps
    }
}

/// Seconds a chart's workloads may take to become ready, unless the vendor's flags say otherwise.
pub(super) const CHART_TIMEOUT: u32 = 600;
/// Seconds a push may take without regard to its size.
pub(super) const PUSH_TIMEOUT: u32 = 24 * 3600;

pub(super) fn of(inputs: &Inputs) -> Vec<StepSpec> {
    let mut steps = Steps::new();
    let install = inputs.workflow == Workflow::Install;
    if !install {
        airgap(&mut steps, inputs);
    }
    if let Some(cluster) = &inputs.cluster {
        cluster::hosts(&mut steps, cluster, install);
        if install {
            cluster::make(&mut steps, cluster);
        } else {
            let images = if inputs.images.hosts.is_empty() { Vec::new() } else { names(inputs) };
            cluster::change(&mut steps, cluster, &images);
        }
    } else if inputs.extensions.differ() {
        cluster::checked(&mut steps, inputs.extensions.hosts.clone());
    }
    infrastructure(&mut steps, inputs);
    extensions::steps(&mut steps, inputs);
    if install {
        airgap(&mut steps, inputs);
    }
    preflights(&mut steps, inputs);
    app(&mut steps, inputs);
    steps.finish()
}

fn infrastructure(steps: &mut Steps, inputs: &Inputs) {
    let wanted = &inputs.wanted;
    let params = NamespaceParams { namespace: wanted.namespace.clone(), slug: wanted.slug.clone() };
    // An upgrade has no infrastructure phase on Kubernetes; changed registry credentials still must arrive,
    // so that step moves to the application's phase there (see `app`).
    if inputs.workflow == Workflow::Install {
        let phase = Phase::Infrastructure;
        steps.push(
            phase,
            "namespace",
            kind::NAMESPACE,
            format!("Make namespace {}", wanted.namespace),
            &params,
        );
        if inputs.images.pull_secret {
            steps.push(
                phase,
                "registry-access",
                kind::REGISTRY_ACCESS,
                "Give pods access to the registry".into(),
                &params,
            );
        }
        steps.push(
            phase,
            "record-begin",
            kind::RECORD_BEGIN,
            "Begin the installation record".into(),
            &params,
        );
    }
}

/// Images of the application, by name in the bundle.
fn names(inputs: &Inputs) -> Vec<String> {
    inputs.images.images.iter().map(|image| image.reference.clone()).collect()
}

fn airgap(steps: &mut Steps, inputs: &Inputs) {
    let images = &inputs.images.images;
    if images.is_empty() {
        return;
    }
    let bytes = images.iter().map(|image| image.missing_bytes).sum();
    let names = names(inputs);
    if !inputs.images.hosts.is_empty() {
        for (host, node) in &inputs.images.hosts {
            let of = (inputs.images.bundle.as_str(), names.as_slice());
            cluster::images(steps, Phase::Airgap, (host, node), of, &[]);
        }
        return;
    }
    let title =
        format!("Push {} {} to the registry", names.len(), if names.len() == 1 { "image" } else { "images" });
    let step = steps.push(
        Phase::Airgap,
        "images",
        kind::IMAGES,
        title,
        ImagesParams { bundle: inputs.images.bundle.clone(), images: names },
    );
    step.timeout_seconds = PUSH_TIMEOUT;
    step.estimate = Estimate { bytes, seconds: 0 };
}

fn preflights(steps: &mut Steps, inputs: &Inputs) {
    if inputs.wanted.has_preflights {
        let params = PreflightParams { namespace: inputs.wanted.namespace.clone() };
        let step = steps.push(
            Phase::AppPreflights,
            "app-preflights",
            kind::APP_PREFLIGHTS,
            "Run app preflights".into(),
            params,
        );
        step.timeout_seconds = 300;
    }
}

fn app(steps: &mut Steps, inputs: &Inputs) {
    let wanted = &inputs.wanted;
    let phase = Phase::App;
    if inputs.workflow == Workflow::Upgrade && inputs.images.pull_secret {
        let params = NamespaceParams { namespace: wanted.namespace.clone(), slug: wanted.slug.clone() };
        steps.push(
            phase,
            "registry-access",
            kind::REGISTRY_ACCESS,
            "Give pods access to the registry".into(),
            params,
        );
    }
    if !wanted.manifests.is_empty() || inputs.held.manifests > 0 {
        let params = ManifestsParams {
            namespace: wanted.namespace.clone(),
            slug: wanted.slug.clone(),
            digest: wanted.manifests_digest.clone(),
            revision: None,
        };
        steps.push(phase, "manifests", kind::MANIFESTS, "Apply plain manifests".into(), params);
    }
    for change in &inputs.charts {
        chart(steps, inputs, change);
    }
    let record = RecordParams {
        slug: wanted.slug.clone(),
        namespace: wanted.namespace.clone(),
        version: wanted.version.clone(),
        informers: wanted.informers.clone(),
        from_revision: inputs.held.revision,
        config_digest: wanted.config_digest.clone(),
        to_revision: None,
        charts: recorded(inputs),
        manifests_digest: wanted.manifests_digest.clone(),
    };
    if !wanted.informers.is_empty() {
        let step =
            steps.push(phase, "ready", kind::READY, "Wait until the application is ready".into(), &record);
        step.timeout_seconds = CHART_TIMEOUT;
        step.may_skip = true;
    }
    steps.push(phase, "record", kind::RECORD, format!("Record {} {}", wanted.slug, wanted.version), &record);
}

/// Charts as the installation record will have them, Helm's revisions left open.
fn recorded(inputs: &Inputs) -> Vec<RecordedChart> {
    let recorded = |want: &WantedChart| RecordedChart {
        release: want.release.clone(),
        chart: want.chart.clone(),
        version: want.version.clone(),
        namespace: want.namespace.clone(),
        weight: want.weight,
        values_digest: want.values_digest.clone(),
        helm_revision: 0,
    };
    inputs.wanted.charts.iter().map(recorded).collect()
}

fn chart(steps: &mut Steps, inputs: &Inputs, change: &ChartChange) {
    let id = chart_step(change);
    if change.change == Change::Remove {
        let params =
            RemoveChartParams { release: change.release.clone(), namespace: change.namespace.clone() };
        let step = steps.push(
            Phase::App,
            &id,
            kind::REMOVE_CHART,
            format!("Remove chart {}", change.release),
            params,
        );
        step.may_skip = true;
        return;
    }
    let Some(want) = inputs.wanted.charts.iter().find(|chart| chart.release == change.release) else {
        return;
    };
    let verb = match change.change {
        Change::Add => "Install",
        Change::Keep => "Check",
        _ => "Upgrade",
    };
    let params = chart_params(want);
    let title = format!("{verb} chart {} {}", want.release, want.version);
    let step = steps.push(Phase::App, &id, kind::CHART, title, params);
    step.timeout_seconds = CHART_TIMEOUT;
}

/// What helm is asked for.
pub(super) fn chart_params(want: &WantedChart) -> ChartParams {
    ChartParams {
        release: want.release.clone(),
        chart: want.chart.clone(),
        version: want.version.clone(),
        namespace: want.namespace.clone(),
        weight: want.weight,
        flags: want.flags.clone(),
        values_digest: want.values_digest.clone(),
    }
}
