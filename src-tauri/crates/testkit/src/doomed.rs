//! A journal that takes its process with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use longshore_contract::RunId;
use longshore_engine::fold::Entry;
use longshore_engine::port::{Journal, JournalError};

/// Kills the process, as `kill -9` does, right after a given record is safely on disk.
pub struct Doomed {
    inner: Arc<dyn Journal>,
    left: AtomicU64,
}

impl Doomed {
    /// Lets `records` records pass and dies with the last of them; 0 never dies.
    pub fn new(inner: Arc<dyn Journal>, records: u64) -> Arc<Self> {
        Arc::new(Self { inner, left: AtomicU64::new(records) })
    }
}

#[async_trait]
impl Journal for Doomed {
    async fn append(&self, run: &RunId, entry: &Entry) -> Result<(), JournalError> {
        self.inner.append(run, entry).await?;
        let left = self.left.load(Ordering::SeqCst);
        if left > 0 && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
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
