//! Looking at runs: views, events since a cursor, logs.

use std::time::Duration;

use longshore_contract::{
    EventBody, EventPage, EventsRequest, LogPage, LogRequest, RunEvent, RunId, RunListRequest, RunSummary,
    RunView,
};
use longshore_engine::fold::{Around, Folded};
use longshore_engine::machine;
use longshore_store::RunLog;

use super::create::CLUSTER_CHANGES;
use super::{Runs, RunsError};

/// Events in one answer.
const PAGE: usize = 2000;
/// How often the journal is read for a run that another process executes.
const ELSEWHERE: Duration = Duration::from_millis(250);
/// The longest that a request for events waits.
const PATIENCE: u32 = 30_000;

impl Runs {
    /// A run as a whole.
    ///
    /// # Errors
    /// When there is none, or its journal cannot be read.
    pub async fn view(&self, run: &RunId) -> Result<RunView, RunsError> {
        let folded = self.folded(run).await?;
        self.view_of(run, &folded)
    }

    pub(super) fn view_of(&self, run: &RunId, folded: &Folded) -> Result<RunView, RunsError> {
        let warnings = self.kept(run, "warnings")?.unwrap_or_default();
        Ok(RunView { warnings, ..folded.view(run, &self.around(run, folded)?) })
    }

    fn around(&self, run: &RunId, folded: &Folded) -> Result<Around, RunsError> {
        let site = self.store.site(&folded.site.0)?;
        let live = self.live(run);
        let running = machine::phase_of_running(folded.shape(), folded.state).is_some();
        let executing = live.is_some() || (running && self.store.is_executed(run)?);
        let lease = site.as_ref().and_then(|site| site.lease.clone()).filter(|lease| lease.run != run.0);
        Ok(Around {
            site_name: site.map(|site| site.name).unwrap_or_default(),
            executing,
            until: live.as_ref().and_then(|live| live.until),
            cancelling: live.as_ref().is_some_and(|live| live.cancel.is_cancelled()),
            lease,
            // An upgrade starts from a recorded revision, so there is one to go back to.
            revision_before: folded.from_version.is_some(),
            cluster_changes: folded.plan.is_none() && self.kept(run, CLUSTER_CHANGES)?.unwrap_or_default(),
            progress: live.map(|live| live.progress()).unwrap_or_default(),
        })
    }

    /// Runs, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, request: &RunListRequest) -> Result<Vec<RunSummary>, RunsError> {
        let limit = if request.limit == 0 { usize::MAX } else { request.limit as usize };
        let mut found = Vec::new();
        for stored in self.store.runs()? {
            let wanted = request.site.as_ref().is_none_or(|site| *site == stored.site)
                && request.state.is_none_or(|state| state == stored.state);
            if wanted && found.len() < limit {
                let folded = self.folded(&stored.id).await?;
                found.push(folded.summary(&stored.id, &self.around(&stored.id, &folded)?));
            }
        }
        Ok(found)
    }

    /// Events after a cursor; waits for the first one when there is none yet.
    ///
    /// # Errors
    /// When there is no such run, or its journal cannot be read.
    pub async fn events(&self, request: &EventsRequest) -> Result<EventPage, RunsError> {
        let patience = Duration::from_millis(u64::from(request.wait_ms.min(PATIENCE)));
        let until = tokio::time::Instant::now() + patience;
        let mut executed = false;
        loop {
            let live = self.live(&request.run);
            // Executed no more, it has nothing further to tell: whoever follows it looks at how it stands.
            let ended = executed && live.is_none();
            executed |= live.is_some();
            // Subscribed before reading, so that what arrives in between is not waited for in vain.
            let latest = live.as_ref().map(|live| live.latest());
            let page = self.page(request).await?;
            if !page.events.is_empty() || ended || tokio::time::Instant::now() >= until {
                return Ok(page);
            }
            let news = async {
                match latest {
                    Some(mut latest) => drop(latest.changed().await),
                    None => tokio::time::sleep(ELSEWHERE).await,
                }
            };
            // Ours would keep open what tells that it has ended.
            drop(live);
            drop(tokio::time::timeout_at(until, news).await);
        }
    }

    async fn page(&self, request: &EventsRequest) -> Result<EventPage, RunsError> {
        let (run, since) = (&request.run, request.since);
        // Progress first: a record that comes after it must not be passed over by the cursor.
        let progress = self.live(run).map(|live| live.since(since)).unwrap_or_default();
        let entries = self.journal.load(run).await?;
        let folded = self.folded(run).await?;
        let newest = entries.last().map_or(0, |entry| entry.seq);
        let mut events: Vec<RunEvent> = entries
            .into_iter()
            .filter(|entry| entry.seq > since)
            .map(|entry| RunEvent {
                seq: entry.seq,
                at: entry.at,
                body: EventBody::Record { record: entry.record },
            })
            .chain(progress)
            .collect();
        events.sort_by_key(|event| event.seq);
        events.truncate(PAGE);
        let cursor = events.last().map_or_else(|| since.max(newest.min(since)), |event| event.seq);
        Ok(EventPage { events, cursor, state: folded.state })
    }

    /// A window of a run's log.
    ///
    /// # Errors
    /// When there is no such run, or its log cannot be read.
    pub async fn log(&self, request: &LogRequest) -> Result<LogPage, RunsError> {
        self.folded(&request.run).await?;
        let folder = self.store.run_folder(&request.run)?;
        Ok(RunLog::read(&folder, request)?)
    }
}
