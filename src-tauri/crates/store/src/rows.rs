//! Sites, settings and the audit trail: rows of JSON.

use longshore_contract::{
    AuditEntry, HostTest, InstalledApp, KubernetesSite, LeaseHolder, LinuxSite, Reachability, Settings,
    SiteId, Target, Timestamp,
};
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::{Store, StoreError};

/// A site as it is stored. Passwords and pasted kubeconfigs are not in here but among the secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteRow {
    /// Id.
    pub id: SiteId,
    /// Name, unique.
    pub name: String,
    /// Tags.
    pub tags: Vec<String>,
    /// In the sidebar.
    pub pinned: bool,
    /// Whether only bundles signed with the vendor's pinned key may be installed there.
    #[serde(default)]
    pub signature_required: bool,
    /// What it is made of.
    pub target: Target,
    /// How it is reached; for Linux hosts, how their cluster is, once they have one.
    pub kubernetes: KubernetesSite,
    /// Its hosts, for a site of Linux hosts.
    #[serde(default)]
    pub linux: Option<LinuxSite>,
    /// Its hosts as they were last tested.
    #[serde(default)]
    pub hosts: Vec<HostTest>,
    /// As last seen.
    pub reachability: Reachability,
    /// When that was.
    pub seen_at: Option<Timestamp>,
    /// What was installed, as last read.
    pub installed: Option<InstalledApp>,
    /// Who held its lease, as last read.
    pub lease: Option<LeaseHolder>,
}

impl SiteRow {
    /// A site that nobody has looked at yet.
    pub fn new(id: SiteId, name: String, target: Target, kubernetes: KubernetesSite) -> Self {
        Self {
            id,
            name,
            tags: Vec::new(),
            pinned: false,
            signature_required: false,
            target,
            kubernetes,
            linux: None,
            hosts: Vec::new(),
            reachability: Reachability::Unknown,
            seen_at: None,
            installed: None,
            lease: None,
        }
    }
}

impl Store {
    /// All sites, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn sites(&self) -> Result<Vec<SiteRow>, StoreError> {
        let what = "list sites";
        let connection = self.connection();
        let mut statement = connection
            .prepare("SELECT body FROM sites ORDER BY name COLLATE NOCASE")
            .map_err(StoreError::database(what))?;
        let rows =
            statement.query_map([], |row| row.get::<_, String>(0)).map_err(StoreError::database(what))?;
        rows.map(|row| parse(&row.map_err(StoreError::database(what))?, "a site")).collect()
    }

    /// One site by id or by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn site(&self, id_or_name: &str) -> Result<Option<SiteRow>, StoreError> {
        let text: Option<String> = self
            .connection()
            .query_row(
                "SELECT body FROM sites WHERE id = ?1 OR name = ?1 ORDER BY id = ?1 DESC",
                [id_or_name],
                |row| row.get(0),
            )
            .optional()
            .map_err(StoreError::database("read a site"))?;
        text.map(|text| parse(&text, "a site")).transpose()
    }

    /// Adds or replaces a site.
    ///
    /// # Errors
    /// When its name is another site's, or the database fails.
    pub fn put_site(&self, site: &SiteRow) -> Result<(), StoreError> {
        let body = serde_json::to_string(site).map_err(StoreError::content("a site"))?;
        let done = self.connection().execute(
            "INSERT INTO sites (id, name, body) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET name = ?2, body = ?3",
            params![site.id.0, site.name, body],
        );
        match done {
            Ok(_) => Ok(()),
            Err(rusqlite::Error::SqliteFailure(error, _))
                if error.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE =>
            {
                Err(StoreError::NameTaken(site.name.clone()))
            }
            Err(error) => Err(StoreError::database("write a site")(error)),
        }
    }

    /// Forgets a site.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_site(&self, site: &SiteId) -> Result<(), StoreError> {
        self.connection()
            .execute("DELETE FROM sites WHERE id = ?1", [&site.0])
            .map_err(StoreError::database("remove a site"))?;
        Ok(())
    }

    /// The settings, or the defaults.
    ///
    /// # Errors
    /// When the database fails.
    pub fn settings(&self) -> Result<Settings, StoreError> {
        let text: Option<Vec<u8>> = self.value("settings")?;
        text.map_or_else(
            || Ok(Settings::default()),
            |text| parse(&String::from_utf8_lossy(&text), "the settings"),
        )
    }

    /// Replaces the settings.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        let text = serde_json::to_vec(settings).map_err(StoreError::content("the settings"))?;
        self.put_value("settings", &text)
    }

    /// Adds a line to the audit trail.
    ///
    /// # Errors
    /// When the database fails.
    pub fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        let body = serde_json::to_string(entry).map_err(StoreError::content("an audit line"))?;
        self.connection()
            .execute("INSERT INTO audit (at, body) VALUES (?1, ?2)", params![entry.at.0, body])
            .map_err(StoreError::database("write the audit trail"))?;
        Ok(())
    }

    /// The newest lines of the audit trail.
    ///
    /// # Errors
    /// When the database fails.
    pub fn audit_list(&self, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        let what = "read the audit trail";
        let connection = self.connection();
        let mut statement = connection
            .prepare("SELECT body FROM audit ORDER BY id DESC LIMIT ?1")
            .map_err(StoreError::database(what))?;
        let rows = statement
            .query_map([limit], |row| row.get::<_, String>(0))
            .map_err(StoreError::database(what))?;
        rows.map(|row| parse(&row.map_err(StoreError::database(what))?, "an audit line")).collect()
    }

    /// A small value by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn value(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.connection()
            .query_row("SELECT body FROM value WHERE name = ?1", [name], |row| row.get(0))
            .optional()
            .map_err(StoreError::database("read a value"))
    }

    /// Sets a small value by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put_value(&self, name: &str, body: &[u8]) -> Result<(), StoreError> {
        self.connection()
            .execute("INSERT OR REPLACE INTO value (name, body) VALUES (?1, ?2)", params![name, body])
            .map_err(StoreError::database("write a value"))?;
        Ok(())
    }
}

pub(crate) fn parse<T: serde::de::DeserializeOwned>(text: &str, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(StoreError::content(what))
}
