import { describe, expect, it } from "vitest";

import type { Phase } from "../bindings/Phase";
import type { PhaseStatus } from "../bindings/PhaseStatus";
import type { PhaseView } from "../bindings/PhaseView";
import type { RunView } from "../bindings/RunView";
import type { State } from "../bindings/State";
import type { Workflow } from "../bindings/Workflow";
import { currentStep, phasesAt, wizardSteps } from "./position";

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
    hostChecks: null,
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

const later = (...phases: Phase[]): PhaseView[] => phases.map((phase) => ({ phase, status: "pending" }));

const INSTALL: Phase[] = ["hostConfiguration", "hostPreflights", "infrastructure", "airgap", "appPreflights", "app"];

const ON_HOSTS = later(...INSTALL);

/** An install on Linux hosts that stands at a phase: what is before it is done. */
function at(phase: Phase, status: PhaseStatus): PhaseView[] {
  const place = INSTALL.indexOf(phase);
  return INSTALL.map((one, index) => ({ phase: one, status: index < place ? "succeeded" : index === place ? status : "pending" }));
}

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

  it.each<[Workflow, State, PhaseView[], string]>([
    ["install", "HostConfiguring", ON_HOSTS, "hosts"],
    ["install", "HostConfigurationFailed", ON_HOSTS, "hosts"],
    ["install", "HostPreflightsFailed", at("hostPreflights", "failed"), "hosts"],
    ["install", "HostPreflightsFailedBypassed", at("hostPreflights", "bypassed"), "hosts"],
    ["install", "InfrastructureInstalling", at("infrastructure", "running"), "cluster"],
    ["install", "InfrastructureInstalled", at("infrastructure", "succeeded"), "cluster"],
    ["install", "AirgapProcessing", at("airgap", "running"), "cluster"],
    ["install", "AppPreflightsRunning", at("appPreflights", "running"), "checks"],
    ["install", "AppInstalling", at("app", "running"), "execute"],
    ["upgrade", "AirgapProcessing", [{ phase: "airgap", status: "running" }, ...later("hostPreflights", "infrastructure")], "hosts"],
    ["upgrade", "AirgapProcessing", [{ phase: "airgap", status: "running" }, ...later("appPreflights")], "checks"],
    ["upgrade", "InfrastructureUpgradeFailed", [{ phase: "airgap", status: "succeeded" }, { phase: "hostPreflights", status: "succeeded" }, { phase: "infrastructure", status: "failed" }], "cluster"],
    ["preflight", "ApplicationConfigured", later("hostPreflights", "appPreflights"), "hosts"],
    ["reset", "Resetting", [{ phase: "reset", status: "running" }], "execute"],
    ["reset", "ResetFailed", [{ phase: "reset", status: "failed" }], "execute"],
    ["reset", "Reset", [{ phase: "reset", status: "succeeded" }], "done"],
  ])("on Linux hosts %s in %s is at its step", (workflow, state, phases, step) => {
    expect(currentStep(view(workflow, state, phases, { target: "linux" }))).toBe(step);
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

  it("has hosts and cluster where something is done to them, and nowhere else", () => {
    const ids = (of: RunView) => wizardSteps(of).map((step) => step.id);
    expect(ids(view("install", "New", ON_HOSTS, { target: "linux" }))).toEqual(["release", "configuration", "installation", "plan", "hosts", "cluster", "checks", "execute", "done"]);
    expect(ids(view("upgrade", "New", later("airgap", "appPreflights", "app"), { target: "linux" })), "the application alone").toEqual(["release", "configuration", "plan", "checks", "execute", "done"]);
    expect(ids(view("install", "New", later("infrastructure", "appPreflights", "app"))), "on a cluster").not.toContain("cluster");
    expect(ids(view("reset", "Resetting", later("reset"), { target: "linux" }))).toEqual(["execute", "done"]);
  });

  it("marks the checks of hosts where hosts are looked at, not those of the application", () => {
    const hostChecks = { at: 0, results: [{ title: "t", state: "warn" as const, message: "", uri: "", strict: false, host: "h" }] };
    const steps = wizardSteps({ ...view("install", "AppInstalling", at("app", "running"), { target: "linux" }), hostChecks });
    expect(steps.filter((step) => step.mark === "warning").map((step) => step.id)).toEqual(["hosts"]);
  });

  it("shows at each step the phases that belong to it", () => {
    const run = view("install", "New", ON_HOSTS, { target: "linux" });
    expect([phasesAt("hosts", run), phasesAt("cluster", run), phasesAt("checks", run)]).toEqual([["hostConfiguration", "hostPreflights"], ["infrastructure", "airgap"], ["appPreflights"]]);
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
