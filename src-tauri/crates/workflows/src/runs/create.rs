//! Creating runs: the site is looked at, and what may not be installed there is refused before anything is.

use longshore_bundle::BundleRecord;
use longshore_cluster::record::{self, Installation};
use longshore_contract::{
    ErrorCode, Record, ReleaseRef, RunCreateRequest, RunId, RunView, State, WireError, Workflow, chain,
};
use longshore_engine::runner::Recorder;
use longshore_managers::sites::require_rights;
use longshore_managers::{ConfigContent, access, licenses, vendor_keys};
use longshore_release::Release;
use longshore_release::admissibility::{Candidate, Installed, admit};
use longshore_store::SiteRow;

use super::base::begin;
use super::footing::Footing;
use super::{Quiet, Runs, RunsError};

/// What is kept of an upgrade that changes the cluster of Linux hosts, until its plan says so.
pub(super) const CLUSTER_CHANGES: &str = "cluster-changes";

/// Where an application's objects go at a site.
pub(super) fn namespace(site: &SiteRow, slug: &str) -> String {
    let named = &site.kubernetes.namespace;
    if named.is_empty() { slug.to_owned() } else { named.clone() }
}

/// What the record says that admissibility asks for.
fn installed(record: &Installation) -> Option<Installed> {
    let live = record.live()?;
    Some(Installed {
        slug: record.slug.clone(),
        version: live.version.clone(),
        channel_id: record.channel_id.clone(),
        cursor: live.cursor.clone(),
        required: live.required,
        finished: true,
    })
}

impl Runs {
    /// Creates a run. Nothing on the site changes.
    ///
    /// # Errors
    /// When the release may not be installed there, with the one reason.
    pub async fn create(&self, who: &str, request: &RunCreateRequest) -> Result<RunView, RunsError> {
        let site = access::site(&self.store, &request.site)?;
        let of_hosts = match request.workflow {
            Workflow::Reset => Some("reset"),
            Workflow::Restore => Some("restore"),
            _ => None,
        };
        if let Some(verb) = of_hosts {
            return Err(WireError::bad_input(format!(
                "A {verb} is asked for by the site whose hosts it is of"
            ))
            .hint(format!("Use `longshore site {verb} SITE`."))
            .into());
        }
        if request.workflow == Workflow::Rollback {
            return Err(WireError::bad_input("A rollback is started from the run that it undoes")
                .hint("Use `longshore rollback SITE`, or roll back from the run.")
                .into());
        }
        at_once(request, &site)?;
        self.require_helm()?;
        let bundle = request
            .bundle
            .clone()
            .ok_or_else(|| WireError::bad_input("A run needs a bundle").field("bundle", "is missing"))?;
        let (bundle, release) = self.bundle_by_id(&bundle.0)?;
        let footing = Footing::find(&self.store, &site).await?;
        let slug = bundle.meta.app_slug.clone();
        let namespace = namespace(&site, &slug);
        let record = match footing.existing() {
            Some(cluster) => {
                if site.linux.is_none() {
                    require_rights(cluster, &namespace).await?;
                }
                let records =
                    record::read_all(cluster, &namespace).await.map_err(|error| record_refusal(&error))?;
                records.into_iter().find(|record| record.live().is_some() || record.slug == slug)
            }
            None => None,
        };
        Self::admissible(request.workflow, &bundle, &release, record.as_ref())?;
        let changes = match &footing.hosts {
            Some(_) => Self::admissible_cluster(request.workflow, &footing, &bundle, &release)?,
            None => false,
        };
        vendor_keys::require(&self.store, &bundle, &site.name, site.signature_required)?;
        let standing = licenses::judged(&self.store, &bundle.meta, &release, self.now())?;
        let run = self.fresh();
        if changes {
            self.keep(&run, CLUSTER_CHANGES, &true)?;
        }
        if let Some(standing) = standing.filter(|standing| !standing.warnings.is_empty()) {
            self.keep(&run, "warnings", &standing.warnings)?;
        }
        let live = record.as_ref().filter(|record| record.live().is_some());
        let mut held = ConfigContent::default();
        if let Some(live) = live {
            let cluster = footing.cluster().await?;
            let content = record::read_content(cluster, &namespace, &slug, live.revision).await;
            let content = content.map_err(|error| record_refusal(&error))?;
            held = serde_json::from_value(content.config.clone()).unwrap_or_default();
            self.keep(&run, "live", &content)?;
        }
        if let Some(count) = request.workers_at_once {
            self.keep(&run, "workers-at-once", &count)?;
        }
        let base = self.followed(&site, &slug, &release)?;
        self.keep(&run, "config", &begin(base.as_ref(), held))?;
        if let Some(base) = &base {
            self.keep(&run, "base", base)?;
        }
        let created = Record::RunCreated {
            site: site.id.clone(),
            workflow: request.workflow,
            target: site.target,
            release: release_ref(&bundle, &release),
            from_version: live.and_then(Installation::live).map(|live| live.version.clone()),
            initial: State::New,
            airgap: !bundle.images.is_empty(),
            who: who.to_owned(),
            revision: None,
        };
        Recorder::create(self.journal.as_ref(), &self.clock, &Quiet, &run, created).await.map_err(runner)?;
        self.moved(&run).await;
        self.view(&run).await
    }

    fn admissible(
        workflow: Workflow,
        bundle: &BundleRecord,
        release: &Release,
        record: Option<&Installation>,
    ) -> Result<(), RunsError> {
        let not = |text: String| WireError::new(ErrorCode::NotAdmissible, text);
        let live = record.and_then(installed);
        match (workflow, &live) {
            (Workflow::Install, Some(live)) => {
                return Err(not(format!("{} {} is installed on this site already", live.slug, live.version))
                    .hint("Upgrade it instead.")
                    .into());
            }
            (Workflow::Upgrade, None) => {
                return Err(not(format!("{} is not installed on this site", bundle.meta.app_slug))
                    .hint("Install it instead.")
                    .into());
            }
            _ => {}
        }
        let candidate = Candidate { meta: &bundle.meta, license: release.license.as_ref() };
        Ok(admit(&candidate, live.as_ref()).map_err(|refusal| not(chain(&refusal)))?)
    }

    /// Refuses a release that does not go with the cluster that the hosts have, or does not bring the one that they lack.
    /// Gives whether it changes the cluster that they have.
    fn admissible_cluster(
        workflow: Workflow,
        footing: &Footing,
        bundle: &BundleRecord,
        release: &Release,
    ) -> Result<bool, RunsError> {
        let config = super::linux::config(release)?;
        match (workflow, &footing.known, config) {
            (Workflow::Install, None, None) => Err(super::linux::brings_none(bundle).into()),
            (_, Some(known), config) => {
                let versions = config.map(|config| config.versions).unwrap_or_default();
                let moves = !longshore_managers::linux::through(&known.spec.version, &versions)?.is_empty();
                let named = footing.hosts.as_ref().map(|hosts| hosts.named()).unwrap_or_default();
                let members = &known.spec.members;
                let joins =
                    named.iter().any(|host| !members.iter().any(|member| member.host == host.address));
                Ok(workflow == Workflow::Upgrade && (moves || joins))
            }
            _ => Ok(false),
        }
    }

    /// A run's id: sorts by time, told apart by chance.
    pub(super) fn fresh(&self) -> RunId {
        let at = jiff::Timestamp::from_millisecond(self.now().0).unwrap_or_default();
        RunId(format!("{}-{:06x}", at.strftime("%Y%m%dt%H%M%S"), rand::random::<u32>() & 0x00ff_ffff))
    }
}

/// Whether the workers that are to be moved at a time can be so many.
fn at_once(request: &RunCreateRequest, site: &SiteRow) -> Result<(), WireError> {
    let wrong = |why: &str| {
        Err(WireError::bad_input("So many workers at a time cannot be").field("workersAtOnce", why))
    };
    match request.workers_at_once {
        Some(0) => wrong("must be 1 or more"),
        Some(_) if request.workflow != Workflow::Upgrade || site.linux.is_none() => {
            wrong("is for upgrades of sites of Linux hosts alone")
        }
        _ => Ok(()),
    }
}

fn release_ref(bundle: &BundleRecord, release: &Release) -> ReleaseRef {
    let identity = crate::prepare::identity(bundle, release);
    ReleaseRef {
        slug: identity.slug,
        title: identity.title,
        version: identity.version,
        bundle: Some(longshore_contract::BundleId(bundle.id.clone())),
    }
}

pub(super) fn record_refusal(error: &record::RecordError) -> WireError {
    match error {
        record::RecordError::Api(api) => {
            crate::prepare::unreadable("The installation record cannot be read", api)
        }
        _ => WireError::new(ErrorCode::Internal, chain(error)),
    }
}

/// A runner that could not even begin.
pub(super) fn runner(error: longshore_engine::runner::RunnerError) -> RunsError {
    match error {
        longshore_engine::runner::RunnerError::Journal(error) => error.into(),
        other => WireError::internal(&other).into(),
    }
}
