//! Why a request about a run is refused.

use longshore_contract::{Action, ErrorCode, FieldError, LeaseHolder, RunId, State, WireError, chain};
use longshore_engine::port::JournalError;
use longshore_store::StoreError;

/// A refusal; its wire form carries what a client can branch on.
#[derive(Debug, thiserror::Error)]
pub enum RunsError {
    /// No such run.
    #[error("There is no run {0}")]
    NoRun(RunId),
    /// The state machine has no such edge.
    #[error("The run is in state {state:?}, where {what} is not possible")]
    Illegal {
        /// What was asked.
        what: &'static str,
        /// State the run is in.
        state: State,
        /// What is possible.
        allowed: Vec<Action>,
    },
    /// Another process executes it.
    #[error("Another Longshore process executes run {0}")]
    ExecutedElsewhere(RunId),
    /// Somebody else holds the site.
    #[error("{} holds the site since its run {} began", .0.who, .0.run)]
    LeaseHeld(LeaseHolder),
    /// The plan the operator saw is no longer the plan.
    #[error("The plan has changed since it was shown")]
    PlanChanged,
    /// A reason is needed.
    #[error("A reason is needed: it is recorded with the decision")]
    NoReason,
    /// A strict preflight failed.
    #[error("The strict preflights {0} failed, and strict preflights can never be waived")]
    Strict(String),
    /// A step may not be left out.
    #[error("Step {0} may not be left out: what follows depends on it")]
    MayNotSkip(String),
    /// Fields were refused.
    #[error("{} refused", if .0.len() == 1 { "One value was".to_owned() } else { format!("{} values were", .0.len()) })]
    Fields(Vec<FieldError>),
    /// Something below answered in its own words already.
    #[error("{0}")]
    Refused(Box<WireError>),
    /// The journal or store failed.
    #[error("The store failed")]
    Store(#[from] StoreError),
    /// The journal failed.
    #[error("The journal failed")]
    Journal(#[from] JournalError),
    /// The journal does not fold.
    #[error("The journal of run {run} cannot be read")]
    Fold {
        /// Which run.
        run: RunId,
        /// Why.
        #[source]
        source: longshore_engine::fold::FoldError,
    },
}

impl From<WireError> for RunsError {
    fn from(error: WireError) -> Self {
        Self::Refused(Box::new(error))
    }
}

impl From<RunsError> for WireError {
    fn from(error: RunsError) -> Self {
        let text = chain(&error);
        match error {
            RunsError::Refused(refused) => *refused,
            RunsError::NoRun(_) => Self::not_found(text),
            RunsError::Illegal { state, allowed, .. } => {
                Self { state: Some(state), allowed, ..Self::new(ErrorCode::IllegalTransition, text) }
            }
            RunsError::ExecutedElsewhere(_) => Self::new(ErrorCode::IllegalTransition, text)
                .hint("Follow it with `longshore run events`, or stop it with `longshore run cancel`."),
            RunsError::LeaseHeld(holder) => {
                Self { holder: Some(holder), ..Self::new(ErrorCode::LeaseHeld, text) }
                    .hint("Wait for it to end. Once its lease has expired it can be taken over.")
            }
            RunsError::PlanChanged => {
                Self::new(ErrorCode::IllegalTransition, text).hint("Look at the plan again, then start.")
            }
            RunsError::NoReason => Self::bad_input(text).field("why", "must not be empty"),
            RunsError::Strict(_) => Self::new(ErrorCode::IllegalTransition, text)
                .hint("Mend what they report, then run the checks again."),
            RunsError::MayNotSkip(_) => {
                Self::new(ErrorCode::IllegalTransition, text).hint("Retry it, or roll back.")
            }
            RunsError::Fields(fields) => Self { fields, ..Self::bad_input(text) },
            RunsError::Store(_) | RunsError::Journal(_) | RunsError::Fold { .. } => {
                Self::new(ErrorCode::Internal, text)
            }
        }
    }
}
