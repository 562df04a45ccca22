//! What an operator may do in a state: the machine's edges in the words of a user interface.

use longshore_contract::{Action, State, Workflow};

use super::{Shape, edges, judged_bad, phase_of_failed, phase_of_running, phases};

/// Actions that the state allows. `executing` and `orphaned` are facts of the process, `may_skip` and
/// `strict` of the failed step and the preflight results.
pub fn actions(shape: Shape, state: State, facts: &Facts) -> Vec<Action> {
    if facts.discarded {
        return Vec::new();
    }
    if facts.executing {
        return if facts.cancelling { Vec::new() } else { vec![Action::Cancel] };
    }
    let mut actions = Vec::new();
    if phase_of_running(shape, state).is_some() {
        return vec![Action::Resume, Action::Discard];
    }
    let leads_to = |to: State| edges(shape).iter().any(|edge| edge.from == state && edge.to == to);
    if leads_to(State::ApplicationConfiguring) {
        actions.push(Action::Configure);
    }
    if leads_to(State::InstallationConfiguring) {
        actions.push(Action::ConfigureInstallation);
    }
    let begins =
        edges(shape).iter().any(|edge| edge.from == state && phase_of_running(shape, edge.to).is_some());
    let interrupted = matches!(state, State::Cancelled | State::LeaseLost);
    let failed = phase_of_failed(shape, state);
    if failed.is_some() || interrupted {
        actions.push(Action::Retry);
        if facts.may_skip {
            actions.push(Action::Skip);
        }
    } else if begins {
        actions.push(Action::Plan);
        if phases(shape).into_iter().any(|phase| judged_bad(phase).is_some()) {
            actions.push(Action::RunChecks);
        }
        actions.push(Action::Start);
    }
    if failed.and_then(judged_bad).is_some_and(|(bad, _)| bad == state) && !facts.strict {
        actions.push(Action::Bypass);
    }
    if facts.revision_before && may_roll_back(shape, state) {
        actions.push(Action::RollBack);
    }
    if facts.lease_expired {
        actions.push(Action::TakeOver);
    }
    if !state.is_goal() {
        actions.push(Action::Discard);
    }
    actions
}

/// A rollback begins where the rollback machine says it does.
fn may_roll_back(shape: Shape, state: State) -> bool {
    shape.workflow == Workflow::Upgrade && matches!(state, State::Succeeded | State::AppUpgradeFailed)
}

/// What the actions depend on besides the state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Facts {
    /// A process executes the run.
    pub executing: bool,
    /// It was asked to stop.
    pub cancelling: bool,
    /// The failed step may be left out.
    pub may_skip: bool,
    /// It was put away.
    pub discarded: bool,
    /// A strict preflight failed.
    pub strict: bool,
    /// There is a revision to go back to.
    pub revision_before: bool,
    /// Another holder's lease stands in the way and has expired.
    pub lease_expired: bool,
}
