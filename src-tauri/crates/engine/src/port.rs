//! What comes in from outside: a journal, a clock, the lease, and where events go.

use std::time::Duration;

use async_trait::async_trait;
use longshore_contract::{RunEvent, RunId, Timestamp};

use crate::fold::Entry;

/// The journal could not be written or read.
#[derive(Debug, thiserror::Error)]
#[error("The journal of run {run} {what}")]
pub struct JournalError {
    /// Which run.
    pub run: RunId,
    /// What could not be done: "cannot be written", "cannot be read".
    pub what: String,
    /// Why.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Append-only records of runs.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Appends an entry and returns only when it would survive a crash.
    async fn append(&self, run: &RunId, entry: &Entry) -> Result<(), JournalError>;
    /// All entries of a run in order.
    async fn load(&self, run: &RunId) -> Result<Vec<Entry>, JournalError>;
    /// The first sequence number of a fresh block.
    ///
    /// Progress events take numbers and are not journaled. A process that opens a run again therefore starts
    /// in a new block, or a client's cursor could lie beyond records that it has not seen.
    async fn reserve(&self, run: &RunId) -> Result<u64, JournalError>;
}

/// Time, and chance for spreading retries.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time of day, for people.
    fn now(&self) -> Timestamp;
    /// Time in which the machine was awake; what deadlines count.
    fn awake(&self) -> Duration;
    /// Returns after `time`.
    async fn sleep(&self, time: Duration);
    /// Something between 0 and 1.
    fn jitter(&self) -> f64;
}

/// The lease is no longer ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// Who has it, as far as the target says.
    pub holder: Option<String>,
}

/// Asked at every boundary whether we still may write.
#[async_trait]
pub trait Guard: Send + Sync {
    /// `Err` stops the run before the next step.
    async fn still_ours(&self) -> Result<(), Lost>;
}

/// Where a run's events go.
pub trait Sink: Send + Sync {
    /// Takes one event. Must not block.
    fn event(&self, event: &RunEvent);
}
