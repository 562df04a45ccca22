import type { Phase } from "../bindings/Phase";
import type { RunView } from "../bindings/RunView";
import { useDo } from "../engine/ask";
import { stepTitle } from "./position";

/** Runs the plan as it was seen: up to the checks, or to the end. */
export function useExecute(view: RunView, planDigest: string | null) {
  const execute = useDo("run_execute");
  const request = { run: view.summary.id, planDigest, bypass: null };
  return {
    execute,
    check: (until: Phase) => execute.mutate({ ...request, until }),
    start: () => execute.mutate({ ...request, until: null }),
  };
}

/** Where a run stops to be looked at: at the checks of hosts while nothing is done on them yet, then at those of the application. */
export function nextStop(phases: readonly Phase[], behind: boolean): Phase | null {
  if (!behind && phases.includes("hostPreflights")) return "hostPreflights";
  return phases.includes("appPreflights") ? "appPreflights" : null;
}

export function startLabel(view: RunView): string {
  return `Start ${stepTitle("execute", view.summary.workflow).toLowerCase()}`;
}
