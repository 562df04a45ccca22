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

/**
 * Where a run stops to be looked at, by the phases in which its plan does something: at the checks of hosts, once those are
 * `behind` at the checks of the application, or where the cluster stands when a release has none.
 */
export function nextStop(phases: readonly Phase[], behind: boolean): Phase | null {
  if (!behind && phases.includes("hostPreflights")) return "hostPreflights";
  if (phases.includes("appPreflights")) return "appPreflights";
  return behind && phases.includes("infrastructure") ? (phases[phases.indexOf("app") - 1] ?? null) : null;
}

export function startLabel(view: RunView): string {
  return `Start ${stepTitle("execute", view.summary.workflow).toLowerCase()}`;
}
