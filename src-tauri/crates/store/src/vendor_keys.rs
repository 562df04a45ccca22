//! Keys whose signatures on bundles are taken for the vendor's.

use longshore_contract::VendorKey;
use rusqlite::{OptionalExtension, params};

use crate::rows::parse;
use crate::{Store, StoreError};

impl Store {
    /// All pinned keys, by the application's slug.
    ///
    /// # Errors
    /// When the database fails.
    pub fn vendor_keys(&self) -> Result<Vec<VendorKey>, StoreError> {
        let what = "list the vendors' keys";
        let connection = self.connection();
        let mut statement = connection
            .prepare("SELECT body FROM vendor_keys ORDER BY slug")
            .map_err(StoreError::database(what))?;
        let rows =
            statement.query_map([], |row| row.get::<_, String>(0)).map_err(StoreError::database(what))?;
        rows.map(|row| parse(&row.map_err(StoreError::database(what))?, "a vendor's key")).collect()
    }

    /// The key that is pinned for an application.
    ///
    /// # Errors
    /// When the database fails.
    pub fn vendor_key(&self, slug: &str) -> Result<Option<VendorKey>, StoreError> {
        let body: Option<String> = self
            .connection()
            .query_row("SELECT body FROM vendor_keys WHERE slug = ?1", [slug], |row| row.get(0))
            .optional()
            .map_err(StoreError::database("read a vendor's key"))?;
        body.map(|body| parse(&body, "a vendor's key")).transpose()
    }

    /// Pins a key that came with a bundle, unless one is pinned already; gives the one that is pinned then.
    ///
    /// # Errors
    /// When the database fails.
    pub fn pin_first_vendor_key(&self, key: &VendorKey) -> Result<VendorKey, StoreError> {
        let body = serde_json::to_string(key).map_err(StoreError::content("a vendor's key"))?;
        self.connection()
            .execute(
                "INSERT OR IGNORE INTO vendor_keys (slug, body) VALUES (?1, ?2)",
                params![key.slug, body],
            )
            .map_err(StoreError::database("pin a vendor's key"))?;
        Ok(self.vendor_key(&key.slug)?.unwrap_or_else(|| key.clone()))
    }

    /// Pins a key, in place of the one that is pinned.
    ///
    /// # Errors
    /// When the database fails.
    pub fn pin_vendor_key(&self, key: &VendorKey) -> Result<(), StoreError> {
        let body = serde_json::to_string(key).map_err(StoreError::content("a vendor's key"))?;
        self.connection()
            .execute(
                "INSERT OR REPLACE INTO vendor_keys (slug, body) VALUES (?1, ?2)",
                params![key.slug, body],
            )
            .map_err(StoreError::database("pin a vendor's key"))?;
        Ok(())
    }

    /// Forgets the key of an application. False when there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_vendor_key(&self, slug: &str) -> Result<bool, StoreError> {
        let gone = self
            .connection()
            .execute("DELETE FROM vendor_keys WHERE slug = ?1", [slug])
            .map_err(StoreError::database("forget a vendor's key"))?;
        Ok(gone > 0)
    }
}
