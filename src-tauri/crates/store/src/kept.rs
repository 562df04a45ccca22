//! What is shown later as it was: preflight runs and support bundles, rows of JSON whose ids sort by time.

use longshore_contract::{PreflightId, PreflightView, SupportId, SupportView};
use rusqlite::{OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::rows::parse;
use crate::{Store, StoreError};

/// One kind of them.
struct Kept {
    table: &'static str,
    /// One of them, for errors.
    one: &'static str,
    list: &'static str,
    read: &'static str,
    write: &'static str,
    remove: &'static str,
}

const PREFLIGHTS: Kept = Kept {
    table: "preflights",
    one: "a preflight run",
    list: "list preflight runs",
    read: "read a preflight run",
    write: "write a preflight run",
    remove: "remove a preflight run",
};

const SUPPORT: Kept = Kept {
    table: "support",
    one: "a support bundle",
    list: "list support bundles",
    read: "read a support bundle",
    write: "write a support bundle",
    remove: "remove a support bundle",
};

impl Kept {
    /// Newest first.
    fn all<T: DeserializeOwned>(&self, store: &Store) -> Result<Vec<T>, StoreError> {
        let connection = store.connection();
        let mut statement = connection
            .prepare(&format!("SELECT body FROM {} ORDER BY id DESC LIMIT 500", self.table))
            .map_err(StoreError::database(self.list))?;
        let rows = statement
            .query_map([], |row| row.get::<_, String>(0))
            .map_err(StoreError::database(self.list))?;
        rows.map(|row| parse(&row.map_err(StoreError::database(self.list))?, self.one)).collect()
    }

    fn get<T: DeserializeOwned>(&self, store: &Store, id: &str) -> Result<Option<T>, StoreError> {
        let text: Option<String> = store
            .connection()
            .query_row(&format!("SELECT body FROM {} WHERE id = ?1", self.table), [id], |row| row.get(0))
            .optional()
            .map_err(StoreError::database(self.read))?;
        text.map(|text| parse(&text, self.one)).transpose()
    }

    fn put(&self, store: &Store, id: &str, view: &impl Serialize) -> Result<(), StoreError> {
        let body = serde_json::to_string(view).map_err(StoreError::content(self.one))?;
        let table = self.table;
        store
            .connection()
            .execute(
                &format!(
                    "INSERT INTO {table} (id, body) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET body = ?2"
                ),
                params![id, body],
            )
            .map_err(StoreError::database(self.write))?;
        Ok(())
    }

    fn remove(&self, store: &Store, id: &str) -> Result<bool, StoreError> {
        let gone = store
            .connection()
            .execute(&format!("DELETE FROM {} WHERE id = ?1", self.table), [id])
            .map_err(StoreError::database(self.remove))?;
        Ok(gone > 0)
    }
}

impl Store {
    /// All preflight runs, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn preflights(&self) -> Result<Vec<PreflightView>, StoreError> {
        PREFLIGHTS.all(self)
    }

    /// One preflight run.
    ///
    /// # Errors
    /// When the database fails.
    pub fn preflight(&self, id: &PreflightId) -> Result<Option<PreflightView>, StoreError> {
        PREFLIGHTS.get(self, &id.0)
    }

    /// Adds or replaces a preflight run.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put_preflight(&self, view: &PreflightView) -> Result<(), StoreError> {
        PREFLIGHTS.put(self, &view.summary.id.0, view)
    }

    /// Forgets a preflight run; false when there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_preflight(&self, id: &PreflightId) -> Result<bool, StoreError> {
        PREFLIGHTS.remove(self, &id.0)
    }

    /// All support bundles, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn support_bundles(&self) -> Result<Vec<SupportView>, StoreError> {
        SUPPORT.all(self)
    }

    /// One support bundle.
    ///
    /// # Errors
    /// When the database fails.
    pub fn support_bundle(&self, id: &SupportId) -> Result<Option<SupportView>, StoreError> {
        SUPPORT.get(self, &id.0)
    }

    /// Adds or replaces a support bundle.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put_support_bundle(&self, view: &SupportView) -> Result<(), StoreError> {
        SUPPORT.put(self, &view.summary.id.0, view)
    }

    /// Forgets a support bundle; false when there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_support_bundle(&self, id: &SupportId) -> Result<bool, StoreError> {
        SUPPORT.remove(self, &id.0)
    }
}
