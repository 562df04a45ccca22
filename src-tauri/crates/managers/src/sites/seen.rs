//! A site as it was last seen, and as a list shows it.

use longshore_contract::{HostStepState, Reachability, RunSummary, SiteSummary, Timestamp};
use longshore_store::SiteRow;

/// A row without what is another at every look.
pub(super) fn steady(row: &SiteRow) -> SiteRow {
    let mut row = row.clone();
    row.seen_at = None;
    if let Reachability::Reachable { latency_ms, .. } = &mut row.reachability {
        *latency_ms = 0;
    }
    if let Some(lease) = &mut row.lease {
        lease.renewed = lease.since;
    }
    for test in &mut row.hosts {
        (test.at, test.facts_at, test.latency_ms) = (Timestamp(0), None, None);
        for step in test.steps.iter_mut().filter(|step| step.state == HostStepState::Passed) {
            step.message.clear();
        }
        if let Some(facts) = &mut test.facts {
            (facts.skew, facts.uptime) = (0, 0);
            facts.disks.iter_mut().for_each(|disk| disk.free = 0);
        }
    }
    row
}

/// A site's context, or its first host and how many there are besides.
fn address(row: &SiteRow) -> String {
    let Some(linux) = &row.linux else { return row.kubernetes.context.clone() };
    let first = linux.hosts.first().map(|host| host.address.clone()).unwrap_or_default();
    match linux.hosts.len() {
        0 | 1 => first,
        count => format!("{first} and {} more", count - 1),
    }
}

pub(super) fn summary(row: &SiteRow, runs: &[RunSummary]) -> SiteSummary {
    SiteSummary {
        id: row.id.clone(),
        name: row.name.clone(),
        target: row.target,
        address: address(row),
        tags: row.tags.clone(),
        pinned: row.pinned,
        reachability: row.reachability.clone(),
        seen_at: row.seen_at,
        installed: row.installed.clone(),
        last_run: runs.iter().find(|run| run.site == row.id).cloned(),
        lease: row.lease.clone(),
    }
}
