//! Kinds that read any file: texts by regular expressions, JSON and YAML by paths. They serve hosts and
//! clusters alike.

mod compare;
mod search;

use super::{Check, Judged};

pub(super) use compare::{json_compare, yaml, yaml_compare};
pub(super) use search::{first_group, last_outcome};

/// `textAnalyze` of a host, which has a name even without one.
pub(super) fn host_text(check: &Check<'_>) -> Judged {
    search::judge(check, &check.named("Regular Expression"))
}

/// `textAnalyze` of a cluster.
pub(super) fn cluster_text(check: &Check<'_>) -> Judged {
    search::judge(check, &check.named(check.text("collectorName")))
}
