import type { Action } from "../bindings/Action";
import type { RunView } from "../bindings/RunView";
import type { StepView } from "../bindings/StepView";
import { useDo } from "../engine/ask";

/** What a person may decide about a run that stands still or goes on. */
export function useDecisions(view: RunView) {
  const run = view.summary.id;
  const retry = useDo("run_retry");
  const skip = useDo("run_skip");
  const cancel = useDo("run_cancel");
  const resume = useDo("run_resume");
  const bypass = useDo("run_bypass");
  const takeOver = useDo("run_take_over");
  const discard = useDo("run_discard");
  const all = [retry, skip, cancel, resume, bypass, takeOver, discard];
  return {
    may: (action: Action) => view.allowed.includes(action),
    busy: all.some((one) => one.isPending),
    error: all.find((one) => one.isError)?.error ?? null,
    retry: (onDone?: () => void) => retry.mutate({ run, step: null, why: "" }, { onSuccess: onDone }),
    resume: () => resume.mutate({ run }),
    skip: (why: string, onDone: () => void) => skip.mutate({ run, step: null, why }, { onSuccess: onDone }),
    cancel: (why: string, onDone: () => void) => cancel.mutate({ run, step: null, why }, { onSuccess: onDone }),
    bypass: (why: string, onDone: () => void) => bypass.mutate({ run, why }, { onSuccess: onDone }),
    discard: (onDone: () => void) => discard.mutate({ run }, { onSuccess: onDone }),
    takeOver: (why: string, onDone: () => void) =>
      takeOver.mutate({ run, from: view.lease?.who ?? "", why }, { onSuccess: onDone }),
  };
}

export type Decisions = ReturnType<typeof useDecisions>;

/** The step that stopped the run. */
export function failedStep(view: RunView): StepView | null {
  return view.steps.find((step) => step.status === "failed") ?? null;
}
