import type { CheckResult } from "../../../bindings/CheckResult";
import type { CheckState } from "../../../bindings/CheckState";

const OPEN: CheckState[] = ["fail", "error", "warn"];

/** Results that somebody has to look at, the gravest first, and the others in their order. */
export function byGravity(results: readonly CheckResult[]): { open: CheckResult[]; rest: CheckResult[]; passed: number } {
  const open = OPEN.flatMap((state) => results.filter((one) => one.state === state));
  const rest = results.filter((one) => !OPEN.includes(one.state));
  return { open, rest, passed: rest.filter((one) => one.state === "pass").length };
}
