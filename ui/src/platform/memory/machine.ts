import type { Action } from "../../bindings/Action";
import type { Phase } from "../../bindings/Phase";
import type { RunView } from "../../bindings/RunView";
import type { State } from "../../bindings/State";
import type { Workflow } from "../../bindings/Workflow";

/** The Kubernetes machines as far as the sample engine needs them. The real ones are tables of the engine. */
export function phasesOf(workflow: Workflow): Phase[] {
  switch (workflow) {
    case "install":
      return ["infrastructure", "airgap", "appPreflights", "app"];
    case "upgrade":
      return ["airgap", "appPreflights", "app"];
    case "rollback":
      return ["rollback"];
    case "preflight":
      return ["appPreflights"];
  }
}

interface PhaseStates {
  running: State;
  succeeded: State;
  failed: State;
}

export function statesOf(phase: Phase, workflow: Workflow): PhaseStates {
  const upgrade = workflow === "upgrade";
  switch (phase) {
    case "airgap":
      return { running: "AirgapProcessing", succeeded: "AirgapProcessed", failed: "AirgapProcessingFailed" };
    case "appPreflights":
      return { running: "AppPreflightsRunning", succeeded: "AppPreflightsSucceeded", failed: "AppPreflightsExecutionFailed" };
    case "app":
      return upgrade
        ? { running: "AppUpgrading", succeeded: "Succeeded", failed: "AppUpgradeFailed" }
        : { running: "AppInstalling", succeeded: "Succeeded", failed: "AppInstallFailed" };
    case "rollback":
      return { running: "RollingBack", succeeded: "RolledBack", failed: "RollbackFailed" };
    default:
      return { running: "InfrastructureInstalling", succeeded: "InfrastructureInstalled", failed: "InfrastructureInstallFailed" };
  }
}

const TOUCHED: State[] = ["AppInstalling", "AppUpgrading", "AppInstallFailed", "AppUpgradeFailed", "Succeeded"];

export function allowedFor(view: RunView, cancelling: boolean): Action[] {
  const { state, workflow, executing } = view.summary;
  if (view.summary.discarded) return [];
  if (executing) return cancelling ? [] : ["cancel"];
  const phases = phasesOf(workflow);
  if (phases.some((phase) => statesOf(phase, workflow).running === state)) return ["resume", "discard"];
  const actions: Action[] = [];
  const stopped = state === "Cancelled" || state === "LeaseLost";
  if (workflow !== "rollback" && !stopped && !TOUCHED.includes(state)) actions.push("configure");
  if (workflow === "install" && ["ApplicationConfigured", "InstallationConfigured"].includes(state)) actions.push("configureInstallation");
  const failed = state === "AppPreflightsFailed" || phases.some((phase) => statesOf(phase, workflow).failed === state);
  if (failed || stopped) {
    actions.push("retry");
    if (view.steps.some((step) => step.status === "failed" && step.maySkip)) actions.push("skip");
  } else if (ready(state, workflow)) actions.push("plan", "runChecks", "start");
  if (state === "AppPreflightsFailed" && !view.checks?.results.some((one) => one.strict && one.state === "fail")) actions.push("bypass");
  if (workflow === "upgrade" && (state === "Succeeded" || state === "AppUpgradeFailed")) actions.push("rollBack");
  if (view.lease?.expired) actions.push("takeOver");
  if (state !== "Succeeded" && state !== "RolledBack") actions.push("discard");
  return actions;
}

function ready(state: State, workflow: Workflow): boolean {
  const configured: State = workflow === "install" ? "InstallationConfigured" : "ApplicationConfigured";
  return [configured, "InfrastructureInstalled", "AirgapProcessed", "AppPreflightsSucceeded", "AppPreflightsFailedBypassed"].includes(state);
}
