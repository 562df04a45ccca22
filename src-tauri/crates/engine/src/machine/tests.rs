use longshore_contract::{State, Target, Workflow};

use super::{Shape, edges, is_final, may, phases, running};

const SHAPES: &[(&str, Shape)] = &[
    ("install_linux_airgap", shape(Workflow::Install, Target::Linux, true, false)),
    ("install_kubernetes", shape(Workflow::Install, Target::Kubernetes, false, false)),
    ("install_kubernetes_airgap", shape(Workflow::Install, Target::Kubernetes, true, false)),
    ("upgrade_linux_airgap_infra", shape(Workflow::Upgrade, Target::Linux, true, true)),
    ("upgrade_linux", shape(Workflow::Upgrade, Target::Linux, false, false)),
    ("upgrade_kubernetes", shape(Workflow::Upgrade, Target::Kubernetes, false, false)),
    ("upgrade_kubernetes_airgap", shape(Workflow::Upgrade, Target::Kubernetes, true, false)),
    ("rollback", shape(Workflow::Rollback, Target::Kubernetes, false, false)),
    ("reset", shape(Workflow::Reset, Target::Linux, false, false)),
    ("restore", shape(Workflow::Restore, Target::Linux, false, false)),
    ("preflight_kubernetes", shape(Workflow::Preflight, Target::Kubernetes, false, false)),
];

const fn shape(workflow: Workflow, target: Target, airgap: bool, infra_change: bool) -> Shape {
    Shape { workflow, target, airgap, infra_change }
}

/// Every allowed edge of every machine, and with it every forbidden one.
#[test]
fn every_edge_is_pinned() {
    for (name, shape) in SHAPES {
        let lines: Vec<String> = edges(*shape)
            .iter()
            .map(|edge| format!("{:?} --{:?}--> {:?}", edge.from, edge.trigger, edge.to))
            .collect();
        insta::assert_snapshot!(*name, lines.join("\n"));
    }
}

#[test]
fn every_running_phase_can_fail_be_cancelled_and_go_on() {
    for (name, shape) in SHAPES {
        for phase in phases(*shape) {
            let running = running(*shape, phase);
            let failed = super::failed(*shape, phase);
            assert!(may(*shape, running, failed), "{name}: {phase:?} cannot fail");
            assert!(may(*shape, failed, running), "{name}: {phase:?} cannot be retried after it failed");
            for stopped in [State::Cancelled, State::LeaseLost] {
                assert!(may(*shape, running, stopped), "{name}: {phase:?} cannot become {stopped:?}");
                assert!(may(*shape, stopped, running), "{name}: {phase:?} cannot go on from {stopped:?}");
            }
        }
    }
}

#[test]
fn no_way_back_to_configuration_once_the_application_is_touched() {
    for (name, shape) in SHAPES {
        for state in
            [State::AppInstalling, State::AppUpgrading, State::AppInstallFailed, State::AppUpgradeFailed]
        {
            assert!(!may(*shape, state, State::ApplicationConfiguring), "{name}: {state:?} leads back");
        }
    }
}

#[test]
fn ends_are_final() {
    for (name, shape) in SHAPES {
        if shape.workflow == Workflow::Rollback {
            assert!(is_final(*shape, State::RolledBack), "{name}: something follows RolledBack");
        } else {
            assert!(is_final(*shape, State::Succeeded), "{name}: something follows Succeeded");
        }
    }
}
