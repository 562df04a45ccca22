import type { RunView } from "../bindings/RunView";
import { useDo } from "../engine/ask";
import { stepTitle } from "./position";

/** Runs the plan as it was seen: up to the checks, or to the end. */
export function useExecute(view: RunView, planDigest: string | null) {
  const execute = useDo("run_execute");
  const request = { run: view.summary.id, planDigest, bypass: null };
  return {
    execute,
    check: () => execute.mutate({ ...request, until: "appPreflights" }),
    start: () => execute.mutate({ ...request, until: null }),
  };
}

export function startLabel(view: RunView): string {
  return `Start ${stepTitle("execute", view.summary.workflow).toLowerCase()}`;
}
