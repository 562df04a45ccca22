import type { Phase } from "../../bindings/Phase";
import { statesOf } from "./machine";
import type { MemoryRun } from "./run";
import { hostChecksFor } from "./sample-hosts";
import { checksFor } from "./sample-plan";

const MINUTE = 60_000;

/** Brings a sample run to where it stands: the phases before `until` done, and in it the first `steps` steps. */
export function seed(run: MemoryRun, began: number, until: Phase | "end", steps = 0): void {
  let at = began;
  run.now = () => (at += 4000);
  run.record({ type: "configAccepted", digest: "sample", who: "operator" });
  run.enter("ApplicationConfigured");
  run.freeze();
  for (const { phase } of run.view.phases) {
    run.enter(statesOf(phase, run.view.summary.workflow).running);
    const all = run.view.steps.filter((step) => step.phase === phase);
    const done = phase === until ? all.slice(0, steps) : all;
    for (const { id, title } of done) {
      run.record({ type: "stepStarted", step: id, attempt: 1 });
      for (let line = 1; line <= 12; line += 1) run.say(id, `${title}: part ${line} of 12`, line % 4 === 0 ? "debug" : "info");
      run.record({ type: "stepDone", step: id, attempt: 1, outcome: { type: "changed" }, outputs: {} });
    }
    if (phase === until) break;
    if (phase === "appPreflights") run.record({ type: "checksJudged", phase, report: { results: checksFor(false), at: run.now() } });
    if (phase === "hostPreflights") run.record({ type: "checksJudged", phase, report: { results: hostChecksFor(run.hosts), at: run.now() } });
    run.enter(statesOf(phase, run.view.summary.workflow).succeeded);
  }
  if (until === "end") run.record({ type: "runEnded", state: run.view.summary.state });
  run.fact({ createdAt: began - MINUTE, updatedAt: at });
  run.now = Date.now;
}
