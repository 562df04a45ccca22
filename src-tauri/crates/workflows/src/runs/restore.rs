//! Runs that bring the state of a Linux site's cluster back from a backup.

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_cluster::record::Installation;
use longshore_contract::{
    Action, Change, ClusterChange, Decision, HostChange, HostRole, RunId, RunView, SiteBackups, SiteId,
    SiteRestoreRequest, WireError, Workflow,
};
use longshore_managers::linux::{self, ClusterContent, Hosts, Kept};
use longshore_managers::{Content, access};
use longshore_runtime::MemberSpec;

use super::decide::start;
use super::footing::Footing;
use super::linux::digest;
use super::reset::{confirmed, held, of_hosts};
use super::{Runs, RunsError};
use crate::plan::{self, ClusterWanted, RestoreWanted};
use crate::prepare::Prepared;

impl Runs {
    /// Backups of a site's cluster.
    ///
    /// # Errors
    /// When it is no site of Linux hosts.
    pub async fn backups(&self, site: &SiteId) -> Result<SiteBackups, RunsError> {
        let site = access::site(&self.store, site)?;
        of_hosts(&site)?;
        Ok(linux::backups(&Hosts::new(&self.store, &site)).await)
    }

    /// Creates and starts a run that brings the state of a site's cluster back.
    ///
    /// # Errors
    /// When the site's name was not typed right, or the backup cannot be brought back.
    pub async fn restore(
        self: &Arc<Self>,
        who: &str,
        request: &SiteRestoreRequest,
    ) -> Result<RunView, RunsError> {
        let site = access::site(&self.store, &request.site)?;
        confirmed(&site, &request.confirm)?;
        linux::backup(&Hosts::new(&self.store, &site), &request.backup).await?;
        let run = self.fresh();
        self.keep(&run, "restore", &request.backup)?;
        self.create_on_hosts(who, &run, &site, Workflow::Restore).await?;
        let view = self.begin(&run, start(who, Decision::Start)).await?;
        self.put_away(who, &request.site, &run).await;
        Ok(view)
    }

    /// Puts runs away that were under way on the site: they would go on from what is no more.
    async fn put_away(&self, who: &str, site: &SiteId, but: &RunId) {
        let Ok(stored) = self.store.runs() else { return };
        for other in stored.into_iter().filter(|other| other.site == *site && other.id != *but) {
            let Ok(view) = self.view(&other.id).await else { continue };
            let begun = view.plan_digest.is_some() && view.allowed.contains(&Action::Discard);
            if begun && let Err(error) = self.discard(who, &other.id).await {
                tracing::warn!(run = %other.id, error = %error, "a run could not be put away");
            }
        }
    }

    /// The plan of bringing a cluster's state back.
    pub(super) async fn prepare_restore(
        &self,
        run: &RunId,
        footing: &Footing,
        installed: Option<&Installation>,
    ) -> Result<Prepared, RunsError> {
        let hosts = footing.hosts()?;
        let label: String = self.kept(run, "restore")?.unwrap_or_default();
        let kept = linux::backup(hosts, &label).await?;
        let now = footing.known.as_ref().map(|known| &known.spec);
        let since = now.into_iter().flat_map(|spec| &spec.members);
        let mut since =
            since.filter(|member| !kept.then.spec.members.iter().any(|then| then.host == member.host));
        if let Some(member) = since.next() {
            let text = format!("{} joined after the backup was made", member.host);
            return Err(WireError::bad_input(text)
                .hint("Reset that host first; it may join again by an upgrade afterwards.")
                .into());
        }
        let wanted = RestoreWanted {
            cluster: wanted(&kept, now.map(|spec| spec.version.clone()), run),
            host: kept.host,
            backup: kept.backup,
            once: run.0.clone(),
        };
        let content = ClusterContent {
            runtime: kept.then.runtime,
            spec: kept.then.spec,
            versions: Vec::new(),
            host_preflights: Vec::new(),
        };
        let plan = plan::restore(&wanted, held(footing, installed), self.now());
        Ok(Prepared { plan, content: Content { cluster: Some(content), ..Content::default() } })
    }
}

fn wanted(kept: &Kept, from: Option<String>, run: &RunId) -> ClusterWanted {
    let spec = &kept.then.spec;
    let host = |member: &MemberSpec| HostChange {
        host: member.host.clone(),
        node: member.node.clone(),
        role: member.role,
        change: Change::Change,
        from_version: from.clone(),
        to_version: Some(spec.version.clone()),
        missing_bytes: 0,
    };
    let mut hosts: Vec<HostChange> = spec.members.iter().map(host).collect();
    hosts.sort_by_key(|host| host.role != HostRole::Controller);
    let change = ClusterChange {
        runtime: kept.then.runtime.to_string(),
        from_version: from,
        to_version: Some(spec.version.clone()),
        through: Vec::new(),
        hosts,
        workers_at_once: None,
        recovery: "It can be brought back again from the same backup.".to_owned(),
    };
    ClusterWanted {
        change,
        digest: digest(spec),
        bundle: String::new(),
        images: BTreeMap::new(),
        label: run.0.clone(),
        force: false,
    }
}
