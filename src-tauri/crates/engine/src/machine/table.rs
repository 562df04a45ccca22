//! The tables that machines are put together from.

use longshore_contract::{Phase, State, Target, Workflow};

use super::{Edge, Shape, Trigger, failed, judged_bad, phases, running, succeeded};

type Row = (State, Trigger, State);

/// The application's config, in every workflow but a rollback.
const CONFIGURATION: &[Row] = &[
    (State::New, Trigger::Configure, State::ApplicationConfiguring),
    (State::ApplicationConfiguring, Trigger::Succeed, State::ApplicationConfigured),
    (State::ApplicationConfiguring, Trigger::Fail, State::ApplicationConfigurationFailed),
    (State::ApplicationConfigurationFailed, Trigger::Retry, State::ApplicationConfiguring),
    (State::ApplicationConfigured, Trigger::Configure, State::ApplicationConfiguring),
];

/// Installation settings, in an install.
const INSTALLATION: &[Row] = &[
    (State::ApplicationConfigured, Trigger::Configure, State::InstallationConfiguring),
    (State::InstallationConfiguring, Trigger::Succeed, State::InstallationConfigured),
    (State::InstallationConfiguring, Trigger::Fail, State::InstallationConfigurationFailed),
    (State::InstallationConfigurationFailed, Trigger::Retry, State::InstallationConfiguring),
    (State::InstallationConfigurationFailed, Trigger::Configure, State::ApplicationConfiguring),
    (State::InstallationConfigured, Trigger::Configure, State::ApplicationConfiguring),
    (State::InstallationConfigured, Trigger::Configure, State::InstallationConfiguring),
];

/// Hosts once they are prepared, in an install on Linux: what they are told may be changed again.
const HOSTS: &[Row] = &[
    (State::HostConfigurationFailed, Trigger::Configure, State::InstallationConfiguring),
    (State::HostConfigured, Trigger::Configure, State::InstallationConfiguring),
    (State::HostConfigured, Trigger::Retry, State::HostConfiguring),
];

/// Every allowed move of the machine, sorted.
pub fn edges(shape: Shape) -> Vec<Edge> {
    let mut edges = Vec::new();
    let mut add = |(from, trigger, to): Row| edges.push(Edge { from, to, trigger });
    let hosts = shape.target == Target::Linux && shape.workflow == Workflow::Install;
    if !matches!(shape.workflow, Workflow::Rollback | Workflow::Reset | Workflow::Restore) {
        CONFIGURATION.iter().copied().for_each(&mut add);
    }
    if shape.workflow == Workflow::Install {
        INSTALLATION.iter().copied().for_each(&mut add);
    }
    if hosts {
        HOSTS.iter().copied().for_each(&mut add);
    }
    let phases = phases(shape);
    for (index, phase) in phases.iter().copied().enumerate() {
        for from in entries(shape, &phases, index) {
            add((from, Trigger::Begin, running(shape, phase)));
        }
        phase_edges(shape, phase, &mut add);
        if !matches!(phase, Phase::App | Phase::Rollback | Phase::Reset | Phase::Restore) {
            back_to_configuration(shape, phase, &mut add);
        }
    }
    edges.sort_unstable();
    edges.dedup();
    edges
}

/// States from which the phase at `index` begins. Preflights may be passed over: a release without a spec
/// has none, so what comes after them also begins where they would.
fn entries(shape: Shape, phases: &[Phase], index: usize) -> Vec<State> {
    let mut from = Vec::new();
    let mut at = index;
    loop {
        if at == 0 {
            from.extend(first_entries(shape));
            return from;
        }
        let before = phases[at - 1];
        from.push(succeeded(shape, before));
        match judged_bad(before) {
            Some((_, bypassed)) => from.push(bypassed),
            None => return from,
        }
        at -= 1;
    }
}

fn first_entries(shape: Shape) -> Vec<State> {
    match (shape.workflow, shape.target) {
        (Workflow::Install, _) => vec![State::InstallationConfigured],
        (Workflow::Upgrade | Workflow::Preflight, _) => vec![State::ApplicationConfigured],
        (Workflow::Reset | Workflow::Restore, _) => vec![State::New],
        (Workflow::Rollback, _) => vec![State::Succeeded, State::AppUpgradeFailed],
    }
}

/// What a phase can become, and how it goes on after a failure or an interruption.
fn phase_edges(shape: Shape, phase: Phase, add: &mut impl FnMut(Row)) {
    let running = running(shape, phase);
    let succeeded = succeeded(shape, phase);
    let failed = failed(shape, phase);
    add((running, Trigger::Succeed, succeeded));
    for interrupted in [State::Cancelled, State::LeaseLost] {
        let trigger = if interrupted == State::Cancelled { Trigger::Cancel } else { Trigger::LoseLease };
        add((running, trigger, interrupted));
        add((interrupted, Trigger::Retry, running));
    }
    add((failed, Trigger::Retry, running));
    let Some((bad, bypassed)) = judged_bad(phase) else {
        add((running, Trigger::Fail, failed));
        return;
    };
    add((running, Trigger::FailToRun, failed));
    add((running, Trigger::Fail, bad));
    add((bad, Trigger::Retry, running));
    add((bad, Trigger::Bypass, bypassed));
    add((succeeded, Trigger::Retry, running));
    add((bypassed, Trigger::Retry, running));
}

/// Until the application itself is touched, its config may still be changed.
fn back_to_configuration(shape: Shape, phase: Phase, add: &mut impl FnMut(Row)) {
    let mut settled = vec![succeeded(shape, phase), failed(shape, phase)];
    settled.extend(judged_bad(phase).into_iter().flat_map(|(bad, bypassed)| [bad, bypassed]));
    for from in settled {
        add((from, Trigger::Configure, State::ApplicationConfiguring));
    }
}
