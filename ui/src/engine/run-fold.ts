import type { Progress } from "../bindings/Progress";
import type { Record as JournalRecord } from "../bindings/Record";
import type { RunEvent } from "../bindings/RunEvent";
import type { RunView } from "../bindings/RunView";
import type { StepView } from "../bindings/StepView";

/**
 * A run with one more event in it. Only what an event says for itself is folded in here, so that nothing lags behind; what
 * may be done next is the engine's to say and is read again after every record.
 */
export function foldEvent(view: RunView, event: RunEvent): RunView {
  if (event.seq <= view.cursor) return view;
  const next = { ...view, cursor: event.seq };
  if (event.body.type === "progress") return withProgress(next, event.body.progress);
  if (event.body.type === "record") return counted(withRecord(next, event.body.record, event.at));
  return next;
}

function withRecord(view: RunView, record: JournalRecord, at: number): RunView {
  const summary = { ...view.summary, updatedAt: at };
  switch (record.type) {
    case "stateEntered":
      return {
        ...view,
        summary: { ...summary, state: record.state, failure: record.failure?.message ?? "" },
        failure: record.failure,
      };
    case "planFrozen":
      return { ...view, summary, planDigest: record.plan.digest, steps: record.plan.steps.map(pending) };
    case "stepStarted":
      return onStep({ ...view, summary }, record.step, (step) => ({
        ...step,
        status: "running",
        attempt: record.attempt,
        startedAt: step.startedAt ?? at,
        endedAt: null,
        progress: record.attempt > step.attempt ? [] : step.progress,
      }));
    case "stepDone":
      return onStep({ ...view, summary }, record.step, (step) => ({
        ...step,
        status: record.outcome.type === "skipped" ? "skipped" : "succeeded",
        outcome: record.outcome,
        endedAt: at,
        failure: null,
      }));
    case "stepFailed":
      return onStep({ ...view, summary }, record.step, (step) => ({
        ...step,
        failure: record.failure,
        status: record.willRetry ? step.status : "failed",
        endedAt: record.willRetry ? step.endedAt : at,
      }));
    case "checksJudged":
      return record.phase === "hostPreflights" ? { ...view, summary, hostChecks: record.report } : { ...view, summary, checks: record.report };
    case "decided":
      return { ...view, summary: { ...summary, discarded: summary.discarded || record.decision === "discard" } };
    case "runEnded":
      return { ...view, summary: { ...summary, state: record.state, executing: false } };
    default:
      return { ...view, summary };
  }
}

/** Progress never goes backwards within an attempt, whatever order it arrives in. */
function withProgress(view: RunView, progress: Progress): RunView {
  return onStep(view, progress.step, (step) => {
    const before = step.progress.find((one) => one.child === progress.child);
    const done = before?.unit === progress.unit ? Math.max(before.done, progress.done) : progress.done;
    const next = { ...progress, done };
    const rest = step.progress.map((one) => (one === before ? next : one));
    return { ...step, progress: before ? rest : [...rest, next] };
  });
}

function onStep(view: RunView, id: string, change: (step: StepView) => StepView): RunView {
  return { ...view, steps: view.steps.map((step) => (step.id === id ? change(step) : step)) };
}

function counted(view: RunView): RunView {
  const stepsDone = view.steps.filter((step) => step.status === "succeeded" || step.status === "skipped").length;
  return { ...view, summary: { ...view.summary, stepsDone, stepsTotal: view.steps.length } };
}

function pending(spec: { id: string; kind: string; title: string; phase: StepView["phase"]; pointOfNoReturn: boolean; maySkip: boolean }): StepView {
  return {
    id: spec.id,
    kind: spec.kind,
    title: spec.title,
    phase: spec.phase,
    pointOfNoReturn: spec.pointOfNoReturn,
    maySkip: spec.maySkip,
    status: "pending",
    attempt: 0,
    startedAt: null,
    endedAt: null,
    outcome: null,
    failure: null,
    progress: [],
  };
}
