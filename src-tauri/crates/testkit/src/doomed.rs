//! A journal that takes its process with it.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use longshore_contract::{Record, RunId};
use longshore_engine::fold::Entry;
use longshore_engine::port::{Journal, JournalError};

/// When to die.
enum When {
    /// With the last of so many records; 0 is never.
    After(AtomicU64),
    /// At each boundary that this file does not name yet.
    AtNew(PathBuf),
}

/// Kills the process, as `kill -9` does, right after a given record is safely on disk.
pub struct Doomed {
    inner: Arc<dyn Journal>,
    when: When,
}

impl Doomed {
    /// Lets `records` records pass and dies with the last of them; 0 never dies.
    pub fn new(inner: Arc<dyn Journal>, records: u64) -> Arc<Self> {
        Arc::new(Self { inner, when: When::After(AtomicU64::new(records)) })
    }

    /// Dies at every boundary at which no process before it has died: those are noted in `ledger`, a line each. A second
    /// attempt at a step is no other boundary.
    pub fn at_each(inner: Arc<dyn Journal>, ledger: PathBuf) -> Arc<Self> {
        Arc::new(Self { inner, when: When::AtNew(ledger) })
    }

    fn is_time(&self, record: &Record) -> bool {
        match &self.when {
            When::After(left) => left.load(Ordering::SeqCst) > 0 && left.fetch_sub(1, Ordering::SeqCst) == 1,
            When::AtNew(ledger) => {
                let line = boundary(record);
                let known = fs::read_to_string(ledger).unwrap_or_default();
                if known.lines().any(|known| known == line) {
                    return false;
                }
                let noted = OpenOptions::new().create(true).append(true).open(ledger);
                noted.and_then(|mut file| writeln!(file, "{line}")).expect("the ledger can be written");
                true
            }
        }
    }
}

/// What tells one boundary from another: the record's kind, and the step, state or decision that it is about.
fn boundary(record: &Record) -> String {
    let record = serde_json::to_value(record).unwrap_or_default();
    let words = ["type", "step", "state", "decision"].map(|field| record[field].as_str().unwrap_or_default());
    words.join(" ").trim_end().to_owned()
}

#[async_trait]
impl Journal for Doomed {
    async fn append(&self, run: &RunId, entry: &Entry) -> Result<(), JournalError> {
        self.inner.append(run, entry).await?;
        if self.is_time(&entry.record) {
            // Nobody catches this one, and nothing is flushed or dropped.
            let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        }
        Ok(())
    }

    async fn load(&self, run: &RunId) -> Result<Vec<Entry>, JournalError> {
        self.inner.load(run).await
    }

    async fn reserve(&self, run: &RunId) -> Result<u64, JournalError> {
        self.inner.reserve(run).await
    }
}
