//! Executes a frozen plan from wherever its journal says it stands.
//!
//! The runner knows phases, steps, attempts and boundaries; what a step does is its body's affair. Every
//! record is on disk before what it announces is begun, and after what it reports is verified.

mod attempt;
mod cancel;
mod phase;
mod recorder;
mod voice;

use longshore_contract::{Failure, Phase, Record, RunId, State};

use crate::fold::{FoldError, Folded};
use crate::machine;
use crate::plan_digest::PlanError;
use crate::port::{Clock, Guard, Journal, JournalError, Sink};
use crate::step::StepFactory;

pub use cancel::CancelSignal;
pub use recorder::Recorder;
pub use voice::Voice;

/// Why a run could not be executed at all; steps that fail are states, not errors.
#[derive(Debug, thiserror::Error)]
pub enum RunnerError {
    /// The journal failed. The run stands where its last record says.
    #[error("the run stopped because its journal failed")]
    Journal(#[from] JournalError),
    /// The journal does not fold.
    #[error("the run's journal cannot be read")]
    Fold(#[from] FoldError),
    /// The plan was never frozen.
    #[error("the run has no frozen plan")]
    NoPlan,
    /// The plan cannot be executed.
    #[error("the run's plan cannot be executed")]
    Plan(#[from] PlanError),
    /// The machine has no edge to where the plan wants to go.
    #[error("a run in state {from:?} cannot become {to:?}")]
    Edge {
        /// From.
        from: State,
        /// To.
        to: State,
    },
}

/// What came in from outside, for one execution of one run.
pub struct Runner<'a> {
    /// Records.
    pub journal: &'a dyn Journal,
    /// Time.
    pub clock: &'a dyn Clock,
    /// Bodies of steps.
    pub steps: &'a dyn StepFactory,
    /// The lease.
    pub guard: &'a dyn Guard,
    /// Events.
    pub sink: &'a dyn Sink,
    /// A person's wish to stop.
    pub cancel: CancelSignal,
}

/// How a phase went.
enum PhaseEnd {
    Done,
    JudgedBad,
    Failed(Failure),
    Cancelled,
    LeaseLost(Option<String>),
}

impl Runner<'_> {
    /// Executes the run's frozen plan to its end, or to the end of `until`, and returns the state it is in.
    ///
    /// Steps with `StepDone` are left alone; a step with `StepStarted` only is probed first. A failed step
    /// ends the phase in its failed state, which is no error here.
    ///
    /// # Errors
    /// When the journal fails or the run has nothing that can be executed.
    pub async fn run(&self, run: &RunId, until: Option<Phase>) -> Result<State, RunnerError> {
        let mut recorder = Recorder::open(self.journal, self.clock, self.sink, run).await?;
        let plan = recorder.folded().plan.clone().ok_or(RunnerError::NoPlan)?;
        crate::plan_digest::check(&plan)?;
        let shape = recorder.folded().shape();
        let mut phases = machine::phases(shape);
        if let Some(last) = until.and_then(|until| phases.iter().position(|phase| *phase == until)) {
            phases.truncate(last + 1);
        }
        for phase in phases {
            // Who asks for checks that were judged already wants them judged again, and nothing after them.
            let again = until == Some(phase) && is_judged(recorder.folded(), phase);
            let past = is_past(recorder.folded(), phase) && !again;
            if past || !plan.steps.iter().any(|spec| spec.phase == phase) {
                continue;
            }
            self.enter(&mut recorder, machine::running(shape, phase), None).await?;
            let end = self.phase(&mut recorder, &plan, phase).await?;
            if !self.leave(&mut recorder, phase, end).await? || until == Some(phase) {
                break;
            }
        }
        let state = recorder.folded().state;
        if machine::is_final(shape, state) {
            recorder.record(Record::RunEnded { state }).await?;
        }
        Ok(state)
    }

    /// Enters a state unless the run is in it already, as it is after a crash.
    async fn enter(
        &self,
        recorder: &mut Recorder<'_>,
        to: State,
        failure: Option<Failure>,
    ) -> Result<(), RunnerError> {
        let from = recorder.folded().state;
        if from == to {
            return Ok(());
        }
        if !machine::may(recorder.folded().shape(), from, to) {
            return Err(RunnerError::Edge { from, to });
        }
        recorder.record(Record::StateEntered { state: to, failure }).await?;
        Ok(())
    }

    /// Writes how a phase ended; true when the next one may begin.
    async fn leave(
        &self,
        recorder: &mut Recorder<'_>,
        phase: Phase,
        end: PhaseEnd,
    ) -> Result<bool, RunnerError> {
        let shape = recorder.folded().shape();
        let (state, failure, go_on) = match end {
            PhaseEnd::Done => (machine::succeeded(shape, phase), None, true),
            PhaseEnd::JudgedBad => {
                let bad = machine::judged_bad(phase).map_or(machine::failed(shape, phase), |(bad, _)| bad);
                (bad, None, false)
            }
            PhaseEnd::Failed(failure) => (machine::failed(shape, phase), Some(failure), false),
            PhaseEnd::Cancelled => (State::Cancelled, None, false),
            PhaseEnd::LeaseLost(holder) => {
                recorder.record(Record::LeaseLost { holder }).await?;
                (State::LeaseLost, None, false)
            }
        };
        self.enter(recorder, state, failure).await?;
        Ok(go_on)
    }
}

/// Whether the run stands where a phase of preflights left it, and has not gone on.
fn is_judged(folded: &Folded, phase: Phase) -> bool {
    let good = machine::succeeded(folded.shape(), phase);
    machine::judged_bad(phase).is_some_and(|(_, bypassed)| [good, bypassed].contains(&folded.state))
}

/// A phase is past when the machine cannot enter it any more but from its own end, or when all its
/// steps are behind us and the run stands in or after its good end.
fn is_past(folded: &Folded, phase: Phase) -> bool {
    let shape = folded.shape();
    let state = folded.interrupted.unwrap_or(folded.state);
    let order = machine::phases(shape);
    let at = order.iter().position(|other| {
        let good = machine::succeeded(shape, *other);
        let bypassed = machine::judged_bad(*other).map(|(_, bypassed)| bypassed);
        state == good || Some(state) == bypassed
    });
    let under_way = order.iter().position(|other| {
        machine::running(shape, *other) == state || machine::phase_of_failed(shape, state) == Some(*other)
    });
    let this = order.iter().position(|other| *other == phase);
    match (at, under_way) {
        (Some(done), _) => this <= Some(done),
        (None, Some(now)) => this < Some(now),
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests;
