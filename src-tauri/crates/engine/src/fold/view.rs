//! The fold as the wire shows it.

use longshore_contract::{
    LeaseHolder, Phase, PhaseStatus, PhaseView, Progress, RunId, RunSummary, RunView, State, StepStatus,
    StepView,
};

use super::Folded;
use crate::machine::{self, Facts, Shape};

/// What a view needs besides the journal.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// Name of the site.
    pub site_name: String,
    /// A process executes the run.
    pub executing: bool,
    /// It was asked to stop.
    pub cancelling: bool,
    /// Who holds the site's lease.
    pub lease: Option<LeaseHolder>,
    /// There is a recorded revision to go back to.
    pub revision_before: bool,
    /// The phase after which the execution stops.
    pub until: Option<Phase>,
    /// An upgrade is going to change the cluster, as far as one knows before its plan is frozen.
    pub cluster_changes: bool,
    /// Newest progress of whatever has some.
    pub progress: Vec<Progress>,
}

impl Folded {
    /// The run in a list.
    pub fn summary(&self, run: &RunId, around: &Around) -> RunSummary {
        let running = machine::phase_of_running(self.shape(), self.state).is_some();
        RunSummary {
            id: run.clone(),
            site: self.site.clone(),
            site_name: around.site_name.clone(),
            workflow: self.workflow,
            target: self.target,
            release: self.release.clone(),
            from_version: self.from_version.clone(),
            state: self.state,
            executing: around.executing,
            orphaned: running && !around.executing && !self.discarded(),
            discarded: self.discarded(),
            steps_done: count(self.steps.values().filter(|step| step.is_behind_us()).count()),
            steps_total: count(self.steps.len()),
            created_at: self.created_at,
            updated_at: self.updated_at,
            failure: self.failure.as_ref().map(|failure| failure.message.clone()).unwrap_or_default(),
        }
    }

    /// The run as a whole.
    pub fn view(&self, run: &RunId, around: &Around) -> RunView {
        let failed = self.failed_step();
        let may_skip = failed.is_some_and(|id| self.spec(id).is_some_and(|spec| spec.may_skip));
        let facts = Facts {
            executing: around.executing,
            cancelling: around.cancelling,
            may_skip,
            discarded: self.discarded(),
            strict: self.blocked_strictly(),
            revision_before: around.revision_before,
            lease_expired: around.lease.as_ref().is_some_and(|lease| lease.expired),
        };
        RunView {
            summary: self.summary(run, around),
            airgap: self.airgap,
            phases: self.phase_views(around),
            steps: self.step_views(&around.progress),
            plan_digest: self.plan.as_ref().map(|plan| plan.digest.clone()),
            allowed: machine::actions(self.shape(), self.state, &facts),
            until: around.until,
            failure: self.failure.clone(),
            checks: self.checks(Phase::AppPreflights).cloned(),
            host_checks: self.checks(Phase::HostPreflights).cloned(),
            lease: around.lease.clone(),
            revision: self.revision,
            left: self.left(),
            warnings: Vec::new(),
            cursor: self.cursor,
        }
    }

    fn spec(&self, id: &str) -> Option<&longshore_contract::StepSpec> {
        self.plan.as_ref()?.steps.iter().find(|spec| spec.id == id)
    }

    fn phase_views(&self, around: &Around) -> Vec<PhaseView> {
        let shape = self.shape();
        let infra_change = shape.infra_change || (self.plan.is_none() && around.cluster_changes);
        let shape = Shape { infra_change, ..shape };
        let phases = machine::phases(shape);
        let now = machine::phase_of_running(shape, self.interrupted.unwrap_or(self.state));
        let failed = machine::phase_of_failed(shape, self.state);
        phases
            .into_iter()
            .map(|phase| {
                let bypassed = machine::judged_bad(phase).is_some_and(|(_, bypassed)| bypassed == self.state);
                let status = if failed == Some(phase) {
                    PhaseStatus::Failed
                } else if bypassed {
                    PhaseStatus::Bypassed
                } else if now == Some(phase) {
                    PhaseStatus::Running
                } else if self.phase_done(phase) {
                    PhaseStatus::Succeeded
                } else {
                    PhaseStatus::Pending
                };
                PhaseView { phase, status }
            })
            .collect()
    }

    fn phase_done(&self, phase: Phase) -> bool {
        let Some(plan) = &self.plan else { return false };
        let mut steps = plan.steps.iter().filter(|spec| spec.phase == phase).peekable();
        if steps.peek().is_none() {
            return self.state.is_goal();
        }
        steps.all(|spec| self.steps.get(&spec.id).is_some_and(super::StepFold::is_behind_us))
    }

    fn step_views(&self, progress: &[Progress]) -> Vec<StepView> {
        let Some(plan) = &self.plan else { return Vec::new() };
        plan.steps
            .iter()
            .filter_map(|spec| {
                let step = self.steps.get(&spec.id)?;
                Some(StepView {
                    id: spec.id.clone(),
                    kind: spec.kind.clone(),
                    title: spec.title.clone(),
                    phase: spec.phase,
                    status: step.status,
                    attempt: step.attempt,
                    started_at: step.started_at,
                    ended_at: step.ended_at,
                    outcome: step.outcome.clone(),
                    failure: step.failure.clone(),
                    progress: progress.iter().filter(|progress| progress.step == spec.id).cloned().collect(),
                    point_of_no_return: spec.point_of_no_return,
                    may_skip: spec.may_skip,
                })
            })
            .collect()
    }

    /// What a stopped run leaves as it is: steps begun and not verified, and those not begun.
    fn left(&self) -> Vec<String> {
        // What steps themselves say that they left: a reset, of a host.
        let said = self.steps.values().filter_map(|step| step.outputs["left"].as_array()).flatten();
        let said: Vec<String> = said.filter_map(|left| left.as_str().map(str::to_owned)).collect();
        if !said.is_empty() {
            return said;
        }
        if !matches!(self.state, State::Cancelled | State::LeaseLost) {
            return Vec::new();
        }
        let Some(plan) = &self.plan else { return Vec::new() };
        plan.steps
            .iter()
            .filter_map(|spec| match self.steps.get(&spec.id)?.status {
                StepStatus::Running | StepStatus::Failed => {
                    Some(format!("{}: begun, not finished", spec.title))
                }
                StepStatus::Pending => Some(format!("{}: not begun", spec.title)),
                StepStatus::Succeeded | StepStatus::Skipped => None,
            })
            .collect()
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
