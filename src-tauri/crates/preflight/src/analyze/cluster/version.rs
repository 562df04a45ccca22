//! `clusterVersion`: which Kubernetes the cluster runs.

use crate::analyze::bundle::record;
use crate::analyze::outcome::NO_MATCH;
use crate::analyze::verdict::Verdict;
use crate::analyze::{Check, Judged};
use crate::values::version::{Range, strict};

pub(super) const TITLE: &str = "Required Kubernetes Version";

pub(super) fn judge(check: &Check<'_>) -> Judged {
    const PATH: &str = "cluster-info/cluster_version.json";
    let found = check.bundle.json(PATH)?;
    let found = record(PATH, &found)?;
    let text = found.text("string")?;
    found.record("info")?.unread(&["major", "minor", "gitVersion", "gitCommit", "platform"], &[])?;
    // EKS names its releases like pre-releases of themselves.
    let release = if text.contains("-eks-") { text.split('-').next().unwrap_or(text) } else { text };
    let version = strict(release.trim_start_matches('v'))?;
    for outcome in check.full_outcomes() {
        let outcome = outcome?;
        let holds = outcome.when.is_empty()
            || Range::parse(outcome.when)
                .map_err(|why| format!("`when: {}`: {why}; `>= 1.27.0` is the form", outcome.when))?
                .holds(&version);
        if holds {
            return Ok(vec![outcome.verdict(&check.named(TITLE))]);
        }
    }
    Ok(vec![Verdict::limbo("", NO_MATCH)])
}
