//! Writes records: numbered, timed, durable, folded, and only then told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use longshore_contract::{EventBody, Record, RunEvent, RunId};

use super::RunnerError;
use crate::fold::{Entry, Folded, fold};
use crate::port::{Clock, Journal, Sink};

/// The one writer of a run's journal in this process.
pub struct Recorder<'a> {
    journal: &'a dyn Journal,
    clock: &'a dyn Clock,
    sink: &'a dyn Sink,
    run: RunId,
    folded: Folded,
    next: Arc<AtomicU64>,
}

impl<'a> Recorder<'a> {
    /// Creates a run with its first record.
    ///
    /// # Errors
    /// When the journal cannot be written, or `record` is no `RunCreated`.
    pub async fn create(
        journal: &'a dyn Journal,
        clock: &'a dyn Clock,
        sink: &'a dyn Sink,
        run: &RunId,
        record: Record,
    ) -> Result<Self, RunnerError> {
        let first = journal.reserve(run).await?;
        let entry = Entry { seq: first, at: clock.now(), record };
        let folded = fold([&entry])?;
        journal.append(run, &entry).await?;
        sink.event(&event(&entry));
        Ok(Self { journal, clock, sink, run: run.clone(), folded, next: Arc::new(AtomicU64::new(first + 1)) })
    }

    /// Opens a run that exists.
    ///
    /// # Errors
    /// When the journal cannot be read or does not fold.
    pub async fn open(
        journal: &'a dyn Journal,
        clock: &'a dyn Clock,
        sink: &'a dyn Sink,
        run: &RunId,
    ) -> Result<Self, RunnerError> {
        let entries = journal.load(run).await?;
        let folded = fold(&entries)?;
        let next = journal.reserve(run).await?.max(folded.cursor + 1);
        Ok(Self { journal, clock, sink, run: run.clone(), folded, next: Arc::new(AtomicU64::new(next)) })
    }

    /// The run as its journal tells it.
    pub fn folded(&self) -> &Folded {
        &self.folded
    }

    /// The run's id.
    pub fn run(&self) -> &RunId {
        &self.run
    }

    /// Writes one record. When this returns, it would survive a crash.
    ///
    /// # Errors
    /// When the journal cannot be written; nothing is told then.
    pub async fn record(&mut self, record: Record) -> Result<(), RunnerError> {
        let entry = Entry { seq: self.next.fetch_add(1, Ordering::SeqCst), at: self.clock.now(), record };
        let mut folded = self.folded.clone();
        folded.apply(&entry)?;
        self.journal.append(&self.run, &entry).await?;
        self.folded = folded;
        self.sink.event(&event(&entry));
        Ok(())
    }

    /// The run's sequence, shared with what bodies speak through.
    pub(super) fn numbers(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.next)
    }
}

fn event(entry: &Entry) -> RunEvent {
    RunEvent { seq: entry.seq, at: entry.at, body: EventBody::Record { record: entry.record.clone() } }
}
