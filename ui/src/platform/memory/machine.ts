import type { Action } from "../../bindings/Action";
import type { Phase } from "../../bindings/Phase";
import type { RunView } from "../../bindings/RunView";
import type { State } from "../../bindings/State";
import type { Target } from "../../bindings/Target";
import type { Workflow } from "../../bindings/Workflow";
import { isEnd } from "../../engine/words";

/** Which machine: what is done, on what, and whether an upgrade changes the cluster. */
export interface Shape {
  workflow: Workflow;
  target: Target;
  clusterChanges: boolean;
}

/** The machines as far as the sample engine needs them. The real ones are tables of the engine. */
export function phasesOf({ workflow, target, clusterChanges }: Shape): Phase[] {
  const linux = target === "linux";
  switch (workflow) {
    case "install":
      return [...(linux ? (["hostConfiguration", "hostPreflights"] as const) : []), "infrastructure", "airgap", "appPreflights", "app"];
    case "upgrade":
      return ["airgap", ...(linux && clusterChanges ? (["hostPreflights", "infrastructure"] as const) : []), "appPreflights", "app"];
    case "rollback":
      return ["rollback"];
    case "preflight":
      return [...(linux ? (["hostPreflights"] as const) : []), "appPreflights"];
    case "reset":
    case "restore":
      return [workflow];
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
    case "hostConfiguration":
      return { running: "HostConfiguring", succeeded: "HostConfigured", failed: "HostConfigurationFailed" };
    case "hostPreflights":
      return { running: "HostPreflightsRunning", succeeded: "HostPreflightsSucceeded", failed: "HostPreflightsExecutionFailed" };
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
    case "reset":
      return { running: "Resetting", succeeded: "Reset", failed: "ResetFailed" };
    case "restore":
      return { running: "Restoring", succeeded: "Restored", failed: "RestoreFailed" };
    case "infrastructure":
      return upgrade
        ? { running: "InfrastructureUpgrading", succeeded: "InfrastructureUpgraded", failed: "InfrastructureUpgradeFailed" }
        : { running: "InfrastructureInstalling", succeeded: "InfrastructureInstalled", failed: "InfrastructureInstallFailed" };
  }
}

/** Phases that are judged: the state of a bad judgement, and the one after it was waived. */
export const JUDGED: Partial<Record<Phase, { bad: State; bypassed: State }>> = {
  hostPreflights: { bad: "HostPreflightsFailed", bypassed: "HostPreflightsFailedBypassed" },
  appPreflights: { bad: "AppPreflightsFailed", bypassed: "AppPreflightsFailedBypassed" },
};

/** The phase whose checks failed in a state. */
export function judgedBad(state: State): Phase | null {
  return (Object.keys(JUDGED) as Phase[]).find((phase) => JUDGED[phase]?.bad === state) ?? null;
}

export function shapeOf(view: RunView): Shape {
  const { workflow, target } = view.summary;
  return { workflow, target, clusterChanges: view.phases.some((one) => one.phase === "infrastructure") };
}

const TOUCHED: State[] = ["AppInstalling", "AppUpgrading", "AppInstallFailed", "AppUpgradeFailed", "Succeeded"];
const SETTINGS: State[] = ["ApplicationConfigured", "InstallationConfigured", "HostConfigured", "HostConfigurationFailed"];

export function allowedFor(view: RunView, cancelling: boolean): Action[] {
  const { state, workflow, executing } = view.summary;
  if (view.summary.discarded) return [];
  if (executing) return cancelling ? [] : ["cancel"];
  const phases = phasesOf(shapeOf(view));
  if (phases.some((phase) => statesOf(phase, workflow).running === state)) return ["resume", "discard"];
  const actions: Action[] = [];
  const stopped = state === "Cancelled" || state === "LeaseLost";
  const bad = judgedBad(state);
  if (!["rollback", "reset", "restore"].includes(workflow) && !stopped && !TOUCHED.includes(state)) actions.push("configure");
  if (workflow === "install" && SETTINGS.includes(state)) actions.push("configureInstallation");
  const failed = bad !== null || phases.some((phase) => statesOf(phase, workflow).failed === state);
  if (failed || stopped) {
    actions.push("retry");
    if (view.steps.some((step) => step.status === "failed" && step.maySkip)) actions.push("skip");
  } else if (ready(state, workflow)) actions.push("plan", "runChecks", "start");
  const results = bad === "hostPreflights" ? view.hostChecks : view.checks;
  if (bad && !results?.results.some((one) => one.strict && one.state === "fail")) actions.push("bypass");
  if (workflow === "upgrade" && (state === "Succeeded" || state === "AppUpgradeFailed")) actions.push("rollBack");
  if (view.lease?.expired) actions.push("takeOver");
  if (!isEnd(state)) actions.push("discard");
  return actions;
}

const BETWEEN: State[] = [
  "HostConfigured",
  "HostPreflightsSucceeded",
  "HostPreflightsFailedBypassed",
  "InfrastructureInstalled",
  "InfrastructureUpgraded",
  "AirgapProcessed",
  "AppPreflightsSucceeded",
  "AppPreflightsFailedBypassed",
];

function ready(state: State, workflow: Workflow): boolean {
  const configured: State = workflow === "install" ? "InstallationConfigured" : "ApplicationConfigured";
  return state === configured || BETWEEN.includes(state);
}
