//! The plan of a rollback: from what is live to a recorded revision.

use longshore_contract::{
    Assumptions, Change, ChartChange, ConfigChange, ManifestChange, Phase, Plan, Timestamp, Workflow,
};

use super::steps::Steps;
use super::{Held, finish, summary};
use longshore_cluster::record::RecordedChart;
use longshore_managers::params::{
    ChartRollbackParams, ManifestsParams, RecordParams, RemoveChartParams, kind,
};

/// A revision as the installation record keeps it.
#[derive(Debug, Clone)]
pub struct RecordedRevision {
    /// Application slug.
    pub slug: String,
    /// Namespace.
    pub namespace: String,
    /// Number.
    pub revision: u64,
    /// Version.
    pub version: String,
    /// Charts with Helm's revisions.
    pub charts: Vec<RecordedChart>,
    /// Digest over its plain manifests; empty when it had none.
    pub manifests_digest: String,
    /// Its status informers.
    pub informers: Vec<String>,
    /// Digest of its config values.
    pub config_digest: String,
}

/// Makes the plan of a rollback: charts in reverse order of weight (those that the revision did not have are
/// removed, the others taken back to Helm's recorded revision), then manifests, then the record. The cluster's own charts
/// are left alone, and the plan says so.
///
/// `live` names every chart that may be there: those of the live revision and those a failed run touched.
pub fn rollback(
    to: &RecordedRevision,
    held: &Held,
    live: &[RecordedChart],
    manifests: Vec<ManifestChange>,
    config: Vec<ConfigChange>,
    now: Timestamp,
) -> Plan {
    let charts = changes(to, live);
    let mut steps = Steps::new();
    for change in &charts {
        chart(&mut steps, to, change);
    }
    if !to.manifests_digest.is_empty() || held.manifests > 0 {
        let params = ManifestsParams {
            namespace: to.namespace.clone(),
            slug: to.slug.clone(),
            digest: to.manifests_digest.clone(),
            revision: Some(to.revision),
        };
        let title = format!("Apply plain manifests of {}", to.version);
        steps.push(Phase::Rollback, "manifests", kind::ROLL_BACK_MANIFESTS, title, params);
    }
    let record = RecordParams {
        slug: to.slug.clone(),
        namespace: to.namespace.clone(),
        version: to.version.clone(),
        informers: to.informers.clone(),
        from_revision: held.revision,
        config_digest: to.config_digest.clone(),
        to_revision: Some(to.revision),
        charts: to.charts.clone(),
        manifests_digest: to.manifests_digest.clone(),
    };
    if !to.informers.is_empty() {
        let step = steps.push(
            Phase::Rollback,
            "ready",
            kind::READY,
            "Wait until the application is ready".into(),
            &record,
        );
        step.timeout_seconds = 600;
        step.may_skip = true;
    }
    steps.push(
        Phase::Rollback,
        "record",
        kind::ROLL_BACK_RECORD,
        format!("Record {} {}", to.slug, to.version),
        &record,
    );
    finish(Plan {
        digest: String::new(),
        workflow: Workflow::Rollback,
        made_at: now,
        summary: summary(&charts, &manifests, &[]),
        steps: steps.finish(),
        charts,
        extensions: super::extensions::left_alone(&held.extensions),
        manifests,
        images: Vec::new(),
        config,
        cluster: None,
        points_of_no_return: Vec::new(),
        warnings: Vec::new(),
        assumptions: Assumptions {
            cluster_uid: held.cluster_uid.clone(),
            installed_version: held.version.clone(),
            revision: held.revision,
            config_digest: to.config_digest.clone(),
            extensions_digest: super::extensions::digest(&held.extensions),
        },
    })
}

fn changes(to: &RecordedRevision, live: &[RecordedChart]) -> Vec<ChartChange> {
    let mut all: Vec<(Change, &RecordedChart, Option<&RecordedChart>)> = to
        .charts
        .iter()
        .map(|old| (Change::Change, old, live.iter().find(|now| same(now, old))))
        .chain(
            live.iter()
                .filter(|now| !to.charts.iter().any(|old| same(now, old)))
                .map(|now| (Change::Remove, now, Some(now))),
        )
        .collect();
    all.sort_by(|(_, a, _), (_, b, _)| (b.weight, &b.release).cmp(&(a.weight, &a.release)));
    all.into_iter()
        .map(|(change, chart, now)| ChartChange {
            release: chart.release.clone(),
            chart: chart.chart.clone(),
            namespace: chart.namespace.clone(),
            from_version: now.map(|now| now.version.clone()),
            to_version: (change != Change::Remove).then(|| chart.version.clone()),
            change: if now.is_none() { Change::Add } else { change },
            weight: chart.weight,
            objects: Vec::new(),
        })
        .collect()
}

fn same(a: &RecordedChart, b: &RecordedChart) -> bool {
    a.release == b.release && a.namespace == b.namespace
}

fn chart(steps: &mut Steps, to: &RecordedRevision, change: &ChartChange) {
    let phase = Phase::Rollback;
    if change.change == Change::Remove {
        let params =
            RemoveChartParams { release: change.release.clone(), namespace: change.namespace.clone() };
        let id = format!("remove:{}", change.release);
        steps.push(phase, &id, kind::REMOVE_CHART, format!("Remove chart {}", change.release), params);
        return;
    }
    let Some(old) = to.charts.iter().find(|old| old.release == change.release) else { return };
    let id = format!("chart:{}", old.release);
    let title = format!("Take chart {} back to {}", old.release, old.version);
    let step =
        steps.push(phase, &id, kind::ROLL_BACK_CHART, title, ChartRollbackParams { chart: old.clone() });
    step.timeout_seconds = 600;
}
