import type { Failure } from "../../bindings/Failure";
import type { Phase } from "../../bindings/Phase";
import type { StepView } from "../../bindings/StepView";
import { phasesOf, statesOf } from "./machine";
import type { MemoryRun } from "./run";
import { IMAGES } from "./sample-bundles";
import { checksFor } from "./sample-plan";

const PULL_FAILED: Failure = {
  class: "brokenTarget",
  message: "The workload tidewater-web did not become ready within 10 m.",
  causes: [
    "deployment/tidewater-web: 1 of 3 pods ready",
    "pod tidewater-web-7c9d4f-x2lqk: ImagePullBackOff",
    'Failed to pull image "registry.acme.example:5000/acme/tidewater/web:1.1.0": 401 Unauthorized',
  ],
  hint: "Correct the registry's user name or password at the site, then retry this step.",
};

/** How the sample sites behave. */
export interface Script {
  failsAt: string | null;
  checksFail: boolean;
}

/** Executes a run from where it stands, in time that passes `speed` times as fast. */
export class Simulation {
  constructor(
    private readonly run: MemoryRun,
    private readonly script: Script,
    private readonly speed: number,
    private readonly onEnd: () => void,
  ) {}

  async execute(until: Phase | null): Promise<void> {
    const { run } = this;
    run.freeze();
    run.cancelling = false;
    run.fact({ executing: true, orphaned: false });
    for (const phase of phasesOf(run.view.summary.workflow)) {
      const steps = run.view.steps.filter((step) => step.phase === phase);
      const open = steps.some((step) => step.status !== "succeeded" && step.status !== "skipped");
      if (open && !(await this.phase(phase))) break;
      if (phase === until) break;
    }
    run.fact({ executing: false });
    this.onEnd();
  }

  /** True when the run may go on after it. */
  private async phase(phase: Phase): Promise<boolean> {
    const { run } = this;
    const states = statesOf(phase, run.view.summary.workflow);
    run.enter(states.running);
    for (const { id } of run.view.steps.filter((step) => step.phase === phase)) {
      const step = run.view.steps.find((one) => one.id === id);
      if (!step || step.status === "succeeded" || step.status === "skipped") continue;
      if (run.cancelling) {
        run.enter("Cancelled");
        return false;
      }
      if (!(await this.step(step))) {
        run.enter(states.failed, PULL_FAILED);
        return false;
      }
    }
    if (phase === "appPreflights") return this.judge();
    run.enter(states.succeeded);
    if (states.succeeded === "Succeeded" || states.succeeded === "RolledBack") run.record({ type: "runEnded", state: states.succeeded });
    return true;
  }

  private judge(): boolean {
    const fails = this.script.checksFail;
    this.run.record({ type: "checksJudged", phase: "appPreflights", report: { results: checksFor(fails), at: Date.now() } });
    this.run.enter(fails ? "AppPreflightsFailed" : "AppPreflightsSucceeded");
    return !fails;
  }

  private async step(step: StepView): Promise<boolean> {
    const { run } = this;
    const attempt = step.attempt + 1;
    run.record({ type: "stepStarted", step: step.id, attempt });
    run.say(step.id, `${step.title}: looking at what is there`);
    if (step.id === "images") await this.push(step.id);
    else await this.work(step);
    if (this.script.failsAt === step.id && attempt === 1) {
      for (const cause of PULL_FAILED.causes) run.say(step.id, cause, "error");
      run.record({ type: "stepFailed", step: step.id, attempt, failure: PULL_FAILED, willRetry: false });
      return false;
    }
    run.say(step.id, `${step.title}: verified`);
    run.record({ type: "stepDone", step: step.id, attempt, outcome: { type: "changed" }, outputs: {} });
    return true;
  }

  private async push(step: string): Promise<void> {
    const moved = IMAGES.map((image) => ({ ...image, done: 0 }));
    const total = IMAGES.reduce((all, image) => all + image.missing, 0);
    let all = 0;
    while (all < total) {
      await this.pass(200);
      for (const image of moved) {
        const piece = Math.min(image.missing - image.done, Math.round(900_000 + image.missing / 60));
        if (piece <= 0) continue;
        image.done += piece;
        all += piece;
        this.run.emit({ type: "progress", progress: { step, child: image.name, done: image.done, total: image.missing, unit: "bytes", message: "" } });
      }
      this.run.emit({ type: "progress", progress: { step, child: "", done: all, total, unit: "bytes", message: "" } });
      this.run.say(step, `PATCH blob sha256:${all.toString(16)} 202 Accepted`, "debug");
    }
  }

  private async work(step: StepView): Promise<void> {
    const chart = step.kind === "chart";
    for (let done = 0; done <= 3; done += 1) {
      await this.pass(500);
      const message = chart ? `${done} of 3 pods ready` : `Part ${done} of 3`;
      if (chart) this.run.emit({ type: "progress", progress: { step: step.id, child: step.id.replace("chart:", "deployment/"), done, total: 3, unit: "pods", message } });
      this.run.say(step.id, message, done === 2 ? "debug" : "info");
    }
  }

  private pass(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms / this.speed));
  }
}
