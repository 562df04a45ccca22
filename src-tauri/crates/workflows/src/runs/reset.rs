//! Runs that are asked for by a site of Linux hosts instead of a release: the cluster is taken off hosts.

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_cluster::record::Installation;
use longshore_contract::{
    Change, ClusterChange, Decision, HostChange, HostRole, Record, ReleaseRef, RunId, RunView,
    SiteResetRequest, State, Target, WireError, Workflow,
};
use longshore_engine::runner::Recorder;
use longshore_managers::{Content, access, linux};
use longshore_runtime::MemberSpec;
use longshore_store::SiteRow;

use super::create::runner;
use super::decide::start;
use super::footing::Footing;
use super::linux::{digest, standing};
use super::{Quiet, Runs, RunsError};
use crate::plan::{self, ClusterWanted, Held};
use crate::prepare::Prepared;

/// Refuses a site that is none of Linux hosts.
pub(super) fn of_hosts(site: &SiteRow) -> Result<(), WireError> {
    if site.linux.is_some() {
        return Ok(());
    }
    Err(WireError::bad_input(format!("{} is no site of Linux hosts", site.name))
        .hint("Work on its cluster with the cluster's own tools."))
}

/// The same, and refuses unless the site's name was typed as it is.
pub(super) fn confirmed(site: &SiteRow, typed: &str) -> Result<(), WireError> {
    of_hosts(site)?;
    if typed != site.name {
        return Err(WireError::bad_input("The site's name was not typed as it is")
            .field("confirm", format!("must be {}", site.name)));
    }
    Ok(())
}

/// What a plan assumes of the site.
pub(super) fn held(footing: &Footing, installed: Option<&Installation>) -> Held {
    Held {
        cluster_uid: footing.cluster_uid(),
        version: installed.and_then(|record| record.live().map(|live| live.version.clone())),
        revision: installed.map_or(0, |record| record.revision),
        ..Held::default()
    }
}

impl Runs {
    /// Creates and starts a run that takes the cluster off hosts.
    ///
    /// # Errors
    /// When the site's name was not typed right, or it has no such hosts.
    pub async fn reset(
        self: &Arc<Self>,
        who: &str,
        request: &SiteResetRequest,
    ) -> Result<RunView, RunsError> {
        let site = access::site(&self.store, &request.site)?;
        confirmed(&site, &request.confirm)?;
        let named = site.linux.as_ref().map(|linux| linux.hosts.as_slice()).unwrap_or_default();
        let known = |address: &&String| !named.iter().any(|host| host.address == **address);
        if let Some(unknown) = request.hosts.iter().find(known) {
            return Err(WireError::bad_input(format!("{unknown} is none of the hosts of {}", site.name))
                .field("hosts", "must be hosts of the site")
                .into());
        }
        let run = self.fresh();
        self.keep(&run, "reset", &(&request.hosts, request.force))?;
        self.create_on_hosts(who, &run, &site, Workflow::Reset).await?;
        self.begin(&run, start(who, Decision::Start)).await
    }

    /// Creates a run of a workflow that no release is named for: it is of what the site has.
    pub(super) async fn create_on_hosts(
        &self,
        who: &str,
        run: &RunId,
        site: &SiteRow,
        workflow: Workflow,
    ) -> Result<(), RunsError> {
        let installed = site.installed.as_ref();
        let text = |of: fn(&longshore_contract::InstalledApp) -> &String| {
            installed.map(of).cloned().unwrap_or_default()
        };
        let created = Record::RunCreated {
            site: site.id.clone(),
            workflow,
            target: Target::Linux,
            release: ReleaseRef {
                slug: text(|app| &app.slug),
                title: text(|app| &app.title),
                version: text(|app| &app.version),
                bundle: None,
            },
            from_version: None,
            initial: State::New,
            airgap: false,
            who: who.to_owned(),
            revision: None,
        };
        Recorder::create(self.journal.as_ref(), &self.clock, &Quiet, run, created)
            .await
            .map_err(runner)
            .map(drop)
    }

    /// The plan of a reset.
    pub(super) async fn prepare_reset(
        &self,
        run: &RunId,
        footing: &Footing,
        installed: Option<&Installation>,
    ) -> Result<Prepared, RunsError> {
        let hosts = footing.hosts()?;
        let (asked, force): (Vec<String>, bool) = self.kept(run, "reset")?.unwrap_or_default();
        let content = match standing(footing) {
            Some(content) => content,
            // A cluster that was never finished is noted nowhere: what lies on the hosts is taken away all the same.
            None => linux::unfinished(hosts).await,
        };
        let gone = |member: &MemberSpec| asked.is_empty() || asked.contains(&member.host);
        let host = |member: &MemberSpec| HostChange {
            host: member.host.clone(),
            node: member.node.clone(),
            role: member.role,
            change: if gone(member) { Change::Remove } else { Change::Keep },
            from_version: Some(content.spec.version.clone()).filter(|version| !version.is_empty()),
            to_version: (!gone(member)).then(|| content.spec.version.clone()),
            missing_bytes: 0,
        };
        let members: Vec<HostChange> = content.spec.members.iter().map(host).collect();
        let controllers =
            |host: &&HostChange| host.role == HostRole::Controller && host.change == Change::Keep;
        let whole = members.iter().all(|host| host.change == Change::Remove);
        if !whole && members.iter().filter(controllers).count() == 0 {
            return Err(WireError::bad_input("No controller of the cluster would be left")
                .hint("Keep one, or reset all hosts of the site.")
                .into());
        }
        let change = ClusterChange {
            runtime: content.runtime.to_string(),
            from_version: Some(content.spec.version.clone()),
            to_version: (!whole).then(|| content.spec.version.clone()),
            through: Vec::new(),
            hosts: members,
            workers_at_once: None,
            recovery: "What is taken away is gone.".to_owned(),
        };
        let wanted = ClusterWanted {
            change,
            digest: digest(&content.spec),
            bundle: String::new(),
            images: BTreeMap::new(),
            label: run.0.clone(),
            force,
        };
        let content = Content { cluster: Some(content), ..Content::default() };
        Ok(Prepared { plan: plan::reset(wanted, held(footing, installed), self.now()), content })
    }
}
