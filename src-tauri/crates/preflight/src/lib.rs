//! Preflights: vendors' specs, what they collect, and what is made of it.
//!
//! Collecting writes files in upstream's layout and judging reads them, as upstream does; so a spec means the
//! same here, and what was judged can be looked at. Where upstream drops a check without a word, the answer
//! here is `error` with the reason.

mod analyze;
mod builtin;
mod collect;
mod host;
mod kinds;
mod lint;
mod report;
mod spec;
mod template;
mod values;
mod yaml;

pub use analyze::{Analysis, Files, Gap, Verdict, analyze};
pub use builtin::{HostDefaults, HostPhase};
pub use collect::{
    BucketRequest, Cluster, CollectProgress, CollectState, Command, Database, DatabaseAnswer,
    DatabaseRequest, DatabaseTls, Gathered, Ground, ImageRequest, Machine, Refusal, Request, Response, Right,
    Said, Text, collect, refused, rights,
};
pub use host::{
    Flow, Host, HostEvent, HostGathered, HostProgress, HostReport, Setting, Sink, check_host, collect_host,
};
pub use kinds::Scope;
pub use lint::{Finding, Severity, lint};
pub use report::{exit_code, to_json, to_text};
pub use spec::{Spec, SpecError, YamlError, merged, parse, parse_with};

use longshore_contract::{ChecksReport, Timestamp};

/// Judges everything a spec asks of a cluster, in its order.
pub fn judge(spec: &Spec, gathered: &Gathered, at: Timestamp) -> ChecksReport {
    judge_in(&spec.analyzers, Scope::Cluster, gathered, at)
}

/// Judges analyzers of one scope, in their order.
pub fn judge_in(
    analyzers: &[serde_json::Value],
    scope: Scope,
    gathered: &Gathered,
    at: Timestamp,
) -> ChecksReport {
    let results = analyzers.iter().flat_map(|item| analyze::results(item, scope, gathered, at)).collect();
    ChecksReport { results, at }
}
