//! Bases: config values that sites share, and which site follows which.

use longshore_contract::{BaseId, SiteId, Timestamp};
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::rows::parse;
use crate::{Secret, Store, StoreError};

/// A base as it is stored. Its values are kept apart, encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseRow {
    /// Id.
    pub id: BaseId,
    /// Name, unique.
    pub name: String,
    /// Slug of the application.
    pub slug: String,
    /// How many values it holds.
    pub values: u32,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// By whom.
    pub changed_by: String,
}

/// What a base's values are sealed under, so that those of another cannot be put in their place.
fn sealed_as(id: &BaseId) -> String {
    format!("base/{id}")
}

impl Store {
    /// All bases, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn bases(&self) -> Result<Vec<BaseRow>, StoreError> {
        let what = "list bases";
        let connection = self.connection();
        let mut statement = connection
            .prepare("SELECT body FROM bases ORDER BY name COLLATE NOCASE")
            .map_err(StoreError::database(what))?;
        let rows =
            statement.query_map([], |row| row.get::<_, String>(0)).map_err(StoreError::database(what))?;
        rows.map(|row| parse(&row.map_err(StoreError::database(what))?, "a base")).collect()
    }

    /// One base by id or by name, with its values as they were put.
    ///
    /// # Errors
    /// When the database fails or the values are damaged.
    pub fn base(&self, id_or_name: &str) -> Result<Option<(BaseRow, Secret)>, StoreError> {
        type Columns = (String, Vec<u8>, Vec<u8>);
        let found: Option<Columns> = self
            .connection()
            .query_row(
                "SELECT body, nonce, content FROM bases WHERE id = ?1 OR name = ?1 ORDER BY id = ?1 DESC",
                [id_or_name],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()
            .map_err(StoreError::database("read a base"))?;
        let Some((body, nonce, content)) = found else { return Ok(None) };
        let row: BaseRow = parse(&body, "a base")?;
        let content = self.cipher.unseal(&sealed_as(&row.id), &nonce, &content)?;
        Ok(Some((row, content)))
    }

    /// Adds or replaces a base and its values, which are encrypted.
    ///
    /// # Errors
    /// When its name is another base's, or the database fails.
    pub fn put_base(&self, row: &BaseRow, content: &[u8]) -> Result<(), StoreError> {
        let body = serde_json::to_string(row).map_err(StoreError::content("a base"))?;
        let (nonce, content) = self.cipher.seal(&sealed_as(&row.id), content)?;
        let done = self.connection().execute(
            "INSERT INTO bases (id, name, body, nonce, content) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET name = ?2, body = ?3, nonce = ?4, content = ?5",
            params![row.id.0, row.name, body, nonce, content],
        );
        match done {
            Ok(_) => Ok(()),
            Err(rusqlite::Error::SqliteFailure(error, _))
                if error.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE =>
            {
                Err(StoreError::NameTaken(row.name.clone()))
            }
            Err(error) => Err(StoreError::database("write a base")(error)),
        }
    }

    /// Forgets a base; sites that followed it follow none. False when there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_base(&self, id: &BaseId) -> Result<bool, StoreError> {
        let gone = self
            .connection()
            .execute("DELETE FROM bases WHERE id = ?1", [&id.0])
            .map_err(StoreError::database("remove a base"))?;
        Ok(gone > 0)
    }

    /// Lets a site follow a base, in place of any other one of the same application.
    ///
    /// # Errors
    /// When the database fails.
    pub fn follow_base(&self, site: &SiteId, base: &BaseRow) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "INSERT OR REPLACE INTO base_sites (site, slug, base) VALUES (?1, ?2, ?3)",
                params![site.0, base.slug, base.id.0],
            )
            .map_err(StoreError::database("let a site follow a base"))?;
        Ok(())
    }

    /// Lets a site no longer follow a base; one that does not follow it is left alone.
    ///
    /// # Errors
    /// When the database fails.
    pub fn leave_base(&self, site: &SiteId, base: &BaseId) -> Result<(), StoreError> {
        self.connection()
            .execute("DELETE FROM base_sites WHERE site = ?1 AND base = ?2", params![site.0, base.0])
            .map_err(StoreError::database("let a site leave a base"))?;
        Ok(())
    }

    /// Which sites follow which bases.
    ///
    /// # Errors
    /// When the database fails.
    pub fn base_sites(&self) -> Result<Vec<(BaseId, SiteId)>, StoreError> {
        let what = "list the sites that follow bases";
        let connection = self.connection();
        let mut statement =
            connection.prepare("SELECT base, site FROM base_sites").map_err(StoreError::database(what))?;
        let rows = statement
            .query_map([], |row| Ok((BaseId(row.get(0)?), SiteId(row.get(1)?))))
            .map_err(StoreError::database(what))?;
        rows.map(|row| row.map_err(StoreError::database(what))).collect()
    }

    /// The base that a site follows for an application.
    ///
    /// # Errors
    /// When the database fails or the values are damaged.
    pub fn base_of(&self, site: &SiteId, slug: &str) -> Result<Option<(BaseRow, Secret)>, StoreError> {
        let id: Option<String> = self
            .connection()
            .query_row(
                "SELECT base FROM base_sites WHERE site = ?1 AND slug = ?2",
                params![site.0, slug],
                |row| row.get(0),
            )
            .optional()
            .map_err(StoreError::database("read the base of a site"))?;
        id.map_or(Ok(None), |id| self.base(&id))
    }
}
