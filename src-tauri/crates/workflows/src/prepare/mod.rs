//! From a release, config values and a site to a plan and all that it refers to.

mod diff;
mod extensions;
mod facts;
mod linux;
mod pulls;
mod render;
mod site;

use std::sync::Arc;

use longshore_bundle::BundleRecord;
use longshore_cluster::Cluster;
use longshore_cluster::helm::Helm;
use longshore_cluster::record::{Installation, RevisionContent};
use longshore_config::Config;
use longshore_contract::{
    ConfigChange, InstallationSettings, Plan, RegistrySettings, Timestamp, WireError, Workflow,
};
use longshore_managers::{ConfigContent, Content, Identity};
use longshore_release::Release;
use serde::{Deserialize, Serialize};

use crate::plan::{self, Inputs, Wanted};

pub(crate) use diff::{Side, hide, objects_of, pairs, secrets};
use render::one_text;
pub(crate) use render::{host_preflights, text};
pub(crate) use site::{of_application, unreadable};

pub use facts::{Facts, config, evaluated, evaluation};
pub use linux::Linux;
pub use render::{Rendered, render};

/// A plan and what it refers to by digest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prepared {
    /// The plan.
    pub plan: Plan,
    /// What it refers to.
    pub content: Content,
}

/// Everything preparing needs.
pub struct Ingredients<'a> {
    /// Install or upgrade.
    pub workflow: Workflow,
    /// The site's cluster; `None` where it is still to be made.
    pub cluster: Option<&'a Arc<Cluster>>,
    /// What becomes of the cluster of Linux hosts.
    pub linux: Option<&'a Linux>,
    /// Helm.
    pub helm: &'a Helm,
    /// The bundle.
    pub bundle: &'a BundleRecord,
    /// The release.
    pub release: &'a Release,
    /// Application's namespace.
    pub namespace: &'a str,
    /// The site's registry, its password included.
    pub registry: Option<&'a RegistrySettings>,
    /// Installation settings.
    pub settings: &'a InstallationSettings,
    /// Config values.
    pub config: &'a ConfigContent,
    /// What the site's record says.
    pub installed: Option<&'a Installation>,
    /// Content of the live revision.
    pub live: Option<&'a RevisionContent>,
    /// When.
    pub now: Timestamp,
}

impl Ingredients<'_> {
    /// Version of Kubernetes after the run, where the run brings it.
    fn kubernetes(&self) -> Option<&str> {
        let cluster = self.linux?.wanted.as_ref()?;
        cluster.change.to_version.as_deref()
    }
}

/// Prepares an install or upgrade: renders, reads the site, compares, plans.
///
/// # Errors
/// When the package cannot be rendered, config values are refused, or the site does not answer.
pub async fn prepare(from: &Ingredients<'_>) -> Result<Prepared, WireError> {
    let rendered = rendered(from)?;
    let held = site::held(from.cluster, from.namespace, from.installed).await?;
    let mut charts = plan::chart_changes(&rendered.charts, &held.charts);
    let own = extensions::rendered(from, &rendered.cluster).await?;
    let mut extensions = own.wanted(from, &held.extensions);
    let (images, (), (), mut manifests) = futures::try_join!(
        site::images(from.bundle, from.release, from.registry, from.linux),
        diff::charts(from, &rendered, &mut charts),
        diff::charts(from, &own.rendered, &mut extensions.changes),
        diff::manifests(from, &rendered.manifests),
    )?;
    let mut warnings = pulls::warnings(&images, extensions.changes.iter().chain(&charts), &manifests);
    warnings.extend(own.ignored());
    diff::mask(&mut charts, &mut manifests, &rendered.secrets);
    diff::mask(&mut extensions.changes, &mut [], &rendered.secrets);
    let identity = identity(from.bundle, from.release);
    let content = Content {
        identity: identity.clone(),
        charts: rendered.contents,
        extensions: own.rendered.contents,
        manifests: rendered.manifests.clone(),
        preflights: rendered.preflights.clone(),
        config: from.config.clone(),
        cluster: from.linux.map(|linux| linux.content.clone()),
        config_spec: from.release.config.as_ref().map(|document| document.text.clone()).unwrap_or_default(),
    };
    let manifests_digest = if rendered.manifests.is_empty() {
        String::new()
    } else {
        longshore_engine::plan_digest::sha256(rendered.manifests.as_bytes())
    };
    let wanted = Wanted {
        slug: identity.slug,
        version: identity.version,
        namespace: from.namespace.to_owned(),
        charts: rendered.charts,
        manifests_digest,
        manifests,
        informers: rendered.informers,
        has_preflights: !rendered.preflights.is_empty(),
        config_digest: config_digest(from.config),
    };
    let config = config_changes(&*config(from.release)?, from.live, from.config);
    let plan = plan::make(Inputs {
        workflow: from.workflow,
        wanted,
        held,
        images,
        cluster: from.linux.and_then(|linux| linux.wanted.clone()),
        extensions,
        charts,
        config,
        warnings,
        now: from.now,
    });
    Ok(Prepared { plan, content })
}

fn rendered(from: &Ingredients<'_>) -> Result<Rendered, WireError> {
    let facts = Facts::of(from);
    let evaluation = evaluation(from.release, from.config, &facts, from.now)?;
    if !evaluation.errors.is_empty() {
        let count = evaluation.errors.len();
        let text = format!("{count} config {} refused", if count == 1 { "value is" } else { "values are" });
        return Err(WireError { fields: evaluation.errors.clone(), ..WireError::bad_input(text) }
            .hint("Set them with `longshore config set`, or with --set and --config-values."));
    }
    let secrets = diff::secrets(&evaluation, from.live);
    let evaluation = Arc::new(evaluation);
    let rendered = render(from.release, &evaluation, &facts, from.namespace, from.now)?;
    let document = from.release.infrastructure.as_ref().filter(|_| from.linux.is_some());
    let cluster = document.map(|document| one_text(document, &evaluation, &facts, from.now)).transpose()?;
    Ok(Rendered { secrets, cluster: cluster.unwrap_or_default(), ..rendered })
}

/// Digest of config values, given and generated.
pub fn config_digest(config: &ConfigContent) -> String {
    let value = serde_json::to_value(config).unwrap_or_default();
    longshore_engine::plan_digest::sha256(longshore_engine::plan_digest::canonical(&value).as_bytes())
}

/// The release, as the installation record names it.
pub fn identity(bundle: &BundleRecord, release: &Release) -> Identity {
    let meta = &bundle.meta;
    let title = &release.application.title;
    Identity {
        slug: meta.app_slug.clone(),
        title: if title.is_empty() { meta.app_slug.clone() } else { title.clone() },
        icon: release.application.icon.clone(),
        version: meta.version_label.clone(),
        channel_id: meta.channel_id.clone(),
        channel: meta.channel_name.clone(),
        cursor: meta.update_cursor.clone(),
        required: meta.is_required,
    }
}

/// Values of a config against those of the live revision.
pub(crate) fn config_changes(
    config: &Config,
    live: Option<&RevisionContent>,
    new: &ConfigContent,
) -> Vec<ConfigChange> {
    let old =
        live.map(|live| serde_json::from_value::<ConfigContent>(live.config.clone()).unwrap_or_default());
    diff::config(config, old.as_ref(), new)
}
