import type { RunView } from "../../../bindings/RunView";

/** What a reset left on hosts, by the step that left it. */
export interface Leftover {
  step: string;
  title: string;
  what: string[];
}

/**
 * What stays after a reset. A step that left something ends with a warning that names it, a line for each. What belongs to
 * no step has none.
 */
export function leftoversOf(view: RunView): Leftover[] {
  const ofSteps = view.steps.flatMap(({ id, title, outcome }) => {
    if (outcome?.type === "skipped") return [{ step: id, title, what: [`Not done: ${outcome.reason}`] }];
    return outcome?.type === "warning" ? [{ step: id, title, what: outcome.message.split("\n").filter((line) => line.trim() !== "") }] : [];
  });
  return view.left.length > 0 ? [...ofSteps, { step: "", title: "", what: view.left }] : ofSteps;
}
