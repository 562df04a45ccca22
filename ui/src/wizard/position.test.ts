import { describe, expect, it } from "vitest";

import type { PhaseView } from "../bindings/PhaseView";
import type { RunView } from "../bindings/RunView";
import type { State } from "../bindings/State";
import type { Workflow } from "../bindings/Workflow";
import { currentStep, wizardSteps } from "./position";

function view(workflow: Workflow, state: State, phases: PhaseView[] = [], more: Partial<RunView["summary"]> = {}): RunView {
  return {
    summary: {
      id: "r",
      site: "s",
      siteName: "acme",
      workflow,
      target: "kubernetes",
      release: { slug: "t", title: "T", version: "1", bundle: null },
      fromVersion: null,
      state,
      executing: false,
      orphaned: false,
      discarded: false,
      stepsDone: 0,
      stepsTotal: 0,
      createdAt: 0,
      updatedAt: 0,
      failure: "",
      ...more,
    },
    airgap: true,
    phases,
    steps: [],
    planDigest: null,
    until: null,
    allowed: [],
    failure: null,
    checks: null,
    lease: null,
    revision: null,
    left: [],
    warnings: [],
    cursor: 0,
  };
}

const AIRGAP: PhaseView[] = [
  { phase: "airgap", status: "succeeded" },
  { phase: "appPreflights", status: "pending" },
  { phase: "app", status: "pending" },
];

describe("currentStep", () => {
  it.each<[Workflow, State, PhaseView[], string]>([
    ["upgrade", "New", [], "configuration"],
    ["upgrade", "ApplicationConfigurationFailed", [], "configuration"],
    ["upgrade", "ApplicationConfigured", [], "plan"],
    ["install", "ApplicationConfigured", [], "installation"],
    ["preflight", "ApplicationConfigured", [], "checks"],
    ["install", "InstallationConfigured", [], "plan"],
    ["upgrade", "AirgapProcessed", AIRGAP, "checks"],
    ["upgrade", "AirgapProcessingFailed", [{ phase: "airgap", status: "failed" }], "checks"],
    ["upgrade", "AppPreflightsFailed", [{ phase: "appPreflights", status: "failed" }], "checks"],
    ["upgrade", "AppPreflightsFailedBypassed", [{ phase: "appPreflights", status: "bypassed" }], "checks"],
    ["upgrade", "AppUpgrading", [{ phase: "app", status: "running" }], "execute"],
    ["upgrade", "AppUpgradeFailed", [{ phase: "app", status: "failed" }], "execute"],
    ["upgrade", "Succeeded", [{ phase: "app", status: "succeeded" }], "done"],
    ["rollback", "Succeeded", [], "execute"],
    ["rollback", "RollingBack", [{ phase: "rollback", status: "running" }], "execute"],
    ["rollback", "RolledBack", [], "done"],
  ])("%s in %s is at its step", (workflow, state, phases, step) => {
    expect(currentStep(view(workflow, state, phases))).toBe(step);
  });

  it("finds a cancelled run where it was stopped", () => {
    const phases: PhaseView[] = [
      { phase: "airgap", status: "running" },
      { phase: "app", status: "pending" },
    ];
    expect(currentStep(view("upgrade", "Cancelled", phases))).toBe("checks");
    expect(currentStep(view("upgrade", "LeaseLost", [...AIRGAP.slice(0, 1), { phase: "app", status: "running" }]))).toBe("execute");
  });
});

describe("wizardSteps", () => {
  it("opens what is behind and where one is, and nothing ahead", () => {
    const steps = wizardSteps(view("upgrade", "ApplicationConfigured"));
    expect(steps.map((step) => [step.id, step.open])).toEqual([
      ["release", true],
      ["configuration", true],
      ["plan", true],
      ["checks", false],
      ["execute", false],
      ["done", false],
    ]);
  });

  it("shows a run whose process is gone as interrupted, not as running", () => {
    const steps = wizardSteps(view("upgrade", "AppUpgrading", [{ phase: "app", status: "running" }], { orphaned: true }));
    expect(steps.find((step) => step.current)?.mark).toBe("warning");
  });

  it("keeps bypassed checks marked", () => {
    const phases: PhaseView[] = [
      { phase: "appPreflights", status: "bypassed" },
      { phase: "app", status: "running" },
    ];
    const steps = wizardSteps(view("upgrade", "AppUpgrading", phases, { executing: true }));
    expect(steps.find((step) => step.id === "checks")?.mark).toBe("warning");
  });
});
