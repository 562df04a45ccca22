import type { Failure } from "../../bindings/Failure";
import type { Outcome } from "../../bindings/Outcome";
import type { Phase } from "../../bindings/Phase";
import type { StepView } from "../../bindings/StepView";
import { isEnd } from "../../engine/words";
import { JUDGED, statesOf } from "./machine";
import type { MemoryRun } from "./run";
import { IMAGES } from "./sample-bundles";
import { LEFT, PIECES, SAID } from "./sample-cluster-steps";
import { hostChecksFor } from "./sample-hosts";
import { checksFor } from "./sample-plan";

const failureOf = (step: string) => (step.startsWith("uncordon:") ? NOT_READY : PULL_FAILED);

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

const NOT_READY: Failure = {
  class: "brokenTarget",
  message: "node-22 runs v1.35.4 and did not become ready within 10 m.",
  causes: [
    "node node-22: KubeletNotReady: container runtime network not ready: NetworkReady=false",
    "pod kube-flannel/kube-flannel-ds-7xk2p on node-22: CrashLoopBackOff",
    'write /run/flannel/subnet.env: no space left on device',
  ],
  hint: "The node stays cordoned and no further worker is touched. Free space on the host, then retry this step.",
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
    private readonly on: { ended: () => void; done: (step: string) => void },
  ) {}

  async execute(until: Phase | null): Promise<void> {
    const { run } = this;
    run.freeze();
    run.cancelling = false;
    run.fact({ executing: true, orphaned: false });
    for (const { phase } of run.view.phases) {
      const steps = run.view.steps.filter((step) => step.phase === phase);
      const open = steps.some((step) => step.status !== "succeeded" && step.status !== "skipped");
      if (open && !(await this.phase(phase))) break;
      if (phase === until) break;
    }
    run.fact({ executing: false });
    this.on.ended();
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
        run.enter(states.failed, failureOf(id));
        return false;
      }
    }
    if (JUDGED[phase]) return this.judge(phase);
    run.enter(states.succeeded);
    if (isEnd(states.succeeded)) run.record({ type: "runEnded", state: states.succeeded });
    return true;
  }

  private judge(phase: Phase): boolean {
    const { run } = this;
    const results = phase === "hostPreflights" ? hostChecksFor(run.hosts, run.mended) : checksFor(this.script.checksFail);
    const bad = results.some((one) => one.state === "fail") ? JUDGED[phase]?.bad : undefined;
    run.record({ type: "checksJudged", phase, report: { results, at: Date.now() } });
    run.enter(bad ?? statesOf(phase, run.view.summary.workflow).succeeded);
    return bad === undefined;
  }

  private async step(step: StepView): Promise<boolean> {
    const { run } = this;
    const attempt = step.attempt + 1;
    run.record({ type: "stepStarted", step: step.id, attempt });
    run.say(step.id, `${step.title}: looking at what is there`);
    if (step.id === "images") await this.push(step.id, IMAGES);
    else if (step.kind === "hostFiles") await this.push(step.id, PIECES.map(([name, share]) => ({ name, missing: Math.round(share * 612_000_000) })), 18);
    else if (SAID[step.kind]) await this.talk(step, SAID[step.kind]?.(step.id.split(":")[1] ?? "") ?? []);
    else await this.work(step);
    if (this.script.failsAt === step.id && attempt === 1) {
      const failure = failureOf(step.id);
      for (const cause of failure.causes) run.say(step.id, cause, "error");
      run.record({ type: "stepFailed", step: step.id, attempt, failure, willRetry: false });
      return false;
    }
    run.say(step.id, `${step.title}: verified`);
    const outcome: Outcome = step.kind === "resetHost" ? { type: "warning", message: LEFT } : { type: "changed" };
    run.record({ type: "stepDone", step: step.id, attempt, outcome, outputs: {} });
    this.on.done(step.id);
    return true;
  }

  private async push(step: string, what: readonly { name: string; missing: number }[], pieces = 60): Promise<void> {
    const moved = what.map((image) => ({ ...image, done: 0 }));
    const total = what.reduce((all, image) => all + image.missing, 0);
    let all = 0;
    while (all < total) {
      await this.pass(200);
      for (const image of moved) {
        const piece = Math.min(image.missing - image.done, Math.round(900_000 + image.missing / pieces));
        if (piece <= 0) continue;
        image.done += piece;
        all += piece;
        this.run.emit({ type: "progress", progress: { step, child: image.name, done: image.done, total: image.missing, unit: "bytes", message: "" } });
      }
      this.run.emit({ type: "progress", progress: { step, child: "", done: all, total, unit: "bytes", message: "" } });
      this.run.say(step, `PATCH blob sha256:${all.toString(16)} 202 Accepted`, "debug");
    }
  }

  /** Says what is done on a host, or waited for there, one thing after the other. */
  private async talk(step: StepView, said: string[]): Promise<void> {
    for (const [at, message] of said.entries()) {
      this.run.emit({ type: "progress", progress: { step: step.id, child: "", done: at + 1, total: said.length, unit: "items", message } });
      const waits = message.startsWith("Waiting");
      this.run.say(step.id, message, waits ? "warn" : "info");
      await this.pass(waits ? 2000 : 600);
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
