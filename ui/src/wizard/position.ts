import type { Phase } from "../bindings/Phase";
import type { PhaseStatus } from "../bindings/PhaseStatus";
import type { RunView } from "../bindings/RunView";
import type { State } from "../bindings/State";
import type { Workflow } from "../bindings/Workflow";
import type { Mark } from "../components/StateMark";

export type WizardStep = "release" | "configuration" | "installation" | "plan" | "checks" | "execute" | "done";

export interface StepEntry {
  id: WizardStep;
  title: string;
  mark: Mark;
  /** Where the run is. */
  current: boolean;
  /** Whether one may look at it. */
  open: boolean;
}

const STEPS: Record<Workflow, WizardStep[]> = {
  install: ["release", "configuration", "installation", "plan", "checks", "execute", "done"],
  upgrade: ["release", "configuration", "plan", "checks", "execute", "done"],
  rollback: ["release", "execute", "done"],
  preflight: ["release", "configuration", "checks"],
};

const EXECUTE: Record<Workflow, string> = { install: "Install", upgrade: "Upgrade", rollback: "Rollback", preflight: "Checks" };

export function stepTitle(step: WizardStep, workflow: Workflow): string {
  switch (step) {
    case "release":
      return workflow === "rollback" ? "Revision" : "Release";
    case "configuration":
      return "Configuration";
    case "installation":
      return "Installation settings";
    case "plan":
      return "Plan";
    case "checks":
      return "Checks";
    case "execute":
      return EXECUTE[workflow];
    case "done":
      return "Done";
  }
}

export function stepsOf(workflow: Workflow): WizardStep[] {
  return STEPS[workflow];
}

/** States that say by themselves where the operator is. What belongs to a phase is found through the phases instead. */
const BY_STATE: Partial<Record<State, WizardStep>> = {
  New: "configuration",
  ApplicationConfiguring: "configuration",
  ApplicationConfigurationFailed: "configuration",
  InstallationConfiguring: "installation",
  InstallationConfigurationFailed: "installation",
  InstallationConfigured: "plan",
  HostConfiguring: "checks",
  HostConfigured: "plan",
  HostConfigurationFailed: "checks",
  Succeeded: "done",
  RolledBack: "done",
};

/** Where a run is, from the engine's state and nothing else. */
export function currentStep(view: RunView): WizardStep {
  const { workflow, state } = view.summary;
  // A rollback begins in the state of what it undoes, so only its own end tells it apart.
  if (workflow === "rollback") return state === "RolledBack" ? "done" : "execute";
  if (state === "ApplicationConfigured") return configured(workflow);
  const known = BY_STATE[state];
  if (known) return known;
  return phaseStep(view.phases.filter((one) => one.status !== "pending").at(-1)?.phase ?? "app", workflow);
}

function configured(workflow: Workflow): WizardStep {
  if (workflow === "install") return "installation";
  return workflow === "preflight" ? "checks" : "plan";
}

/** Everything up to the checks belongs to them: they are what it is done for, and until then nothing of the application is touched. */
function phaseStep(phase: Phase, workflow: Workflow): WizardStep {
  if (workflow === "preflight") return "checks";
  return phase === "app" || phase === "rollback" ? "execute" : "checks";
}

export function wizardSteps(view: RunView): StepEntry[] {
  const { workflow } = view.summary;
  const current = currentStep(view);
  const steps = stepsOf(workflow);
  const at = steps.indexOf(current);
  return steps.map((id, index) => ({
    id,
    title: stepTitle(id, workflow),
    mark: index < at ? passedMark(id, view) : index > at ? "waiting" : hereMark(view),
    current: index === at,
    open: index <= at,
  }));
}

function passedMark(step: WizardStep, view: RunView): Mark {
  const bypassed = view.phases.some((one) => one.status === "bypassed");
  const warned = view.checks?.results.some((one) => one.state !== "pass" && one.state !== "skipped") ?? false;
  return step === "checks" && (bypassed || warned) ? "warning" : "passed";
}

const PHASE_MARK: Partial<Record<PhaseStatus, Mark>> = { failed: "failed", bypassed: "warning" };

function hereMark(view: RunView): Mark {
  const { state, executing, orphaned } = view.summary;
  if (state === "Succeeded" || state === "RolledBack") return "passed";
  if (orphaned || state === "Cancelled" || state === "LeaseLost") return "warning";
  if (executing) return "running";
  if (state.endsWith("Failed")) return "failed";
  return view.phases.map((one) => PHASE_MARK[one.status]).find(Boolean) ?? "waiting";
}
