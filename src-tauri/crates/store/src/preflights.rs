//! Preflight runs: rows of JSON, newest last.

use longshore_contract::{PreflightId, PreflightView};
use rusqlite::{OptionalExtension, params};

use crate::rows::parse;
use crate::{Store, StoreError};

impl Store {
    /// All preflight runs, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn preflights(&self) -> Result<Vec<PreflightView>, StoreError> {
        let what = "list preflight runs";
        let connection = self.connection();
        let mut statement = connection
            .prepare("SELECT body FROM preflights ORDER BY id DESC LIMIT 500")
            .map_err(StoreError::database(what))?;
        let rows =
            statement.query_map([], |row| row.get::<_, String>(0)).map_err(StoreError::database(what))?;
        rows.map(|row| parse(&row.map_err(StoreError::database(what))?, "a preflight run")).collect()
    }

    /// One preflight run.
    ///
    /// # Errors
    /// When the database fails.
    pub fn preflight(&self, id: &PreflightId) -> Result<Option<PreflightView>, StoreError> {
        let text: Option<String> = self
            .connection()
            .query_row("SELECT body FROM preflights WHERE id = ?1", [&id.0], |row| row.get(0))
            .optional()
            .map_err(StoreError::database("read a preflight run"))?;
        text.map(|text| parse(&text, "a preflight run")).transpose()
    }

    /// Adds or replaces a preflight run.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put_preflight(&self, view: &PreflightView) -> Result<(), StoreError> {
        let body = serde_json::to_string(view).map_err(StoreError::content("a preflight run"))?;
        self.connection()
            .execute(
                "INSERT INTO preflights (id, body) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET body = ?2",
                params![view.summary.id.0, body],
            )
            .map_err(StoreError::database("write a preflight run"))?;
        Ok(())
    }

    /// Forgets a preflight run; false when there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_preflight(&self, id: &PreflightId) -> Result<bool, StoreError> {
        let gone = self
            .connection()
            .execute("DELETE FROM preflights WHERE id = ?1", [&id.0])
            .map_err(StoreError::database("remove a preflight run"))?;
        Ok(gone > 0)
    }
}
