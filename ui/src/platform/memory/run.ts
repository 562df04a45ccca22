import type { BundleSummary } from "../../bindings/BundleSummary";
import type { ConfigChange } from "../../bindings/ConfigChange";
import type { EventBody } from "../../bindings/EventBody";
import type { Failure } from "../../bindings/Failure";
import type { InstallationSettings } from "../../bindings/InstallationSettings";
import type { LogLevel } from "../../bindings/LogLevel";
import type { LogLine } from "../../bindings/LogLine";
import type { Plan } from "../../bindings/Plan";
import type { PhaseStatus } from "../../bindings/PhaseStatus";
import type { Record as JournalRecord } from "../../bindings/Record";
import type { ReleaseRef } from "../../bindings/ReleaseRef";
import type { RunEvent } from "../../bindings/RunEvent";
import type { RunView } from "../../bindings/RunView";
import type { SiteHost } from "../../bindings/SiteHost";
import type { SiteSummary } from "../../bindings/SiteSummary";
import type { State } from "../../bindings/State";
import type { Workflow } from "../../bindings/Workflow";
import { foldEvent } from "../../engine/run-fold";
import { allowedFor, JUDGED, phasesOf, statesOf } from "./machine";
import { NO_SETTINGS, type MemoryCluster } from "./sample-cluster";
import type { MemoryBaseOfRun, Values } from "./sample-form";
import { planFor } from "./sample-plan";

/** One run of the sample engine: its view is a fold over what was said of it, as in the real one. */
export class MemoryRun {
  view: RunView;
  values: Values = {};
  /** The base that the site followed when the run was created. */
  base: MemoryBaseOfRun | null = null;
  settings: InstallationSettings = NO_SETTINGS;
  /** Hosts of its site, for what is done on each. */
  hosts: SiteHost[] = [];
  /** Host checks that were asked again and are well since. */
  mended: string[] = [];
  /** What is done to the cluster of a site of Linux hosts. */
  cluster: MemoryCluster | null = null;
  plan: Plan | null = null;
  cancelling = false;
  /** The time; the past while a sample is made. */
  now: () => number = Date.now;
  readonly log: LogLine[] = [];
  readonly events: RunEvent[] = [];
  private readonly listeners = new Set<(event: RunEvent) => void>();

  constructor(
    id: string,
    site: SiteSummary,
    workflow: Workflow,
    release: ReleaseRef,
    private readonly changed: () => void,
    at = Date.now(),
  ) {
    const fromVersion = workflow === "install" ? null : (site.installed?.version ?? null);
    const state: State = workflow === "rollback" ? "AppUpgradeFailed" : "New";
    const { target } = site;
    this.view = {
      summary: {
        id,
        site: site.id,
        siteName: site.name,
        workflow,
        target,
        release,
        fromVersion,
        state,
        executing: false,
        orphaned: false,
        discarded: false,
        stepsDone: 0,
        stepsTotal: 0,
        createdAt: at,
        updatedAt: at,
        failure: "",
      },
      airgap: workflow === "install" || workflow === "upgrade",
      phases: phasesOf({ workflow, target, clusterChanges: false }).map((phase) => ({ phase, status: "pending" })),
      steps: [],
      planDigest: null,
      allowed: [],
      until: null,
      failure: null,
      checks: null,
      hostChecks: null,
      lease: null,
      revision: workflow === "rollback" ? 1 : null,
      left: [],
      warnings: [],
      cursor: 0,
    };
  }

  subscribe(since: number, listener: (event: RunEvent) => void): () => void {
    for (const event of this.events) if (event.seq > since) listener(event);
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  record(record: JournalRecord): void {
    this.emit({ type: "record", record });
    this.settle();
  }

  enter(state: State, failure: Failure | null = null): void {
    this.record({ type: "stateEntered", state, failure });
  }

  say(step: string, text: string, level: LogLevel = "info"): void {
    const at = this.now();
    const line: LogLine = { index: this.log.length, at, level, step, text };
    this.log.push(line);
    this.emit({ type: "log", line });
  }

  emit(body: EventBody): void {
    const event: RunEvent = { seq: this.view.cursor + 1, at: this.now(), body };
    this.events.push(event);
    this.view = foldEvent(this.view, event);
    for (const listener of [...this.listeners]) listener(event);
  }

  /** Facts that are not in the journal, and what follows from them. */
  fact(change: Partial<RunView["summary"]>): void {
    this.view = { ...this.view, summary: { ...this.view.summary, ...change } };
    this.settle();
  }

  makePlan(config: ConfigChange[]): Plan {
    const { workflow, fromVersion, release } = this.view.summary;
    this.plan = planFor(workflow, fromVersion, release.version, config, this.cluster);
    return this.plan;
  }

  freeze(): void {
    const plan = this.plan ?? this.makePlan([]);
    if (this.view.planDigest === null) this.record({ type: "planFrozen", plan, who: "operator" });
  }

  settle(): void {
    const { state, workflow, target } = this.view.summary;
    const shape = { workflow, target, clusterChanges: this.cluster !== null };
    const phases = phasesOf(shape).map((phase) => ({ phase, status: this.statusOf(phase) }));
    const left =
      state === "Cancelled"
        ? this.view.steps.filter((step) => step.status === "pending" || step.status === "running").map((step) => `${step.title}: not begun`)
        : [];
    this.view = { ...this.view, phases, left };
    this.view = { ...this.view, allowed: allowedFor(this.view, this.cancelling) };
    this.changed();
  }

  private statusOf(phase: RunView["phases"][number]["phase"]): PhaseStatus {
    const { state, workflow } = this.view.summary;
    const states = statesOf(phase, workflow);
    const steps = this.view.steps.filter((step) => step.phase === phase);
    if (states.failed === state || JUDGED[phase]?.bad === state) return "failed";
    if (JUDGED[phase]?.bypassed === state) return "bypassed";
    if (states.running === state) return "running";
    if (steps.length > 0 && steps.every((step) => step.status === "succeeded" || step.status === "skipped")) return "succeeded";
    return steps.some((step) => step.status !== "pending") ? "running" : "pending";
  }
}

export function releaseOf(bundle: BundleSummary): ReleaseRef {
  return { slug: bundle.slug, title: bundle.title, version: bundle.version, bundle: bundle.id };
}
