//! What templates are told about the release and the site.

use std::sync::Arc;

use longshore_config::{Config, Context, Evaluation, Evaluator, Proxy, Registry, ReleaseFacts};
use longshore_contract::{InstallationSettings, RegistrySettings, Timestamp, WireError, chain};
use longshore_managers::ConfigContent;
use longshore_managers::infra::{pull_secret_content, pull_secret_name};
use longshore_release::{Airgap, Release};

use super::Ingredients;

/// Facts for templates.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// As the config crate takes them.
    pub context: Arc<Context>,
}

impl Facts {
    /// Facts of what a plan is made from.
    pub fn of(from: &Ingredients<'_>) -> Self {
        Self::new(from.release, &from.bundle.meta, from.namespace, from.registry, from.settings)
    }

    /// Facts from their parts.
    pub fn new(
        release: &Release,
        meta: &Airgap,
        namespace: &str,
        registry: Option<&RegistrySettings>,
        settings: &InstallationSettings,
    ) -> Self {
        let license = release.license.as_ref().and_then(|license| serde_json::to_value(&license.spec).ok());
        let channel = release.channel.clone().unwrap_or_default();
        let context = Context {
            license,
            release: Some(ReleaseFacts {
                version_label: meta.version_label.clone(),
                channel_id: meta.channel_id.clone(),
                channel_slug: if channel.channel_slug.is_empty() {
                    meta.channel_name.clone()
                } else {
                    channel.channel_slug
                },
                channel_sequence: channel.channel_sequence,
                app_slug: meta.app_slug.clone(),
                cursor: meta.update_cursor.clone(),
                release_notes: meta.release_notes.clone(),
                is_required: meta.is_required,
                ..ReleaseFacts::default()
            }),
            registry: registry
                .map(|settings| facts_of_registry(settings, &meta.app_slug))
                .unwrap_or_default(),
            proxy: Proxy {
                http_proxy: settings.http_proxy.clone(),
                https_proxy: settings.https_proxy.clone(),
                no_proxy: settings.no_proxy.clone(),
            },
            airgap: !meta.saved_images.is_empty(),
            namespace: namespace.to_owned(),
            ..Context::default()
        };
        Self { context: Arc::new(context) }
    }
}

fn facts_of_registry(settings: &RegistrySettings, slug: &str) -> Registry {
    let namespace = settings.namespace.trim_matches('/').to_owned();
    let address = if namespace.is_empty() {
        settings.address.clone()
    } else {
        format!("{}/{namespace}", settings.address)
    };
    let has_secret = !settings.username.is_empty();
    Registry {
        has_local_registry: true,
        host: settings.address.clone(),
        address,
        namespace,
        image_pull_secret_name: if has_secret { pull_secret_name(slug) } else { String::new() },
        image_pull_secret_value: if has_secret { pull_secret_content(settings) } else { String::new() },
    }
}

/// The release's Config; an empty one when it has none.
///
/// # Errors
/// When it cannot be read.
pub fn config(release: &Release) -> Result<Arc<Config>, WireError> {
    let Some(document) = &release.config else { return Ok(Arc::default()) };
    let config = Config::parse(&document.text).map_err(|error| {
        WireError::bad_input(format!("The Config in {} cannot be read: {}", document.file, chain(&error)))
            .hint("The package needs to be mended by its vendor.")
    })?;
    Ok(Arc::new(config))
}

/// Evaluates the release's Config with the values given so far.
///
/// # Errors
/// When the package's own templates fail.
pub fn evaluation(
    release: &Release,
    values: &ConfigContent,
    facts: &Facts,
    now: Timestamp,
) -> Result<Evaluation, WireError> {
    evaluated(&Evaluator::new(config(release)?, Arc::clone(&facts.context)), values, now)
}

/// The same with an evaluator that may remember.
///
/// # Errors
/// When the package's own templates fail.
pub fn evaluated(
    evaluator: &Evaluator,
    values: &ConfigContent,
    now: Timestamp,
) -> Result<Evaluation, WireError> {
    let at = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
    evaluator.evaluate(&values.given, &values.generated, at).map_err(|error| {
        WireError::bad_input(chain(&error)).hint("The package needs to be mended by its vendor.")
    })
}
