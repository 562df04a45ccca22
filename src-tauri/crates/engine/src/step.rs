//! A step's body: probe → decide → act → verify.
//!
//! `act` may be interrupted anywhere, so to resume a step is to run it again: the probe says how far it got.

use async_trait::async_trait;
use longshore_contract::{ChecksReport, Failure, FailureClass, LogLevel, RunId, StepSpec, Unit, Workflow};
use serde_json::Value;

use crate::fold::{Folded, StepFold};
use crate::runner::{CancelSignal, Voice};

/// What a look at the target says.
#[derive(Debug, Clone, PartialEq)]
pub enum Probe {
    /// As wanted.
    Done {
        /// What later steps or a rollback need to know; never secret.
        outputs: Value,
        /// For preflights: the results.
        checks: Option<ChecksReport>,
    },
    /// Not begun.
    NotBegun,
    /// Begun.
    Partly {
        /// How far, in words.
        what: String,
        /// What `act` needs to go on.
        detail: Value,
    },
    /// Somebody else changed it.
    Foreign {
        /// What was found, in words.
        what: String,
    },
}

/// What to do about a probe.
#[derive(Debug, Clone, PartialEq)]
pub enum Decided {
    /// Nothing.
    AlreadyDone,
    /// Act, with this.
    Act(Value),
    /// Stop and tell.
    Refuse(Failure),
}

/// The code of a step.
#[async_trait]
pub trait StepBody: Send + Sync {
    /// Looks at the target and changes nothing.
    async fn probe(&self, cx: &StepContext<'_>) -> Result<Probe, Failure>;

    /// Decides; pure.
    fn decide(&self, probe: &Probe) -> Decided {
        match probe {
            Probe::Done { .. } => Decided::AlreadyDone,
            Probe::NotBegun => Decided::Act(Value::Null),
            Probe::Partly { detail, .. } => Decided::Act(detail.clone()),
            Probe::Foreign { what } => Decided::Refuse(Failure {
                class: FailureClass::BrokenTarget,
                message: what.clone(),
                causes: Vec::new(),
                hint: "Plan again, so that the plan starts from what is there.".to_owned(),
            }),
        }
    }

    /// Changes the target.
    async fn act(&self, cx: &StepContext<'_>, action: &Value) -> Result<(), Failure>;

    /// After it is done: what the operator should know, if anything.
    async fn warning(&self) -> Option<String> {
        None
    }
}

/// Makes the body of a step from its spec alone.
pub trait StepFactory: Send + Sync {
    /// The body of `spec`.
    ///
    /// # Errors
    /// When the kind or the version of its params is not known here.
    fn body(&self, spec: &StepSpec) -> Result<Box<dyn StepBody>, Failure>;
}

/// What a body may use of the run around it.
pub struct StepContext<'a> {
    /// The run.
    pub run: &'a RunId,
    /// The step.
    pub spec: &'a StepSpec,
    /// Counts from 1.
    pub attempt: u32,
    pub(crate) folded: &'a Folded,
    pub(crate) voice: &'a Voice<'a>,
    pub(crate) cancel: &'a CancelSignal,
}

impl StepContext<'_> {
    /// What the run does.
    pub fn workflow(&self) -> Workflow {
        self.folded.workflow
    }

    /// Whether a step is behind the run; false for one that the plan does not have.
    pub fn is_behind(&self, step: &str) -> bool {
        self.folded.steps.get(step).is_some_and(StepFold::is_behind_us)
    }

    /// What a step before this one put out.
    pub fn output(&self, step: &str) -> Option<&Value> {
        self.folded.steps.get(step).map(|step| &step.outputs).filter(|outputs| !outputs.is_null())
    }

    /// Tells how far the step, or the child of it that is named, has come.
    pub fn progress(&self, child: &str, done: u64, total: Option<u64>, unit: Unit, message: &str) {
        self.voice.progress(&self.spec.id, child, done, total, unit, message);
    }

    /// Writes a line to the run's log.
    pub fn log(&self, level: LogLevel, text: &str) {
        self.voice.log(&self.spec.id, level, text);
    }

    /// Whether a person asked the run to stop. A body finishes its atomic action and returns.
    pub fn cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Returns when a person asks the run to stop.
    pub async fn until_cancelled(&self) {
        self.cancel.cancelled().await;
    }
}
