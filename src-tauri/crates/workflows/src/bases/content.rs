//! What a base holds, and what a release makes of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_config::{Config, Context, Evaluation, Evaluator, ReleaseFacts, Value, Values};
use longshore_contract::{FieldError, Timestamp};
use serde::{Deserialize, Serialize};

/// One value, and who gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseEntry {
    /// The value.
    pub value: Value,
    /// When it was set.
    pub at: Timestamp,
    /// By whom.
    pub who: String,
}

/// All that a base holds. It is written encrypted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseContent {
    /// Values by item name.
    pub values: BTreeMap<String, BaseEntry>,
    /// The Config of the release that the values were checked against last; empty when none was known.
    pub config_spec: String,
    /// That release's version.
    pub version: String,
    /// The application's slug.
    pub slug: String,
}

impl BaseContent {
    /// The values, as the config crate takes them.
    pub fn given(&self) -> Values {
        self.values.iter().map(|(name, entry)| (name.clone(), entry.value.clone())).collect()
    }

    /// Takes new values; those that stay the same keep who gave them and when.
    pub(super) fn replace(&mut self, values: Values, at: Timestamp, who: &str) {
        let old = std::mem::take(&mut self.values);
        let entry = |name: &str, value: Value| match old.get(name) {
            Some(entry) if entry.value == value => entry.clone(),
            _ => BaseEntry { value, at, who: who.to_owned() },
        };
        self.values = values
            .into_iter()
            .map(|(name, value)| {
                let entry = entry(&name, value);
                (name, entry)
            })
            .collect();
    }

    /// The form the values are for; `None` when no release of the application was ever seen.
    pub(super) fn config(&self) -> Option<Config> {
        if self.config_spec.is_empty() {
            return None;
        }
        Config::parse(&self.config_spec).ok()
    }

    /// The values in that form. Facts of a site are none, since a base is no site's; what depends on them is judged
    /// when a site is configured.
    pub(super) fn evaluation(&self, config: &Config, at: Timestamp) -> Option<Evaluation> {
        let release = ReleaseFacts {
            version_label: self.version.clone(),
            app_slug: self.slug.clone(),
            ..ReleaseFacts::default()
        };
        let context = Context { release: Some(release), namespace: self.slug.clone(), ..Context::default() };
        let evaluator = Evaluator::new(Arc::new(config.clone()), Arc::new(context));
        let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
        evaluator.evaluate(&self.given(), &BTreeMap::new(), at).ok()
    }

    /// What the release says against values of the base. What the base leaves open is for the sites to say, and
    /// nothing against it.
    pub(super) fn errors(&self, config: &Config, at: Timestamp) -> Vec<FieldError> {
        let refused = self.evaluation(config, at).map(|evaluation| evaluation.errors).unwrap_or_default();
        let mut errors: Vec<FieldError> =
            refused.into_iter().filter(|error| self.values.contains_key(&error.field)).collect();
        let known = longshore_config::for_release(&self.given(), config);
        let unknown = self.values.keys().filter(|name| !known.contains_key(*name));
        errors.extend(unknown.map(|name| FieldError {
            field: name.clone(),
            message: format!("is no config item of {}", self.version),
        }));
        errors
    }
}
