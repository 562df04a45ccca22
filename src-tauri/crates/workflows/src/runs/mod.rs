//! Runs from their first record to their last: created, configured, planned, executed, looked at.
//!
//! Every request reads the journal, asks the state machine and writes records; nothing about a run is kept
//! in memory but the progress of those that this process executes.

mod bare;
mod base;
mod clock;
mod config;
mod create;
mod decide;
mod error;
mod execute;
mod factory;
mod footing;
mod guard;
mod history;
mod known;
mod linux;
mod live;
mod look;
mod planning;
mod preview;
mod releases;
mod reset;
mod restore;
mod specs;
mod support;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use longshore_bundle::Library;
use longshore_cluster::helm::Helm;
use longshore_contract::{Action, AppEvent, RunId, Timestamp, WireError, chain};
use longshore_engine::fold::{Folded, fold};
use longshore_engine::port::{Journal, Sink};
use longshore_managers::metrics::{Event, Happened, Metrics};
use longshore_release::Release;
use longshore_store::{SiteRow, Store};
use serde::Serialize;
use serde::de::DeserializeOwned;

use clock::SystemClock;
pub use error::RunsError;
use known::{Known, Lately};
use live::Live;

/// The service behind every command about runs.
pub struct Runs {
    store: Arc<Store>,
    journal: Arc<dyn Journal>,
    library: Arc<Library>,
    helm: Helm,
    clock: SystemClock,
    lives: Mutex<HashMap<RunId, Arc<Live>>>,
    announce: Arc<dyn Fn(AppEvent) + Send + Sync>,
    metrics: Metrics,
    lately: Lately,
}

/// Takes events that nobody waits for: records of a run that is not executed are read from the journal.
struct Quiet;

impl Sink for Quiet {
    fn event(&self, _: &longshore_contract::RunEvent) {}
}

impl Runs {
    /// A service over a store and a library; `announce` is told whenever a run moves. Records go through
    /// `journal`, which is the store itself unless somebody stands in between.
    pub fn new(
        store: Arc<Store>,
        journal: Arc<dyn Journal>,
        library: Arc<Library>,
        helm: Helm,
        announce: Arc<dyn Fn(AppEvent) + Send + Sync>,
    ) -> Arc<Self> {
        let clock = SystemClock::new();
        let metrics = Metrics::new(Arc::clone(&store));
        let (lives, lately) = (Mutex::default(), Lately::default());
        let runs = Arc::new(Self { store, journal, library, helm, clock, lives, announce, metrics, lately });
        runs.note_resets();
        runs
    }

    /// Runs that this process executes.
    pub fn executing(&self) -> Vec<RunId> {
        self.lives.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    /// Refuses what cannot be done without helm before anything of it is.
    fn require_helm(&self) -> Result<(), WireError> {
        self.helm.require().map_err(|error| {
            WireError::bad_input(chain(&error)).hint("Install Helm 4, or name it with --helm.")
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        use longshore_engine::port::Clock as _;
        self.clock.now()
    }

    fn live(&self, run: &RunId) -> Option<Arc<Live>> {
        self.lives.lock().unwrap_or_else(PoisonError::into_inner).get(run).cloned()
    }

    async fn folded(&self, run: &RunId) -> Result<Folded, RunsError> {
        let entries = self.journal.load(run).await?;
        if entries.is_empty() {
            return Err(RunsError::NoRun(run.clone()));
        }
        fold(&entries).map_err(|source| RunsError::Fold { run: run.clone(), source })
    }

    fn site(&self, folded: &Folded) -> Result<SiteRow, RunsError> {
        self.store.site(&folded.site.0)?.ok_or_else(|| {
            WireError::not_found(format!("The site of this run, {}, was removed", folded.site)).into()
        })
    }

    fn bundle(&self, folded: &Folded) -> Result<Known, RunsError> {
        let gone = || {
            WireError::not_found("The bundle of this run is not in the library any more")
                .hint("Import it again.")
        };
        let id = folded.release.bundle.clone().ok_or_else(gone)?;
        self.bundle_by_id(&id.0)
    }

    pub(crate) fn bundle_by_id(&self, id: &str) -> Result<Known, RunsError> {
        let record = self
            .library
            .bundle(id)
            .map_err(|error| WireError::not_found(chain(&error)).hint("Import the bundle again."))?;
        self.lately.release(record, |record| {
            let bytes = self.library.read_blob(&record.release.digest);
            let bytes =
                bytes.map_err(|error| WireError::internal(&error).hint("Import the bundle again."))?;
            let release = Release::from_archive(&bytes);
            Ok(release.map_err(|error| WireError::bad_input(chain(&error)))?)
        })
    }

    /// Refuses unless the run's state allows `action`.
    fn allow(
        &self,
        run: &RunId,
        folded: &Folded,
        action: Action,
        what: &'static str,
    ) -> Result<(), RunsError> {
        let view = self.view_of(run, folded)?;
        if view.allowed.contains(&action) {
            return Ok(());
        }
        Err(RunsError::Illegal { what, state: folded.state, allowed: view.allowed })
    }

    fn keep<T: Serialize>(&self, run: &RunId, name: &str, value: &T) -> Result<(), RunsError> {
        let text = serde_json::to_vec(value).map_err(|error| WireError::internal(&error))?;
        Ok(self.store.put_secret(&format!("run/{run}/{name}"), &text)?)
    }

    fn kept<T: DeserializeOwned>(&self, run: &RunId, name: &str) -> Result<Option<T>, RunsError> {
        let Some(text) = self.store.secret(&format!("run/{run}/{name}"))? else { return Ok(None) };
        Ok(Some(serde_json::from_slice(&text).map_err(|error| WireError::internal(&error))?))
    }

    fn report(&self, run: &RunId, folded: &Folded, cluster: &str, happened: Happened) {
        self.metrics.tell(&Event {
            run,
            workflow: folded.workflow,
            happened,
            airgap: folded.airgap,
            app: &folded.release.slug,
            version: &folded.release.version,
            from: folded.from_version.as_deref(),
            cluster,
            reason: folded.failure.as_ref().map_or("", |failure| failure.message.as_str()),
        });
    }

    /// Waits for what is still to be told when the process wants to end.
    pub async fn settle(&self) {
        self.metrics.settle().await;
    }

    async fn moved(&self, run: &RunId) {
        if let Ok(view) = self.view(run).await {
            (self.announce)(AppEvent::RunChanged { run: view.summary });
        }
    }
}
