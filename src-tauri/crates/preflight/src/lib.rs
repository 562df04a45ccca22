//! Preflights: vendors' specs, what they collect, and what is made of it.
//!
//! Collecting writes files in upstream's layout and judging reads them, as upstream does; so a spec means the
//! same here, and what was judged can be looked at. Where upstream drops a check without a word, the answer
//! here is `error` with the reason.

mod analyze;
mod collect;
mod quantity;
mod spec;

pub use analyze::{Files, analyze};
pub use collect::{Cluster, Gathered, Refusal, collect, rights};
pub use spec::{Spec, SpecError, parse};

use longshore_contract::{ChecksReport, Timestamp};

/// Judges everything a spec asks, in its order.
pub fn judge(spec: &Spec, gathered: &Gathered, at: Timestamp) -> ChecksReport {
    let results = spec.analyzers.iter().flat_map(|item| analyze(item, gathered)).collect();
    ChecksReport { results, at }
}
