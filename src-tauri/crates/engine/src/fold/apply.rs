//! What each record does to the fold.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use longshore_contract::{Decision, Failure, Outcome, Plan, Record, State, StepStatus};
use serde_json::Value;

use super::{Decided, Entry, FoldError, Folded, StepFold};
use crate::machine;

/// The fold of a journal's first record.
pub(super) fn created(entry: &Entry) -> Option<Folded> {
    let Record::RunCreated { site, workflow, target, release, from_version, initial, airgap, who, revision } =
        &entry.record
    else {
        return None;
    };
    Some(Folded {
        site: site.clone(),
        workflow: *workflow,
        target: *target,
        release: release.clone(),
        from_version: from_version.clone(),
        airgap: *airgap,
        who: who.clone(),
        revision: *revision,
        state: *initial,
        interrupted: None,
        plan: None,
        steps: IndexMap::new(),
        judged: BTreeMap::new(),
        config_digest: None,
        failure: None,
        decisions: Vec::new(),
        lease: None,
        ended: false,
        created_at: entry.at,
        updated_at: entry.at,
        cursor: entry.seq,
    })
}

impl Folded {
    /// Folds one more entry in.
    ///
    /// # Errors
    /// As [`super::fold`].
    pub fn apply(&mut self, entry: &Entry) -> Result<(), FoldError> {
        self.cursor = entry.seq;
        self.updated_at = entry.at;
        match &entry.record {
            Record::RunCreated { .. } => return Err(FoldError::CreatedTwice { seq: entry.seq }),
            Record::StateEntered { state, failure } => self.enter(*state, failure.clone()),
            Record::ConfigAccepted { digest, .. } => self.config_digest = Some(digest.clone()),
            Record::PlanFrozen { plan, .. } => self.freeze(plan),
            Record::StepStarted { step, attempt } => self.start(entry, step, *attempt)?,
            Record::StepDone { step, outcome, outputs, .. } => self.done(entry, step, outcome, outputs)?,
            Record::StepFailed { step, failure, will_retry, .. } => {
                let at = entry.at;
                let step = self.step(entry.seq, step)?;
                step.failure = Some(failure.clone());
                if !will_retry {
                    step.status = StepStatus::Failed;
                    step.ended_at = Some(at);
                }
            }
            Record::ChecksJudged { phase, report } => {
                self.judged.insert(*phase, report.clone());
            }
            Record::Decided { decision, step, who, why } => {
                let decided = Decided {
                    decision: *decision,
                    step: step.clone(),
                    who: who.clone(),
                    why: why.clone(),
                    at: entry.at,
                };
                self.decide(entry, decided)?;
            }
            Record::LeaseTaken { holder, .. } => self.lease = Some(holder.clone()),
            Record::LeaseLost { .. } => self.lease = None,
            Record::RunEnded { state } => {
                self.state = *state;
                self.ended = true;
            }
        }
        Ok(())
    }

    fn enter(&mut self, state: State, failure: Option<Failure>) {
        if matches!(state, State::Cancelled | State::LeaseLost) {
            self.interrupted = Some(self.state);
        }
        if matches!(state, State::ApplicationConfiguring | State::InstallationConfiguring) {
            self.plan = None;
            self.steps.clear();
            self.judged.clear();
        }
        let phase = machine::phase_of_running(self.shape(), state);
        // Preflights that run again start over; what a checked phase found must not be mixed with it.
        if let Some(phase) = phase.filter(|phase| machine::judged_bad(*phase).is_some()) {
            self.reset(phase);
        }
        if phase.is_some() {
            self.interrupted = None;
        }
        self.state = state;
        self.failure = failure;
    }

    fn reset(&mut self, phase: longshore_contract::Phase) {
        let Some(plan) = &self.plan else { return };
        for spec in plan.steps.iter().filter(|spec| spec.phase == phase) {
            let attempt = self.steps.get(&spec.id).map_or(0, |step| step.attempt);
            self.steps.insert(spec.id.clone(), StepFold { attempt, ..StepFold::pending() });
        }
    }

    fn freeze(&mut self, plan: &Plan) {
        self.steps = plan.steps.iter().map(|step| (step.id.clone(), StepFold::pending())).collect();
        self.plan = Some(Box::new(plan.clone()));
    }

    fn start(&mut self, entry: &Entry, step: &str, attempt: u32) -> Result<(), FoldError> {
        let step = self.step(entry.seq, step)?;
        step.status = StepStatus::Running;
        step.attempt = attempt;
        step.ended_at = None;
        step.started_at.get_or_insert(entry.at);
        Ok(())
    }

    fn done(
        &mut self,
        entry: &Entry,
        step: &str,
        outcome: &Outcome,
        outputs: &Value,
    ) -> Result<(), FoldError> {
        let step = self.step(entry.seq, step)?;
        step.status = if matches!(outcome, Outcome::Skipped { .. }) {
            StepStatus::Skipped
        } else {
            StepStatus::Succeeded
        };
        step.outcome = Some(outcome.clone());
        step.outputs = outputs.clone();
        step.ended_at = Some(entry.at);
        step.failure = None;
        Ok(())
    }

    fn decide(&mut self, entry: &Entry, decided: Decided) -> Result<(), FoldError> {
        if let (Decision::Skip, Some(step)) = (decided.decision, &decided.step) {
            let step = self.step(entry.seq, step)?;
            step.status = StepStatus::Skipped;
            step.outcome = Some(Outcome::Skipped { reason: decided.why.clone() });
            step.ended_at = Some(entry.at);
        }
        if decided.decision == Decision::Discard {
            self.ended = true;
        }
        self.decisions.push(decided);
        Ok(())
    }

    fn step(&mut self, seq: u64, step: &str) -> Result<&mut StepFold, FoldError> {
        self.steps.get_mut(step).ok_or_else(|| FoldError::NoSuchStep { seq, step: step.to_owned() })
    }
}
