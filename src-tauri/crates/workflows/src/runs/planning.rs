//! A run's plan: shown from what the site holds now, frozen when the run starts.

use std::sync::Arc;

use longshore_cluster::Cluster;
use longshore_cluster::record::{self, Installation, RevisionContent};
use longshore_contract::{Plan, RunId, WireError, Workflow};
use longshore_engine::fold::Folded;
use longshore_managers::{Content, access};
use longshore_store::SiteRow;

use super::create::{namespace, record_refusal};
use super::footing::Footing;
use super::linux::standing;
use super::{Runs, RunsError};
use crate::plan::{self, Held, RecordedRevision};
use crate::prepare::{Ingredients, Prepared, config_digest, prepare};

impl Runs {
    /// The plan: the frozen one, or one made from what the site holds now.
    ///
    /// # Errors
    /// When the site does not answer or the release does not render.
    pub async fn plan(&self, run: &RunId) -> Result<Plan, RunsError> {
        let folded = self.folded(run).await?;
        if let Some(plan) = &folded.plan {
            return Ok(plan.as_ref().clone());
        }
        let site = self.site(&folded)?;
        let footing = Footing::find(&self.store, &site).await?;
        let prepared = self.prepare(run, &folded, &site, &footing).await?;
        // Kept as shown: what a person approves is what is frozen, whatever a chart makes up at each rendering.
        self.keep(run, "prepared", &prepared)?;
        Ok(prepared.plan)
    }

    pub(super) async fn prepare(
        &self,
        run: &RunId,
        folded: &Folded,
        site: &SiteRow,
        footing: &Arc<Footing>,
    ) -> Result<Prepared, RunsError> {
        let slug = &folded.release.slug;
        let namespace = namespace(site, slug);
        let installed = match footing.existing() {
            // Of a site that has nothing installed nobody knows whose record it would be.
            Some(_) if slug.is_empty() => None,
            Some(cluster) => {
                record::read(cluster, &namespace, slug).await.map_err(|error| record_refusal(&error))?
            }
            None => None,
        };
        match folded.workflow {
            Workflow::Rollback => {
                let prepared =
                    self.prepare_rollback(folded, footing.cluster().await?, &namespace, installed).await?;
                let content = Content { cluster: standing(footing), ..prepared.content };
                return Ok(Prepared { content, ..prepared });
            }
            Workflow::Reset => return self.prepare_reset(run, footing, installed.as_ref()).await,
            Workflow::Restore => return self.prepare_restore(run, footing, installed.as_ref()).await,
            _ => {}
        }
        let (bundle, release) = self.bundle(folded)?;
        let registry = access::registry(&self.store, site, slug)?;
        let config = self.config_content(run)?;
        let live: Option<RevisionContent> = self.kept(run, "live")?;
        let settings = self.settings(run)?;
        let linux = match &footing.hosts {
            Some(_) => Some(
                Box::pin(self.linux(run, folded, footing, (&bundle, &release), registry.is_some())).await?,
            ),
            None => None,
        };
        let ingredients = Ingredients {
            workflow: folded.workflow,
            cluster: footing.existing(),
            linux: linux.as_ref(),
            helm: &self.helm,
            bundle: &bundle,
            release: &release,
            namespace: &namespace,
            registry: registry.as_ref(),
            settings: &settings,
            config: &config,
            installed: installed.as_ref(),
            live: live.as_ref(),
            now: self.now(),
        };
        Ok(prepare(&ingredients).await?)
    }

    async fn prepare_rollback(
        &self,
        folded: &Folded,
        cluster: &Arc<Cluster>,
        namespace: &str,
        installed: Option<Installation>,
    ) -> Result<Prepared, RunsError> {
        let slug = &folded.release.slug;
        let record =
            installed.ok_or_else(|| WireError::not_found("The site has no installation record any more"))?;
        let number = folded.revision.unwrap_or(record.revision);
        let to = record.find(number).cloned().ok_or_else(|| {
            WireError::not_found(format!("The installation record keeps no revision {number}"))
                .hint("See the site's revisions for those that it keeps.")
        })?;
        let content = record::read_content(cluster, namespace, slug, number).await;
        let content = content.map_err(|error| record_refusal(&error))?;
        let inventory = cluster.inventory(namespace, slug).await;
        let inventory =
            inventory.map_err(|error| crate::prepare::unreadable("The inventory cannot be read", &error))?;
        let held = Held {
            cluster_uid: cluster.uid.clone(),
            version: record.live().map(|live| live.version.clone()),
            revision: record.revision,
            charts: record.live().map(|live| live.charts.clone()).unwrap_or_default(),
            manifests: inventory.len(),
            extensions: record.extensions.clone(),
        };
        let mut live = held.charts.clone();
        for chart in self.touched(folded).await? {
            if !live.iter().any(|known| known.release == chart.release && known.namespace == chart.namespace)
            {
                live.push(chart);
            }
        }
        let revision = RecordedRevision {
            slug: slug.clone(),
            namespace: namespace.to_owned(),
            revision: to.revision,
            version: to.version.clone(),
            charts: to.charts.clone(),
            manifests_digest: to.manifests_digest.clone(),
            informers: to.informers.clone(),
            config_digest: to.config_digest.clone(),
        };
        let plan = plan::rollback(&revision, &held, &live, Vec::new(), Vec::new(), self.now());
        let config = serde_json::from_value(content.config).unwrap_or_default();
        let content = Content {
            manifests: content.manifests,
            config,
            config_spec: content.config_spec,
            ..Content::default()
        };
        Ok(Prepared { plan, content })
    }

    /// Charts that the run which is rolled back may have installed, as its frozen plan names them.
    async fn touched(&self, folded: &Folded) -> Result<Vec<record::RecordedChart>, RunsError> {
        let mut touched = Vec::new();
        for known in self.store.runs()?.into_iter().filter(|known| known.site == folded.site).take(8) {
            let other = self.folded(&known.id).await?;
            let Some(plan) = other.plan.filter(|_| other.workflow != Workflow::Rollback) else { continue };
            let record = plan.steps.iter().find(|step| step.kind == longshore_managers::params::kind::RECORD);
            let params = record.and_then(|step| {
                serde_json::from_value::<longshore_managers::params::RecordParams>(step.params.clone()).ok()
            });
            touched.extend(params.map(|params| params.charts).unwrap_or_default());
        }
        Ok(touched)
    }

    /// The plan to freeze: the one that was shown, when the site still is what it was made from.
    pub(super) async fn settled(
        &self,
        run: &RunId,
        folded: &Folded,
        site: &SiteRow,
        footing: &Arc<Footing>,
        approved: Option<&str>,
    ) -> Result<Prepared, RunsError> {
        let shown: Option<Prepared> = self.kept(run, "prepared")?;
        if let Some(shown) = shown
            && approved.is_none_or(|digest| digest == shown.plan.digest)
            && self.still_holds(run, folded, site, footing, &shown).await?
        {
            return Ok(shown);
        }
        let fresh = self.prepare(run, folded, site, footing).await?;
        self.keep(run, "prepared", &fresh)?;
        match approved {
            Some(digest) if digest != fresh.plan.digest => Err(RunsError::PlanChanged),
            _ => Ok(fresh),
        }
    }

    async fn still_holds(
        &self,
        run: &RunId,
        folded: &Folded,
        site: &SiteRow,
        footing: &Arc<Footing>,
        shown: &Prepared,
    ) -> Result<bool, RunsError> {
        let assumed = &shown.plan.assumptions;
        let slug = &folded.release.slug;
        let record = match footing.existing() {
            Some(cluster) => record::read(cluster, &namespace(site, slug), slug).await,
            None => Ok(None),
        };
        let record = record.map_err(|error| record_refusal(&error))?;
        let config = if matches!(folded.workflow, Workflow::Rollback | Workflow::Reset | Workflow::Restore) {
            assumed.config_digest.clone()
        } else {
            config_digest(&self.config_content(run)?)
        };
        Ok(assumed.cluster_uid == footing.cluster_uid()
            && assumed.revision == record.as_ref().map_or(0, |record| record.revision)
            && assumed.extensions_digest
                == record
                    .as_ref()
                    .map(|record| plan::extensions_digest(&record.extensions))
                    .unwrap_or_default()
            && assumed.config_digest == config)
    }
}
