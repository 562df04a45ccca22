import type { CheckResult } from "../bindings/CheckResult";
import type { CheckState } from "../bindings/CheckState";

/** Groups of the JSON in its order, and how the text calls them. Skipped checks are in neither form. */
const GROUPS: [CheckState, string][] = [
  ["pass", "PASS"],
  ["warn", "WARN:"],
  ["fail", "FAIL:"],
  ["error", "ERROR:"],
];

/** The text form of troubleshoot's own program, with the host after the title. */
export function toText(name: string, results: CheckResult[]): string {
  const words = new Map(GROUPS);
  const lines = results.flatMap(({ state, title, host, message }) => {
    const word = words.get(state);
    return word === undefined ? [] : [`   --- ${word} ${title}${host ? ` - ${host}` : ""}`, `      --- ${message}`];
  });
  const fine = !results.some(({ state }) => state === "fail" || state === "error");
  return ["", ...lines, `--- ${fine ? "PASS" : "FAIL"}   ${name}`, fine ? "PASS" : "FAILED", ""].join("\n");
}

/** The JSON form of troubleshoot's own program, with `error` for what could not be judged. Empty groups are left out. */
export function toJson(results: CheckResult[]): string {
  const groups = GROUPS.map(([state]) => [state, results.filter((one) => one.state === state).map(shown)] as const);
  return `${JSON.stringify(Object.fromEntries(groups.filter(([, group]) => group.length > 0)), null, 2)}\n`;
}

function shown({ title, message, uri, strict, host }: CheckResult) {
  return { title, message, ...(uri ? { uri } : {}), ...(strict ? { strict } : {}), ...(host ? { host } : {}) };
}
