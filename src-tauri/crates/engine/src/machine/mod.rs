//! State machines as data: which state may follow which, and on what.
//!
//! A machine is a list of edges put together from four tables: configuration, phases, failures and
//! interruptions. Every edge of every machine is pinned by a snapshot, and so is every forbidden one.

mod actions;
mod table;

use longshore_contract::{Phase, State, Target, Workflow};

pub use actions::{Facts, actions};
pub use table::edges;

/// What makes a run take an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trigger {
    /// Config values or installation settings were sent.
    Configure,
    /// A phase begins.
    Begin,
    /// It went well.
    Succeed,
    /// It did not.
    Fail,
    /// Preflights could not be run.
    FailToRun,
    /// A person waived failed preflights.
    Bypass,
    /// A person, or a resumed run, goes on from where it failed.
    Retry,
    /// A person stopped it.
    Cancel,
    /// The lease is somebody else's.
    LoseLease,
}

/// One allowed move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// From.
    pub from: State,
    /// To.
    pub to: State,
    /// On.
    pub trigger: Trigger,
}

/// Which machine: the workflow, what the site is made of, and which optional phases it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Workflow.
    pub workflow: Workflow,
    /// Target.
    pub target: Target,
    /// Whether images come from a bundle.
    pub airgap: bool,
    /// Whether an upgrade changes the cluster; only on Linux.
    pub infra_change: bool,
}

/// The phases of a machine, in order. A phase without steps in the plan is passed over only where the table
/// has an edge around it, which is the case for preflights.
pub fn phases(shape: Shape) -> Vec<Phase> {
    let linux = shape.target == Target::Linux;
    let mut phases = Vec::new();
    match shape.workflow {
        Workflow::Install => {
            if linux {
                phases.extend([Phase::HostConfiguration, Phase::HostPreflights]);
            }
            phases.push(Phase::Infrastructure);
            phases.extend(shape.airgap.then_some(Phase::Airgap));
            phases.extend([Phase::AppPreflights, Phase::App]);
        }
        Workflow::Upgrade => {
            phases.extend(shape.airgap.then_some(Phase::Airgap));
            if linux && shape.infra_change {
                phases.extend([Phase::HostPreflights, Phase::Infrastructure]);
            }
            phases.extend([Phase::AppPreflights, Phase::App]);
        }
        Workflow::Rollback => phases.push(Phase::Rollback),
        Workflow::Reset => phases.push(Phase::Reset),
        Workflow::Restore => phases.push(Phase::Restore),
        Workflow::Preflight => {
            phases.extend(linux.then_some(Phase::HostPreflights));
            phases.push(Phase::AppPreflights);
        }
    }
    phases
}

/// The state in which a phase is under way.
pub fn running(shape: Shape, phase: Phase) -> State {
    let upgrade = shape.workflow == Workflow::Upgrade;
    match phase {
        Phase::HostConfiguration => State::HostConfiguring,
        Phase::HostPreflights => State::HostPreflightsRunning,
        Phase::Infrastructure if upgrade => State::InfrastructureUpgrading,
        Phase::Infrastructure => State::InfrastructureInstalling,
        Phase::Airgap => State::AirgapProcessing,
        Phase::AppPreflights => State::AppPreflightsRunning,
        Phase::App if upgrade => State::AppUpgrading,
        Phase::App => State::AppInstalling,
        Phase::Rollback => State::RollingBack,
        Phase::Reset => State::Resetting,
        Phase::Restore => State::Restoring,
    }
}

/// The state after a phase went well.
pub fn succeeded(shape: Shape, phase: Phase) -> State {
    match phase {
        Phase::HostConfiguration => State::HostConfigured,
        Phase::HostPreflights => State::HostPreflightsSucceeded,
        Phase::Infrastructure if shape.workflow == Workflow::Upgrade => State::InfrastructureUpgraded,
        Phase::Infrastructure => State::InfrastructureInstalled,
        Phase::Airgap => State::AirgapProcessed,
        Phase::AppPreflights => State::AppPreflightsSucceeded,
        Phase::App => State::Succeeded,
        Phase::Rollback => State::RolledBack,
        Phase::Reset => State::Reset,
        Phase::Restore => State::Restored,
    }
}

/// The state after a phase failed; for preflights, after they could not be run.
pub fn failed(shape: Shape, phase: Phase) -> State {
    let upgrade = shape.workflow == Workflow::Upgrade;
    match phase {
        Phase::HostConfiguration => State::HostConfigurationFailed,
        Phase::HostPreflights => State::HostPreflightsExecutionFailed,
        Phase::Infrastructure if upgrade => State::InfrastructureUpgradeFailed,
        Phase::Infrastructure => State::InfrastructureInstallFailed,
        Phase::Airgap => State::AirgapProcessingFailed,
        Phase::AppPreflights => State::AppPreflightsExecutionFailed,
        Phase::App if upgrade => State::AppUpgradeFailed,
        Phase::App => State::AppInstallFailed,
        Phase::Rollback => State::RollbackFailed,
        Phase::Reset => State::ResetFailed,
        Phase::Restore => State::RestoreFailed,
    }
}

/// For preflights: the state after a check failed, and the one after that was waived.
pub fn judged_bad(phase: Phase) -> Option<(State, State)> {
    match phase {
        Phase::HostPreflights => Some((State::HostPreflightsFailed, State::HostPreflightsFailedBypassed)),
        Phase::AppPreflights => Some((State::AppPreflightsFailed, State::AppPreflightsFailedBypassed)),
        _ => None,
    }
}

/// The phase that is under way in `state`, if one is.
pub fn phase_of_running(shape: Shape, state: State) -> Option<Phase> {
    phases(shape).into_iter().find(|phase| running(shape, *phase) == state)
}

/// The phase that `state` is the failure of, preflights that failed or could not be run among them.
pub fn phase_of_failed(shape: Shape, state: State) -> Option<Phase> {
    phases(shape).into_iter().find(|phase| {
        failed(shape, *phase) == state || judged_bad(*phase).is_some_and(|(bad, _)| bad == state)
    })
}

/// Whether the machine has an edge from `from` to `to`.
pub fn may(shape: Shape, from: State, to: State) -> bool {
    edges(shape).iter().any(|edge| edge.from == from && edge.to == to)
}

/// Whether nothing more can happen: no edge leaves the state.
pub fn is_final(shape: Shape, state: State) -> bool {
    !edges(shape).iter().any(|edge| edge.from == state)
}

#[cfg(test)]
mod tests;
