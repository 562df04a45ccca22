import type { RunSummary } from "../bindings/RunSummary";
import { stateMark } from "../engine/words";

/** Kinds of states, for who does not look for one by its name. */
export const KINDS = {
  executing: "Under way",
  attention: "Need a person",
  ended: "Ended well",
} as const;

export type Kind = keyof typeof KINDS;

export function ofKind(run: RunSummary, kind: Kind): boolean {
  if (kind === "executing") return run.executing;
  if (kind === "ended") return stateMark(run.state) === "passed";
  return kind === "attention" && !run.executing && !run.discarded && stateMark(run.state) !== "passed";
}
