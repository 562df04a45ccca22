//! Opening the store: folder, permissions, migrations, key.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use crate::StoreError;
use crate::secrets::{Cipher, KeySource};

/// Schema changes in order; a database that has had the first n carries n as its `user_version`.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/2026-11-24-first.sql"),
    include_str!("migrations/2026-11-25-sessions.sql"),
    include_str!("migrations/2026-11-25-preflights.sql"),
    include_str!("migrations/2026-11-26-bases.sql"),
    include_str!("migrations/2026-11-26-vendor-keys.sql"),
    include_str!("migrations/2026-11-26-support.sql"),
    include_str!("migrations/2026-11-27-verdicts.sql"),
];

/// The store of one data folder. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    folder: PathBuf,
    connection: Arc<Mutex<Connection>>,
    pub(crate) cipher: Arc<Cipher>,
}

impl Store {
    /// Opens the store in `folder`, making it when it is not there. The folder is for its owner alone (0700).
    ///
    /// # Errors
    /// When the folder or database cannot be used, or `key` is not the one its secrets were encrypted with.
    pub fn open(folder: &Path, key: &KeySource) -> Result<Self, StoreError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(StoreError::file(folder, "made"))?;
        let file = folder.join("longshore.db");
        let mut connection = Connection::open(&file).map_err(StoreError::database("be opened"))?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600))
            .map_err(StoreError::file(&file, "protected"))?;
        connection.busy_timeout(Duration::from_secs(20)).map_err(StoreError::database("be configured"))?;
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
            .map_err(StoreError::database("be configured"))?;
        migrate(&mut connection)?;
        let cipher = Arc::new(Cipher::open(&connection, folder, key)?);
        Ok(Self { folder: folder.to_owned(), connection: Arc::new(Mutex::new(connection)), cipher })
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Folder of one run's log and locks; made when it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn run_folder(&self, run: &longshore_contract::RunId) -> Result<PathBuf, StoreError> {
        let folder = self.folder.join("runs").join(&run.0);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(StoreError::file(&folder, "made"))?;
        Ok(folder)
    }

    pub(crate) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let failed = "be brought to this version's schema";
    let transaction = connection
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .map_err(StoreError::database(failed))?;
    let found: usize = transaction
        .query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))
        .map_err(StoreError::database(failed))?
        .try_into()
        .unwrap_or(usize::MAX);
    if found > MIGRATIONS.len() {
        return Err(StoreError::Newer { found, known: MIGRATIONS.len() });
    }
    for migration in &MIGRATIONS[found..] {
        transaction.execute_batch(migration).map_err(StoreError::database(failed))?;
    }
    transaction
        .pragma_update(None, "user_version", i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX))
        .map_err(StoreError::database(failed))?;
    transaction.commit().map_err(StoreError::database(failed))
}
