//! What a support bundle takes from the runs of a site, and what it must not show.

use longshore_config::Config;
use longshore_contract::{RunId, SiteId};
use longshore_managers::{ConfigContent, Content};

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
    let parsed = Config::parse(spec).unwrap_or_default();
    let names: Vec<&str> = parsed
        .groups
        .iter()
        .flat_map(|group| &group.items)
        .filter(|item| item.is_secret())
        .map(|item| item.name.as_str())
        .collect();
    let is_secret = |name: &str, of: &str| names.contains(&name) || names.contains(&of);
    let given = config.given.iter().filter(|(name, held)| is_secret(name, &held.repeatable_item));
    given.map(|(_, held)| held.value.clone()).chain(config.generated.values().cloned()).collect()
}
