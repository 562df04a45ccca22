//! Checking one host: gathering, and judging each check as soon as what it reads is there.

use longshore_contract::{CheckResult, ChecksReport};

use super::gather::{Gathering, ask};
use super::{Host, HostGathered, HostProgress, Setting};
use crate::analyze;
use crate::kinds::Scope;
use crate::spec::Spec;

/// What happens while a host is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostEvent {
    /// A collector is done.
    Collected(HostProgress),
    /// A check is judged: its number in the spec, and its results.
    Judged(usize, Vec<CheckResult>),
}

/// What a host was found to be.
#[derive(Debug, Clone, Default)]
pub struct HostReport {
    /// Results in the order of the spec, each with the host's name.
    pub report: ChecksReport,
    /// What they were made of.
    pub gathered: HostGathered,
}

/// Judging while it is gathered.
struct Checking<'a> {
    spec: &'a Spec,
    name: &'a str,
    setting: &'a Setting,
    judged: Vec<Option<Vec<CheckResult>>>,
    tell: &'a mut (dyn FnMut(HostEvent) + Send),
}

impl Checking<'_> {
    fn hear(&mut self, gathering: &Gathering, told: Vec<HostProgress>) {
        for progress in told {
            (self.tell)(HostEvent::Collected(progress));
        }
        let (pending, found) = (&gathering.pending, &gathering.found.gathered);
        for (at, item) in self.spec.host_analyzers.iter().enumerate() {
            if self.judged[at].is_some() {
                continue;
            }
            let results = analyze::results_without(pending, item, Scope::Host, found, self.setting.at);
            let Some(mut results) = results else { continue };
            for result in &mut results {
                self.name.clone_into(&mut result.host);
            }
            (self.tell)(HostEvent::Judged(at, results.clone()));
            self.judged[at] = Some(results);
        }
    }
}

/// Checks one host, and tells of each collector and check as it is done. Each check has an answer: what could not be
/// learned is an error with the reason.
pub async fn check_host(
    spec: &Spec,
    name: &str,
    host: &dyn Host,
    setting: &Setting,
    tell: &mut (dyn FnMut(HostEvent) + Send),
) -> HostReport {
    let mut gathering = Gathering::new(&spec.host_collectors, host.root(), setting);
    let judged = vec![None; spec.host_analyzers.len()];
    let mut checking = Checking { spec, name, setting, judged, tell };
    // Some checks read nothing, and some read what nobody collects.
    checking.hear(&gathering, Vec::new());
    ask(&mut gathering, host, |gathering, told| checking.hear(gathering, told)).await;
    let results = checking.judged.into_iter().flatten().flatten().collect();
    HostReport { report: ChecksReport { results, at: setting.at }, gathered: gathering.found }
}
