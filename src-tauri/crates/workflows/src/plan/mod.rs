//! Plans, made by pure functions from what the site shall hold and what it holds now.
//!
//! Nothing here contacts anything: the same two values give the same plan, to the digest, which is what
//! lets an operator approve a plan and be sure that this one is executed.

mod charts;
mod cluster;
mod extensions;
mod restore;
mod rollback;
mod steps;

use longshore_cluster::record::RecordedChart;
use longshore_contract::{
    Assumptions, Change, ChartChange, ClusterChange, ConfigChange, ImageChange, ManifestChange, Phase, Plan,
    PlanSummary, PointOfNoReturn, StepSpec, Timestamp, Workflow,
};
use longshore_engine::plan_digest;
use longshore_managers::params::chart_step;

pub use charts::{WantedChart, changes as chart_changes};
pub use cluster::ClusterWanted;
pub(crate) use extensions::digest as extensions_digest;
pub use extensions::{ExtensionsWanted, WantedExtension, changes as extension_changes};
pub use restore::RestoreWanted;
pub use rollback::{RecordedRevision, rollback};

/// What the site shall hold after the run.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Application slug.
    pub slug: String,
    /// Version label.
    pub version: String,
    /// Namespace of the application.
    pub namespace: String,
    /// Charts, those switched off by `exclude` left out.
    pub charts: Vec<WantedChart>,
    /// Digest over the plain manifests.
    pub manifests_digest: String,
    /// Plain manifests with their change against the site.
    pub manifests: Vec<ManifestChange>,
    /// Status informers to wait for, as the vendor wrote them, rendered.
    pub informers: Vec<String>,
    /// Whether the release has an app preflight spec.
    pub has_preflights: bool,
    /// Digest of the config values.
    pub config_digest: String,
}

/// What the site holds now.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// UID of kube-system.
    pub cluster_uid: String,
    /// Version in the installation record.
    pub version: Option<String>,
    /// Revision in the installation record; 0 without one.
    pub revision: u64,
    /// Charts in the installation record.
    pub charts: Vec<RecordedChart>,
    /// Objects of the plain manifests in the inventory.
    pub manifests: usize,
    /// The cluster's own charts in the installation record.
    pub extensions: Vec<RecordedChart>,
}

/// Where images go, and which are lacking there.
#[derive(Debug, Clone, Default)]
pub struct ImagesWanted {
    /// Bundle they come from.
    pub bundle: String,
    /// Images of the release; none when it is online.
    pub images: Vec<ImageChange>,
    /// Whether the site's cluster needs credentials to pull.
    pub pull_secret: bool,
    /// Hosts to whose containerd they go, on a site without a registry, each with the name of its node; they are part of
    /// the cluster already or by then.
    pub hosts: Vec<(String, String)>,
}

/// Everything a plan is made from.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// Install or upgrade.
    pub workflow: Workflow,
    /// What the site shall hold.
    pub wanted: Wanted,
    /// What it holds.
    pub held: Held,
    /// Its images.
    pub images: ImagesWanted,
    /// The site's cluster, where the run makes or changes it.
    pub cluster: Option<ClusterWanted>,
    /// The cluster's own charts, on a site of Linux hosts.
    pub extensions: ExtensionsWanted,
    /// Rendered differences, by release name.
    pub charts: Vec<ChartChange>,
    /// Config differences.
    pub config: Vec<ConfigChange>,
    /// What may go wrong.
    pub warnings: Vec<String>,
    /// When.
    pub now: Timestamp,
}

/// Makes the plan of an install or upgrade.
pub fn make(inputs: Inputs) -> Plan {
    let steps = steps::of(&inputs);
    let Inputs { workflow, wanted, held, images, cluster, extensions, charts, config, warnings, now } =
        inputs;
    let mut points = cluster.as_ref().map(cluster::points_of_no_return).unwrap_or_default();
    points.extend(extensions::points_of_no_return(&extensions.changes));
    points.extend(points_of_no_return(&steps, &charts));
    let assumptions = Assumptions {
        cluster_uid: held.cluster_uid,
        installed_version: held.version,
        revision: held.revision,
        config_digest: wanted.config_digest,
        extensions_digest: extensions::digest(&held.extensions),
    };
    let summary = summary(&charts, &wanted.manifests, &images.images);
    finish(Plan {
        digest: String::new(),
        workflow,
        made_at: now,
        summary,
        steps,
        charts,
        extensions: extensions.changes,
        manifests: wanted.manifests,
        images: images.images,
        config,
        cluster: cluster.map(|cluster| cluster.change),
        points_of_no_return: points,
        warnings,
        assumptions,
    })
}

/// Makes the plan of taking a cluster off hosts.
pub fn reset(wanted: ClusterWanted, held: Held, now: Timestamp) -> Plan {
    let mut steps = steps::Steps::new();
    cluster::reset(&mut steps, &wanted);
    let steps = steps.finish();
    let first = steps.iter().find(|step| step.kind == longshore_managers::params::kind::HOST_RESET);
    let points = first.map(|step| PointOfNoReturn {
        step: step.id.clone(),
        why: "What the cluster holds on that host, its volumes included, is deleted.".to_owned(),
    });
    on_hosts(Workflow::Reset, (steps, points), wanted.change, held, now)
}

/// Makes the plan of bringing a cluster's state back from a backup.
pub fn restore(wanted: &RestoreWanted, held: Held, now: Timestamp) -> Plan {
    let mut steps = steps::Steps::new();
    let point = restore::steps(&mut steps, wanted);
    on_hosts(Workflow::Restore, (steps.finish(), Some(point)), wanted.cluster.change.clone(), held, now)
}

/// The plan of work on hosts alone, which no release is named for.
fn on_hosts(
    workflow: Workflow,
    (steps, points): (Vec<StepSpec>, Option<PointOfNoReturn>),
    cluster: ClusterChange,
    held: Held,
    now: Timestamp,
) -> Plan {
    finish(Plan {
        digest: String::new(),
        workflow,
        made_at: now,
        summary: PlanSummary::default(),
        points_of_no_return: points.into_iter().collect(),
        warnings: Vec::new(),
        steps,
        charts: Vec::new(),
        extensions: Vec::new(),
        manifests: Vec::new(),
        images: Vec::new(),
        config: Vec::new(),
        cluster: Some(cluster),
        assumptions: Assumptions {
            cluster_uid: held.cluster_uid,
            installed_version: held.version,
            revision: held.revision,
            config_digest: String::new(),
            extensions_digest: extensions::digest(&held.extensions),
        },
    })
}

/// Marks the steps behind which there is no way back and seals the plan with its digest.
fn finish(mut plan: Plan) -> Plan {
    for step in &mut plan.steps {
        step.point_of_no_return = plan.points_of_no_return.iter().any(|point| point.step == step.id);
    }
    plan.digest = plan_digest::digest(&plan);
    plan
}

fn summary(charts: &[ChartChange], manifests: &[ManifestChange], images: &[ImageChange]) -> PlanSummary {
    let charts_with = |change| count(charts.iter().filter(|chart| chart.change == change).count());
    let missing: u64 = images.iter().map(|image| image.missing_bytes).sum();
    let removed = manifests.iter().filter(|manifest| manifest.object.change == Change::Remove).count();
    PlanSummary {
        charts_added: charts_with(Change::Add),
        charts_changed: charts_with(Change::Change),
        charts_removed: charts_with(Change::Remove),
        charts_kept: charts_with(Change::Keep),
        manifests_applied: count(manifests.len() - removed),
        manifests_pruned: count(removed),
        images: count(images.len()),
        bytes_to_move: missing,
        disk_needed: missing,
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A vendor has no field to declare one, so it is read off what is applied: a Job that is new or changed
/// runs and changes data, a claim that leaves takes its data along. Neither comes back by a rollback.
fn points_of_no_return(steps: &[StepSpec], charts: &[ChartChange]) -> Vec<PointOfNoReturn> {
    let mut points = Vec::new();
    for chart in charts {
        let Some(step) = steps.iter().find(|step| step.id == chart_step(chart)) else { continue };
        for object in &chart.objects {
            let why = match (object.kind.as_str(), object.change) {
                ("Job", Change::Add | Change::Change) => {
                    format!(
                        "Job {} runs; what it changes in its data is not undone by a rollback.",
                        object.name
                    )
                }
                ("PersistentVolumeClaim", Change::Remove) => {
                    format!("PersistentVolumeClaim {} is deleted with its data.", object.name)
                }
                _ => continue,
            };
            points.push(PointOfNoReturn { step: step.id.clone(), why });
        }
    }
    points
}

/// Phases that have at least one step, in order of first appearance.
pub fn phases(plan: &Plan) -> Vec<Phase> {
    let mut phases = Vec::new();
    for step in &plan.steps {
        if !phases.contains(&step.phase) {
            phases.push(step.phase);
        }
    }
    phases
}
