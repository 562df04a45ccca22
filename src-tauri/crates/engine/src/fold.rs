//! State as a fold over the journal, and nothing else.
//!
//! Pure and total: every prefix of every journal folds, and a record that this version does not know is an
//! error that says so instead of a state that is wrong.

mod apply;
mod view;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use longshore_contract::{
    ChecksReport, Decision, Failure, Outcome, Phase, Plan, Record, ReleaseRef, SiteId, State, StepStatus,
    Target, Timestamp, Workflow,
};
use serde_json::Value;

use crate::machine::{self, Shape};

pub use view::Around;

/// One row of a journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Place in the run's sequence.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub record: Record,
}

/// A journal that cannot be folded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// The first record is not `RunCreated`.
    #[error("the journal does not begin with the run's creation")]
    NotCreated,
    /// A record names a step that the plan does not have.
    #[error("record {seq} is about step {step}, which the run's plan does not have")]
    NoSuchStep {
        /// Which record.
        seq: u64,
        /// Step it names.
        step: String,
    },
    /// A second `RunCreated`.
    #[error("record {seq} creates the run a second time")]
    CreatedTwice {
        /// Which record.
        seq: u64,
    },
}

/// A step as the journal tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct StepFold {
    /// How it stands.
    pub status: StepStatus,
    /// Attempts so far.
    pub attempt: u32,
    /// When the first attempt began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Why it failed last.
    pub failure: Option<Failure>,
    /// What it put out.
    pub outputs: Value,
}

impl StepFold {
    fn pending() -> Self {
        Self {
            status: StepStatus::Pending,
            attempt: 0,
            started_at: None,
            ended_at: None,
            outcome: None,
            failure: None,
            outputs: Value::Null,
        }
    }

    /// Whether later steps may go on.
    pub fn is_behind_us(&self) -> bool {
        matches!(self.status, StepStatus::Succeeded | StepStatus::Skipped)
    }
}

/// A decision of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What.
    pub decision: Decision,
    /// The step it is about.
    pub step: Option<String>,
    /// Who.
    pub who: String,
    /// Why.
    pub why: String,
    /// When.
    pub at: Timestamp,
}

/// A run as its journal tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Folded {
    /// Site.
    pub site: SiteId,
    /// Workflow.
    pub workflow: Workflow,
    /// Target.
    pub target: Target,
    /// Release.
    pub release: ReleaseRef,
    /// Version it started from.
    pub from_version: Option<String>,
    /// Whether images come from a bundle.
    pub airgap: bool,
    /// Who created it.
    pub who: String,
    /// Revision a rollback goes to.
    pub revision: Option<u64>,
    /// State.
    pub state: State,
    /// With `Cancelled` or `LeaseLost`: the running state that was interrupted.
    pub interrupted: Option<State>,
    /// The frozen plan.
    pub plan: Option<Box<Plan>>,
    /// Its steps, in order.
    pub steps: IndexMap<String, StepFold>,
    /// Preflight results, by phase.
    pub judged: BTreeMap<Phase, ChecksReport>,
    /// Digest of the accepted config values.
    pub config_digest: Option<String>,
    /// Why it stands in a failed state.
    pub failure: Option<Failure>,
    /// What people decided, in order.
    pub decisions: Vec<Decided>,
    /// Our holder name while the lease is ours.
    pub lease: Option<String>,
    /// Whether nothing more will happen.
    pub ended: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its last record was written.
    pub updated_at: Timestamp,
    /// Sequence number of the last record.
    pub cursor: u64,
}

impl Folded {
    /// The machine the run moves on.
    pub fn shape(&self) -> Shape {
        let planned =
            |phase| self.plan.as_ref().map(|plan| plan.steps.iter().any(|step| step.phase == phase));
        Shape {
            workflow: self.workflow,
            target: self.target,
            // A bundle may carry no images; then there is nothing to process.
            airgap: self.airgap && planned(Phase::Airgap).unwrap_or(true),
            infra_change: planned(Phase::Infrastructure).unwrap_or(false),
        }
    }

    /// What a preflight phase found.
    pub fn checks(&self, phase: Phase) -> Option<&ChecksReport> {
        self.judged.get(&phase)
    }

    /// Whether a strict check stands in the way: of the preflights that the run stopped at.
    pub fn blocked_strictly(&self) -> bool {
        machine::phase_of_failed(self.shape(), self.state)
            .and_then(|phase| self.checks(phase))
            .is_some_and(ChecksReport::blocks_strictly)
    }

    /// Whether an operator put the run away.
    pub fn discarded(&self) -> bool {
        self.decisions.iter().any(|decided| decided.decision == Decision::Discard)
    }

    /// The failed step, if one has.
    pub fn failed_step(&self) -> Option<&str> {
        self.steps.iter().find(|(_, step)| step.status == StepStatus::Failed).map(|(id, _)| id.as_str())
    }
}

/// Folds a journal.
///
/// # Errors
/// When it does not begin with `RunCreated` or names a step that its plan does not have.
pub fn fold<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Result<Folded, FoldError> {
    let mut entries = entries.into_iter();
    let mut folded = entries.next().and_then(apply::created).ok_or(FoldError::NotCreated)?;
    for entry in entries {
        folded.apply(entry)?;
    }
    Ok(folded)
}
