import type { RunView } from "../../../bindings/RunView";

/** What a reset left on hosts. */
export interface Leftover {
  /** The hosts it is on, or the steps that left it; none for what belongs to no step. */
  where: string[];
  what: string[];
}

/**
 * What stays after a reset; the same on several hosts is said once. A step that left something ends with a warning that
 * names it, a line for each. `nodes` are the names by which steps end, and which are shown in place of their titles.
 */
export function leftoversOf(view: Pick<RunView, "steps" | "left">, nodes: readonly string[]): Leftover[] {
  const groups = new Map<string, Leftover>();
  for (const { id, title, outcome } of view.steps) {
    const what = outcome?.type === "warning" ? linesOf(outcome.message) : outcome?.type === "skipped" ? [`Not done: ${outcome.reason}`] : [];
    if (what.length === 0) continue;
    const where = nodes.find((node) => id.endsWith(`:${node}`)) ?? title;
    const key = JSON.stringify(what);
    const before = groups.get(key);
    if (before) before.where.push(where);
    else groups.set(key, { where: [where], what });
  }
  return [...groups.values(), ...(view.left.length > 0 ? [{ where: [], what: view.left }] : [])];
}

function linesOf(message: string): string[] {
  return message.split("\n").filter((line) => line.trim() !== "");
}
