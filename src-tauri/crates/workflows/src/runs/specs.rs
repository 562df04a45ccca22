//! The preflight specs of a release, for checks days before any run.

use std::sync::Arc;

use longshore_bundle::BundleRecord;
use longshore_config::Lookup;
use longshore_contract::{InstallationSettings, SpecFile, WireError};
use longshore_managers::{ConfigContent, access};
use longshore_release::{Document, Release};
use longshore_store::SiteRow;

use super::{Runs, RunsError};
use crate::prepare::{Facts, config, evaluated, text};

impl Runs {
    /// Host and app preflight specs of a bundle's release, rendered with the config's defaults and, where a site is
    /// named, its registry.
    ///
    /// # Errors
    /// When there is no such bundle, it has no spec, or a template fails.
    pub fn preflight_specs(&self, bundle: &str, site: Option<&SiteRow>) -> Result<Vec<SpecFile>, RunsError> {
        let (bundle, release) = self.bundle_by_id(bundle)?;
        let documents: Vec<_> = release.host_preflights.iter().chain(&release.preflights).collect();
        if documents.is_empty() {
            let which = format!("{} {}", bundle.meta.app_slug, bundle.meta.version_label);
            return Err(WireError::bad_input(format!("{which} carries no preflight spec"))
                .field("bundle", "has neither a HostPreflight nor a Preflight")
                .into());
        }
        self.rendered_specs(&bundle, &release, &documents, site)
    }

    /// Documents of a release, rendered.
    pub(super) fn rendered_specs(
        &self,
        bundle: &BundleRecord,
        release: &Arc<Release>,
        documents: &[&Document],
        site: Option<&SiteRow>,
    ) -> Result<Vec<SpecFile>, RunsError> {
        let slug = bundle.meta.app_slug.clone();
        let registry = match site {
            Some(site) => access::registry(&self.store, site, &slug)?,
            None => None,
        };
        let namespace = site.map_or_else(|| slug.clone(), |site| super::create::namespace(site, &slug));
        let settings = InstallationSettings::default();
        let facts = Facts::new(release, &bundle.meta, &namespace, registry.as_ref(), &settings);
        let digest = bundle.release.digest.to_string();
        let (_, evaluator) = self.lately.evaluator(&digest, &facts.context, || config(release))?;
        let evaluation = evaluated(&evaluator, &ConfigContent::default(), self.now())?;
        let at = jiff::Timestamp::from_millisecond(self.now().0).unwrap_or_default();
        let lookup: Arc<dyn Lookup> = Arc::new(evaluation);
        let engine = longshore_config::Engine::new(&lookup, &facts.context, at);
        let one = |document: &&Document| {
            let name = format!("{} {}: {}", slug, bundle.meta.version_label, document.file);
            Ok(SpecFile { name, content: text(document, &engine)? })
        };
        documents.iter().map(one).collect()
    }
}
