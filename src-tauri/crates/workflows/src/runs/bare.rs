//! A site whose whole cluster was taken off its hosts: it knows of nothing that was there.

use longshore_contract::{SiteId, State, Workflow, chain};
use longshore_engine::fold::{Folded, fold};
use longshore_store::{SiteRow, StoreError};

use super::Runs;

/// Whether a run took the whole cluster off its hosts.
pub(super) fn took_all(folded: &Folded) -> bool {
    let cluster = folded.plan.as_ref().and_then(|plan| plan.cluster.as_ref());
    folded.state == State::Reset && cluster.is_some_and(|cluster| cluster.to_version.is_none())
}

/// Whether what the site knows is of the cluster that a run took away, and not of one that came later.
fn is_of(site: &SiteRow, folded: &Folded) -> bool {
    let held = folded.plan.as_ref().map(|plan| plan.assumptions.cluster_uid.as_str());
    held == Some(site.kubernetes.cluster_uid.as_str())
}

impl Runs {
    /// Forgets what was on the site: the next cluster there is another one.
    pub(super) fn note_bare(&self, site: &SiteId) {
        let Ok(Some(mut site)) = self.store.site(&site.0) else { return };
        (site.installed, site.lease) = (None, None);
        site.kubernetes.cluster_uid.clear();
        if let Err(error) = self.store.put_site(&site) {
            tracing::warn!(error = %error, "the site could not be stored");
        }
    }

    /// Does what a process could not do any more that died right after the last record of a reset.
    pub(super) fn note_resets(&self) {
        if let Err(error) = self.forget_taken() {
            tracing::warn!(error = %chain(&error), "whether sites were reset could not be looked at");
        }
    }

    fn forget_taken(&self) -> Result<(), StoreError> {
        let runs = self.store.runs()?;
        let known = |site: &SiteRow| !site.kubernetes.cluster_uid.is_empty() || site.installed.is_some();
        for site in self.store.sites()?.iter().filter(|site| site.linux.is_some() && known(site)) {
            let newest = runs.iter().find(|run| run.site == site.id);
            let reset = newest.filter(|run| run.workflow == Workflow::Reset && run.state == State::Reset);
            let Some(reset) = reset.filter(|run| matches!(self.store.is_executed(&run.id), Ok(false))) else {
                continue;
            };
            let folded = fold(&self.store.entries(&reset.id)?);
            if folded.is_ok_and(|folded| took_all(&folded) && is_of(site, &folded)) {
                self.note_bare(&site.id);
            }
        }
        Ok(())
    }
}
