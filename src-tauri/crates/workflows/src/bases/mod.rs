//! Bases: config values of one application that several sites share.
//!
//! A base holds what somebody gave, never what was generated, and no site's own values. It is looked at when a run
//! is created and at no other time: changing a base changes nothing anywhere until a site is upgraded.

mod assign;
mod compare;
mod content;
mod put;
mod view;

use std::sync::Arc;

use longshore_bundle::Library;
use longshore_contract::{AppEvent, BaseId, BaseList, BaseSummary, BaseView, SiteId, WireError};
use longshore_managers::access;
use longshore_store::{BaseRow, SiteRow, Store, StoreError};

pub use content::BaseContent;

use crate::runs::Runs;

/// The service behind every command about bases.
pub struct Bases {
    store: Arc<Store>,
    library: Arc<Library>,
    runs: Arc<Runs>,
    announce: Arc<dyn Fn(AppEvent) + Send + Sync>,
}

fn broken(error: &StoreError) -> WireError {
    WireError::internal(error)
}

impl Bases {
    /// A service over a store and a library; `announce` is told whenever a base changes.
    pub fn new(
        store: Arc<Store>,
        library: Arc<Library>,
        runs: Arc<Runs>,
        announce: Arc<dyn Fn(AppEvent) + Send + Sync>,
    ) -> Self {
        Self { store, library, runs, announce }
    }

    /// All bases, by name.
    ///
    /// # Errors
    /// When the store fails.
    pub fn list(&self) -> Result<BaseList, WireError> {
        let rows = self.store.bases().map_err(|error| broken(&error))?;
        let sites = self.following()?;
        Ok(BaseList { bases: rows.iter().map(|row| view::summary(row, &sites)).collect() })
    }

    /// One base with its values; passwords and files are not told.
    ///
    /// # Errors
    /// When there is none of that id or name.
    pub fn get(&self, base: &BaseId) -> Result<BaseView, WireError> {
        let (row, content) = self.read(base)?;
        self.view(&row, &content)
    }

    /// Forgets a base. Sites that followed it keep the values they have.
    ///
    /// # Errors
    /// When there is none of that id or name.
    pub fn remove(&self, base: &BaseId) -> Result<(), WireError> {
        let (row, _) = self.read(base)?;
        self.store.remove_base(&row.id).map_err(|error| broken(&error))?;
        (self.announce)(AppEvent::BaseChanged { base: row.id });
        Ok(())
    }

    fn read(&self, base: &BaseId) -> Result<(BaseRow, BaseContent), WireError> {
        let found = self.store.base(&base.0).map_err(|error| broken(&error))?;
        let (row, content) = found.ok_or_else(|| {
            WireError::not_found(format!("There is no base {base}"))
                .hint("`longshore config base list` shows those there are.")
        })?;
        let content = serde_json::from_slice(&content).map_err(|error| WireError::internal(&error))?;
        Ok((row, content))
    }

    fn site(&self, site: &SiteId) -> Result<SiteRow, WireError> {
        access::site(&self.store, site)
    }

    /// Every pair of a base and a site that follows it, by the sites' names.
    fn following(&self) -> Result<Vec<(BaseId, SiteRow)>, WireError> {
        let pairs = self.store.base_sites().map_err(|error| broken(&error))?;
        let sites = self.store.sites().map_err(|error| broken(&error))?;
        let named = sites.into_iter().flat_map(|site| {
            let bases = pairs.iter().filter(|(_, follower)| *follower == site.id);
            bases.map(|(base, _)| (base.clone(), site.clone())).collect::<Vec<_>>()
        });
        Ok(named.collect())
    }

    fn view(&self, row: &BaseRow, content: &BaseContent) -> Result<BaseView, WireError> {
        Ok(view::view(self.summary(row)?, content, self.runs.now()))
    }

    fn summary(&self, row: &BaseRow) -> Result<BaseSummary, WireError> {
        Ok(view::summary(row, &self.following()?))
    }
}
