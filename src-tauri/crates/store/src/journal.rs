//! The journal on disk. An append returns when SQLite has synced it.

use async_trait::async_trait;
use longshore_contract::{Record, RunId, RunSummary, Timestamp};
use longshore_engine::fold::Around;
use longshore_engine::port::{Journal, JournalError};
use longshore_engine::{Entry, fold};
use rusqlite::{OptionalExtension, params};

use crate::{Store, StoreError};

/// Numbers that one process may use before it has to ask again; far more events than one run has.
const BLOCK: i64 = 1 << 32;

impl Store {
    /// Summaries of runs, newest first, as their journals tell them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn runs(&self) -> Result<Vec<RunSummary>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare("SELECT summary FROM runs WHERE summary IS NOT NULL ORDER BY created_at DESC, id DESC")
            .map_err(StoreError::database("list runs"))?;
        let rows = statement
            .query_map([], |row| row.get::<_, String>(0))
            .map_err(StoreError::database("list runs"))?;
        rows.map(|row| {
            let text = row.map_err(StoreError::database("list runs"))?;
            serde_json::from_str(&text).map_err(StoreError::content("a run's summary"))
        })
        .collect()
    }

    fn append_entry(&self, run: &RunId, entry: &Entry) -> Result<(), StoreError> {
        let what = "write a record";
        let record = serde_json::to_string(&entry.record).map_err(StoreError::content("a record"))?;
        let mut connection = self.connection();
        let transaction = connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .map_err(StoreError::database(what))?;
        if let Record::RunCreated { site, workflow, .. } = &entry.record {
            transaction
                .execute(
                    "INSERT INTO runs (id, site, workflow, created_at, next_block) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (id) DO UPDATE SET site = ?2, workflow = ?3, created_at = ?4",
                    params![run.0, site.0, format!("{workflow:?}"), entry.at.0, 1 + BLOCK],
                )
                .map_err(StoreError::database(what))?;
        }
        transaction
            .execute(
                "INSERT INTO journal (run, seq, at, record) VALUES (?1, ?2, ?3, ?4)",
                params![run.0, signed(entry.seq), entry.at.0, record],
            )
            .map_err(StoreError::database(what))?;
        let entries = read(&transaction, run)?;
        // A journal of which one record is unknown keeps its last summary; opening the run says why.
        if let Ok(folded) = fold(&entries) {
            let summary = folded.summary(run, &Around::default());
            let summary = serde_json::to_string(&summary).map_err(StoreError::content("a run's summary"))?;
            transaction
                .execute("UPDATE runs SET summary = ?2 WHERE id = ?1", params![run.0, summary])
                .map_err(StoreError::database(what))?;
        }
        transaction.commit().map_err(StoreError::database(what))
    }

    fn reserve_block(&self, run: &RunId) -> Result<u64, StoreError> {
        let what = "reserve numbers";
        let mut connection = self.connection();
        let transaction = connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .map_err(StoreError::database(what))?;
        let next: Option<i64> = transaction
            .query_row("SELECT next_block FROM runs WHERE id = ?1", [&run.0], |row| row.get(0))
            .optional()
            .map_err(StoreError::database(what))?;
        let Some(first) = next else { return Ok(1) };
        transaction
            .execute("UPDATE runs SET next_block = ?2 WHERE id = ?1", params![run.0, first + BLOCK])
            .map_err(StoreError::database(what))?;
        transaction.commit().map_err(StoreError::database(what))?;
        Ok(u64::try_from(first).unwrap_or(1))
    }

    /// The entries of a run, in order; none when there is no such run.
    ///
    /// # Errors
    /// When the database fails or holds a record this version does not know.
    pub fn entries(&self, run: &RunId) -> Result<Vec<Entry>, StoreError> {
        read(&self.connection(), run)
    }
}

fn read(connection: &rusqlite::Connection, run: &RunId) -> Result<Vec<Entry>, StoreError> {
    let what = "read a journal";
    let mut statement = connection
        .prepare_cached("SELECT seq, at, record FROM journal WHERE run = ?1 ORDER BY seq")
        .map_err(StoreError::database(what))?;
    let rows = statement
        .query_map([&run.0], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?))
        })
        .map_err(StoreError::database(what))?;
    rows.map(|row| {
        let (seq, at, text) = row.map_err(StoreError::database(what))?;
        let record = serde_json::from_str(&text).map_err(StoreError::content(format!(
            "record {seq} of run {run}, perhaps by a newer Longshore,"
        )))?;
        Ok(Entry { seq: u64::try_from(seq).unwrap_or(0), at: Timestamp(at), record })
    })
    .collect()
}

fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

#[async_trait]
impl Journal for Store {
    async fn append(&self, run: &RunId, entry: &Entry) -> Result<(), JournalError> {
        let (store, id, entry) = (self.clone(), run.clone(), entry.clone());
        off_thread(run, "cannot be written", move || store.append_entry(&id, &entry)).await
    }

    async fn load(&self, run: &RunId) -> Result<Vec<Entry>, JournalError> {
        let (store, id) = (self.clone(), run.clone());
        off_thread(run, "cannot be read", move || store.entries(&id)).await
    }

    async fn reserve(&self, run: &RunId) -> Result<u64, JournalError> {
        let (store, id) = (self.clone(), run.clone());
        off_thread(run, "cannot be numbered", move || store.reserve_block(&id)).await
    }
}

/// SQLite waits for the disk; that wait must not be an async worker's.
async fn off_thread<T: Send + 'static>(
    run: &RunId,
    what: &'static str,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, JournalError> {
    let error = |source: Box<dyn std::error::Error + Send + Sync>| JournalError {
        run: run.clone(),
        what: what.to_owned(),
        source: Some(source),
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(|source| error(Box::new(source))),
        Err(stopped) => Err(error(Box::new(stopped))),
    }
}
