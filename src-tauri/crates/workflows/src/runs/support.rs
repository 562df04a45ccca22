//! What a support bundle takes from the runs of a site, and what it must not show.

use longshore_bundle::BundleRecord;
use longshore_config::Config;
use longshore_contract::{BundleId, RunId, SiteId, SpecFile};
use longshore_managers::{ConfigContent, Content};
use longshore_store::SiteRow;

use super::{Runs, RunsError};

impl Runs {
    /// Runs of a site, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn of_site(&self, site: &SiteId) -> Result<Vec<RunId>, RunsError> {
        let runs = self.store.runs()?;
        Ok(runs.into_iter().filter(|run| run.site == *site).map(|run| run.id).collect())
    }

    /// SupportBundle and Redactor specs for a site: of the bundle that is named, else of the release that is installed
    /// there, as far as the library has it.
    ///
    /// # Errors
    /// When there is no such bundle, or a template fails.
    pub fn support_specs(
        &self,
        site: &SiteRow,
        named: Option<&BundleId>,
    ) -> Result<Vec<SpecFile>, RunsError> {
        let Some(id) = named.map(|bundle| bundle.0.clone()).or_else(|| self.installed_bundle(site)) else {
            return Ok(Vec::new());
        };
        let (bundle, release) = self.bundle_by_id(&id)?;
        let documents: Vec<_> = release.support.iter().collect();
        self.rendered_specs(&bundle, &release, &documents, Some(site))
    }

    /// The bundle of what is installed on a site. A library that cannot be read has none: support is wanted when
    /// things are broken.
    fn installed_bundle(&self, site: &SiteRow) -> Option<String> {
        let installed = site.installed.as_ref()?;
        let records = self.library.bundles().unwrap_or_default();
        let is_it = |record: &&BundleRecord| {
            record.meta.app_slug == installed.slug && record.meta.version_label == installed.version
        };
        records.iter().find(is_it).map(|record| record.id.clone())
    }

    /// Values of passwords and files that runs of a site were given or made, so that they can be masked wherever they
    /// turn up.
    ///
    /// # Errors
    /// When the store fails.
    pub fn secrets_of(&self, site: &SiteId) -> Result<Vec<String>, RunsError> {
        let mut secrets = Vec::new();
        for run in self.of_site(site)? {
            // What was never planned was never sent anywhere.
            if let Some(content) = self.kept::<Content>(&run, "content")? {
                secrets.extend(secret_values(&content.config_spec, &content.config));
            }
        }
        secrets.sort_unstable();
        secrets.dedup();
        Ok(secrets)
    }
}

/// Values of the secret items of a Config. All that was generated counts: it is keys and passwords.
fn secret_values(spec: &str, config: &ConfigContent) -> Vec<String> {
    let parsed = Config::parse(spec).ok();
    let names: Option<Vec<&str>> = parsed.as_ref().map(|parsed| {
        let items = parsed.groups.iter().flat_map(|group| &group.items);
        items.filter(|item| item.is_secret()).map(|item| item.name.as_str()).collect()
    });
    // Without the Config nobody knows which values are secret, so all are.
    let is_secret = |name: &str, of: &str| {
        names.as_ref().is_none_or(|names| names.contains(&name) || names.contains(&of))
    };
    let given = config.given.iter().filter(|(name, held)| is_secret(name, &held.repeatable_item));
    given.map(|(_, held)| held.value.clone()).chain(config.generated.values().cloned()).collect()
}
