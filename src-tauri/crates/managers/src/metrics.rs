//! Tells an endpoint of the operator's choosing that installs and upgrades start, succeed and fail.
//!
//! Off by default, and never for airgapped runs, whatever the settings say. A run never waits for it and
//! never fails by it. Event names and their address are those of embedded-cluster's own reporter.

use std::sync::{Arc, Mutex, PoisonError};

use longshore_contract::{RunId, Workflow, chain};
use longshore_store::Store;
use serde_json::json;
use tokio::task::JoinSet;

/// What happened to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// It was started.
    Started,
    /// It ended well.
    Succeeded,
    /// It failed.
    Failed,
}

/// What is told.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    /// Which run.
    pub run: &'a RunId,
    /// Its workflow; only installs and upgrades are reported.
    pub workflow: Workflow,
    /// What happened.
    pub happened: Happened,
    /// Whether its images come from a bundle.
    pub airgap: bool,
    /// Application slug.
    pub app: &'a str,
    /// Version it brings.
    pub version: &'a str,
    /// Version before.
    pub from: Option<&'a str>,
    /// UID of the cluster.
    pub cluster: &'a str,
    /// First line of the failure, or empty.
    pub reason: &'a str,
}

/// The reporter.
pub struct Metrics {
    store: Arc<Store>,
    under_way: Mutex<JoinSet<()>>,
}

fn name(event: &Event<'_>) -> Option<&'static str> {
    Some(match (event.workflow, event.happened) {
        (Workflow::Install, Happened::Started) => "InstallationStarted",
        (Workflow::Install, Happened::Succeeded) => "InstallationSucceeded",
        (Workflow::Install, Happened::Failed) => "InstallationFailed",
        (Workflow::Upgrade, Happened::Started) => "UpgradeStarted",
        (Workflow::Upgrade, Happened::Succeeded) => "UpgradeSucceeded",
        (Workflow::Upgrade, Happened::Failed) => "UpgradeFailed",
        _ => return None,
    })
}

impl Metrics {
    /// A reporter with the settings of a store.
    pub fn new(store: Arc<Store>) -> Self {
        Self { store, under_way: Mutex::default() }
    }

    /// Where this event goes, if anywhere.
    fn endpoint(&self, event: &Event<'_>) -> Option<String> {
        let settings = self.store.settings().ok()?.metrics;
        let name = name(event)?;
        let base = settings.endpoint.trim_end_matches('/');
        (settings.enabled && !event.airgap && !base.is_empty())
            .then(|| format!("{base}/embedded_cluster_metrics/{name}"))
    }

    /// Tells, in a task of its own.
    pub fn tell(&self, event: &Event<'_>) {
        let Some(endpoint) = self.endpoint(event) else { return };
        let document = json!({
            "event": {
                "executionID": event.run, "clusterID": event.cluster, "version": env!("CARGO_PKG_VERSION"),
                "eventType": name(event), "appSlug": event.app, "appVersion": event.version,
                "initialVersion": event.from, "reason": event.reason,
                "isExitEvent": event.happened != Happened::Started,
            },
            "versions": { "Longshore": env!("CARGO_PKG_VERSION") },
        });
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        while under_way.try_join_next().is_some() {}
        under_way.spawn(async move {
            if let Err(error) = longshore_cluster::report(&endpoint, &document).await {
                tracing::debug!(error = %chain(&error), "an event could not be reported");
            }
        });
    }

    /// Waits until all that was told has been delivered or given up, which takes 5 seconds at most.
    pub async fn settle(&self) {
        let mut under_way =
            std::mem::take(&mut *self.under_way.lock().unwrap_or_else(PoisonError::into_inner));
        while under_way.join_next().await.is_some() {}
    }
}
