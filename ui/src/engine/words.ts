import type { BundleCluster } from "../bindings/BundleCluster";
import type { CheckState } from "../bindings/CheckState";
import type { HostRole } from "../bindings/HostRole";
import type { Phase } from "../bindings/Phase";
import type { Reachability } from "../bindings/Reachability";
import type { RunSummary } from "../bindings/RunSummary";
import type { State } from "../bindings/State";
import type { Workflow } from "../bindings/Workflow";
import type { Mark } from "../components/StateMark";

const WORKFLOW: Record<Workflow, string> = {
  install: "Install",
  upgrade: "Upgrade",
  rollback: "Rollback",
  preflight: "Checks",
  reset: "Reset",
  restore: "Restore",
};

export function workflowWord(workflow: Workflow): string {
  return WORKFLOW[workflow];
}

const PHASE: Record<Phase, string> = {
  hostConfiguration: "Host configuration",
  hostPreflights: "Host checks",
  infrastructure: "Infrastructure",
  airgap: "Images",
  appPreflights: "Checks",
  app: "Application",
  rollback: "Rollback",
  reset: "Reset",
  restore: "Restore",
};

export function phaseWord(phase: Phase): string {
  return PHASE[phase];
}

const STATE: Record<State, string> = {
  New: "Not configured",
  ApplicationConfiguring: "Checking configuration",
  ApplicationConfigured: "Configured",
  ApplicationConfigurationFailed: "Configuration refused",
  InstallationConfiguring: "Checking installation settings",
  InstallationConfigured: "Ready to start",
  InstallationConfigurationFailed: "Installation settings refused",
  HostConfiguring: "Preparing hosts",
  HostConfigured: "Hosts prepared",
  HostConfigurationFailed: "Host preparation failed",
  HostPreflightsRunning: "Running host checks",
  HostPreflightsSucceeded: "Host checks passed",
  HostPreflightsFailed: "Host checks failed",
  HostPreflightsFailedBypassed: "Host checks bypassed",
  HostPreflightsExecutionFailed: "Host checks could not run",
  InfrastructureInstalling: "Installing infrastructure",
  InfrastructureInstalled: "Infrastructure installed",
  InfrastructureInstallFailed: "Infrastructure failed",
  InfrastructureUpgrading: "Upgrading infrastructure",
  InfrastructureUpgraded: "Infrastructure upgraded",
  InfrastructureUpgradeFailed: "Infrastructure failed",
  AirgapProcessing: "Moving images",
  AirgapProcessed: "Images moved",
  AirgapProcessingFailed: "Moving images failed",
  AppPreflightsRunning: "Running checks",
  AppPreflightsSucceeded: "Checks passed",
  AppPreflightsFailed: "Checks failed",
  AppPreflightsFailedBypassed: "Checks bypassed",
  AppPreflightsExecutionFailed: "Checks could not run",
  AppInstalling: "Installing",
  AppInstallFailed: "Install failed",
  AppUpgrading: "Upgrading",
  AppUpgradeFailed: "Upgrade failed",
  Succeeded: "Succeeded",
  RollingBack: "Rolling back",
  RolledBack: "Rolled back",
  RollbackFailed: "Rollback failed",
  Resetting: "Resetting",
  Reset: "Reset",
  ResetFailed: "Reset failed",
  Restoring: "Restoring",
  Restored: "Restored",
  RestoreFailed: "Restore failed",
  Cancelled: "Cancelled",
  LeaseLost: "Lease lost",
};

export const STATES = Object.keys(STATE) as State[];

export function stateWord(state: State): string {
  return STATE[state];
}

/** Whether a run that came there did what it was for. */
export function isEnd(state: State): boolean {
  return state === "Succeeded" || state === "RolledBack" || state === "Reset" || state === "Restored";
}

/** How a state looks: its shape and its colour. */
export function stateMark(state: State): Mark {
  if (isEnd(state)) return "passed";
  if (state.endsWith("Failed")) return "failed";
  if (/(ing|Running)$/.test(state)) return "running";
  if (state === "Cancelled" || state === "LeaseLost" || state.endsWith("Bypassed")) return "warning";
  return "waiting";
}

/** A run in one mark and a few words. */
export function runMark(run: RunSummary): { mark: Mark; word: string } {
  const word = stateWord(run.state);
  if (run.discarded) return { mark: "skipped", word: "Discarded" };
  if (run.orphaned) return { mark: "warning", word: "Interrupted" };
  if (!run.executing || stateMark(run.state) !== "running") return { mark: stateMark(run.state), word };
  const share = runShare(run);
  return { mark: "running", word: share === null ? word : `${word} ${share} %` };
}

/** Percent of the steps that are behind a run, null when it has none yet. */
export function runShare(run: RunSummary): number | null {
  return run.stepsTotal > 0 ? Math.floor((run.stepsDone / run.stepsTotal) * 100) : null;
}

/** True when an operator may want to come back to it: it goes on, waits or failed. */
export function isOpen(run: RunSummary): boolean {
  return !run.discarded && !isEnd(run.state);
}

export function reachabilityMark(reach: Reachability): { mark: Mark; word: string; detail: string } {
  switch (reach.type) {
    case "unknown":
      return { mark: "unknown", word: "Not tried yet", detail: "" };
    case "reachable":
      return { mark: "passed", word: `Reachable ${reach.latencyMs} ms`, detail: kubernetes(reach.version, reach.nodes) };
    case "offline":
      return { mark: "failed", word: "Offline", detail: reach.reason };
    case "hosts":
      return {
        mark: reach.ready === reach.total ? "passed" : reach.ready === 0 ? "failed" : "warning",
        word: `${reach.ready} of ${reach.total} ${reach.total === 1 ? "host" : "hosts"} ready`,
        detail: reach.reason,
      };
    case "credentialDied":
      return { mark: "warning", word: "Credential died", detail: reach.reason };
    case "otherCluster":
      return {
        mark: "failed",
        word: "Another cluster",
        detail: `Expected cluster ${reach.expected}, found ${reach.found}.`,
      };
  }
}

function kubernetes(version: string, nodes: number | null): string {
  if (nodes === null) return `Kubernetes ${version}`;
  return `Kubernetes ${version}, ${nodes} ${nodes === 1 ? "node" : "nodes"}`;
}

export function releaseChange(run: RunSummary): string {
  const from = run.fromVersion && run.fromVersion !== run.release.version ? `${run.fromVersion} → ` : "";
  // A cluster may be taken off hosts on which no application came to run.
  return `${run.release.title} ${from}${run.release.version}`.trim() || "No application";
}

const ROLE: Record<HostRole, string> = { controller: "Controller", worker: "Worker" };

export function roleWord(role: HostRole): string {
  return ROLE[role];
}

/** The cluster that a release brings, with the versions on the way to it: "Kubernetes v1.35.4 by kubeadm, by way of v1.34.3". */
export function clusterWord({ runtime, versions }: BundleCluster): string {
  const way = versions.slice(0, -1);
  return `Kubernetes ${versions.at(-1) ?? ""} by ${runtime}${way.length > 0 ? `, by way of ${way.join(", ")}` : ""}`;
}

/** "v1.34.3 → v1.35.4", or the one of the two that there is. */
export function versionChange(from: string | null, to: string | null): string {
  if (from !== null && to === null) return `${from} → none`;
  return [from, to === from ? null : to].filter((one) => one !== null).join(" → ") || "–";
}

const CHECK: Record<CheckState, { mark: Mark; word: string }> = {
  pass: { mark: "passed", word: "Passed" },
  warn: { mark: "warning", word: "Warning" },
  fail: { mark: "failed", word: "Failed" },
  error: { mark: "unknown", word: "Could not be judged" },
  skipped: { mark: "skipped", word: "Skipped" },
};

/** A check's state in a shape and a word. */
export function checkMark(state: CheckState): { mark: Mark; word: string } {
  return CHECK[state];
}
