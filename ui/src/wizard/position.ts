import type { Phase } from "../bindings/Phase";
import type { PhaseStatus } from "../bindings/PhaseStatus";
import type { RunView } from "../bindings/RunView";
import type { State } from "../bindings/State";
import type { Target } from "../bindings/Target";
import type { Workflow } from "../bindings/Workflow";
import type { Mark } from "../components/StateMark";
import { isEnd } from "../engine/words";

export type WizardStep = "release" | "configuration" | "installation" | "plan" | "hosts" | "cluster" | "checks" | "execute" | "done";

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
  reset: ["execute", "done"],
  restore: ["execute", "done"],
};

const EXECUTE: Record<Workflow, string> = { install: "Install", upgrade: "Upgrade", rollback: "Rollback", preflight: "Checks", reset: "Reset", restore: "Restore" };

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
    case "hosts":
      return "Hosts";
    case "cluster":
      return "Cluster";
    case "checks":
      return "Checks";
    case "execute":
      return EXECUTE[workflow];
    case "done":
      return "Done";
  }
}

/** What a run is made of, as far as it decides which steps the operator goes through. */
export interface Course {
  workflow: Workflow;
  target: Target;
  /** Its phases, or none while there is no run yet. */
  phases: readonly Phase[];
}

/** The phases that a run has as far as one knows before there is one. */
export function courseOf(workflow: Workflow, target: Target): Course {
  const onHosts: Phase[] = target === "linux" && workflow === "install" ? ["hostConfiguration", "hostPreflights", "infrastructure"] : [];
  return { workflow, target, phases: onHosts };
}

export function courseOfRun({ summary: { workflow, target }, phases }: RunView): Course {
  return { workflow, target, phases: phases.map((one) => one.phase) };
}

/** On Linux hosts the hosts come before the cluster, and the cluster before the application; only where something is done to them. */
export function stepsOf({ workflow, target, phases }: Course): WizardStep[] {
  if (target !== "linux") return STEPS[workflow];
  const hosts: WizardStep[] = phases.includes("hostPreflights") || phases.includes("hostConfiguration") ? ["hosts"] : [];
  const cluster: WizardStep[] = phases.includes("infrastructure") ? ["cluster"] : [];
  return STEPS[workflow].flatMap((step) => (step === "checks" ? [...hosts, ...cluster, step] : [step]));
}

/** States that say by themselves where the operator is. What belongs to a phase is found through the phases instead. */
const BY_STATE: Partial<Record<State, WizardStep>> = {
  New: "configuration",
  ApplicationConfiguring: "configuration",
  ApplicationConfigurationFailed: "configuration",
  InstallationConfiguring: "installation",
  InstallationConfigurationFailed: "installation",
  InstallationConfigured: "plan",
  HostConfiguring: "hosts",
  HostConfigured: "hosts",
  HostConfigurationFailed: "hosts",
  Succeeded: "done",
  RolledBack: "done",
  Reset: "done",
  Restored: "done",
};

/** Where a run is, from the engine's state and nothing else. */
export function currentStep(view: RunView): WizardStep {
  const { workflow, state } = view.summary;
  // A rollback begins in the state of what it undoes, so only its own end tells it apart.
  if (workflow === "rollback") return state === "RolledBack" ? "done" : "execute";
  if (workflow === "reset" || workflow === "restore") return isEnd(state) ? "done" : "execute";
  const course = courseOfRun(view);
  if (state === "ApplicationConfigured") return configured(course);
  const known = BY_STATE[state];
  if (known) return known;
  return phaseStep(view.phases.filter((one) => one.status !== "pending").at(-1)?.phase ?? "app", course);
}

function configured(course: Course): WizardStep {
  if (course.workflow === "install") return "installation";
  if (course.workflow === "preflight") return stepsOf(course).includes("hosts") ? "hosts" : "checks";
  return "plan";
}

/**
 * Everything up to the checks belongs to them: they are what it is done for, and until then nothing of the application is
 * touched. Hosts and their cluster have steps of their own, with the images that are moved just before or after.
 */
export function phaseStep(phase: Phase, course: Course): WizardStep {
  const steps = stepsOf(course);
  const there = (step: WizardStep, otherwise: WizardStep) => (steps.includes(step) ? step : otherwise);
  switch (phase) {
    case "hostConfiguration":
    case "hostPreflights":
      return there("hosts", "checks");
    case "infrastructure":
      return there("cluster", "checks");
    case "airgap":
      return course.workflow === "upgrade" ? there("hosts", "checks") : there("cluster", "checks");
    case "appPreflights":
      return "checks";
    case "app":
    case "rollback":
    case "reset":
    case "restore":
      return course.workflow === "preflight" ? "checks" : "execute";
  }
}

/** The phases of a run that are shown at a step. */
export function phasesAt(step: WizardStep, view: RunView): Phase[] {
  const course = courseOfRun(view);
  return course.phases.filter((phase) => phaseStep(phase, course) === step);
}

export function wizardSteps(view: RunView): StepEntry[] {
  const { workflow } = view.summary;
  const current = currentStep(view);
  const steps = stepsOf(courseOfRun(view));
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
  const phase = step === "hosts" ? "hostPreflights" : "appPreflights";
  const report = step === "hosts" ? view.hostChecks : view.checks;
  const bypassed = view.phases.some((one) => one.phase === phase && one.status === "bypassed");
  const warned = report?.results.some((one) => one.state !== "pass" && one.state !== "skipped") ?? false;
  return (step === "checks" || step === "hosts") && (bypassed || warned) ? "warning" : "passed";
}

const PHASE_MARK: Partial<Record<PhaseStatus, Mark>> = { failed: "failed", bypassed: "warning" };

function hereMark(view: RunView): Mark {
  const { state, executing, orphaned } = view.summary;
  if (isEnd(state)) return "passed";
  if (orphaned || state === "Cancelled" || state === "LeaseLost") return "warning";
  if (executing) return "running";
  if (state.endsWith("Failed")) return "failed";
  return view.phases.map((one) => PHASE_MARK[one.status]).findLast(Boolean) ?? "waiting";
}
