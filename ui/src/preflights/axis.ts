import type { CheckResult } from "../bindings/CheckResult";
import type { CheckState } from "../bindings/CheckState";
import type { Mark } from "../components/StateMark";
import { checkMark } from "../engine/words";
import { figuresOf, type Check, type Line, type Matrix } from "./matrix";
import { hostMark } from "./words";

/** A row or a column: a host or a check. */
export type Axis = { kind: "line"; line: Line } | { kind: "check"; check: Check };

/** What somebody looks at: an answer, or a host or a check as a whole. */
export interface Chosen {
  /** Key of the host, null for all. */
  line: string | null;
  check: string | null;
}

export interface Axes {
  rows: Axis[];
  columns: Axis[];
}

/** Columns that are wide enough for words. */
const WIDE = 6;

export function isWide({ columns }: Axes): boolean {
  return columns.length <= WIDE;
}

export function axesOf({ lines, checks }: Matrix, hostsAsRows: boolean): Axes {
  const [hosts, all] = [lines.map((line): Axis => ({ kind: "line", line })), checks.map((check): Axis => ({ kind: "check", check }))];
  return hostsAsRows ? { rows: hosts, columns: all } : { rows: all, columns: hosts };
}

export function titleOf(axis: Axis): string {
  return axis.kind === "line" ? axis.line.title : axis.check.title;
}

export function keyOf(axis: Axis): string {
  return axis.kind === "line" ? axis.line.key : axis.check.key;
}

/** Host and check where a row and a column meet; a heading has none of the other. */
export function chosenAt(row: Axis | null, column: Axis | null): Chosen {
  const find = (kind: Axis["kind"]) => [row, column].find((axis) => axis?.kind === kind);
  const [line, check] = [find("line"), find("check")];
  return { line: line ? keyOf(line) : null, check: check ? keyOf(check) : null };
}

export type Answer = { result: CheckResult } | { none: "waiting" | "absent" };

export function answerAt(row: Axis, column: Axis): Answer {
  const [one, other] = row.kind === "line" ? [row, column] : [column, row];
  if (one.kind !== "line" || other.kind !== "check") return { none: "absent" };
  const result = one.line.answers.get(other.check.key);
  if (result) return { result };
  return { none: one.line.open ? "waiting" : "absent" };
}

/** A state's word where there is room for no more than two. */
export function shortWord(state: CheckState): string {
  return state === "error" ? "Not judged" : checkMark(state).word;
}

/** "db1, Memory: failed". */
export function cellLabel(row: Axis, column: Axis): string {
  const [one, other] = row.kind === "line" ? [row, column] : [column, row];
  const answer = answerAt(row, column);
  const word = "result" in answer ? shortWord(answer.result.state).toLowerCase() : answer.none === "waiting" ? "no answer yet" : "not run there";
  return `${titleOf(one)}, ${titleOf(other)}: ${word}`;
}

/** "1 failed", "2 warned": what is worth knowing of many answers, the worst first. */
export function found(results: Iterable<CheckResult>): string[] {
  const { failed, warned, unjudged } = figuresOf(results);
  return [failed && `${failed} failed`, unjudged && `${unjudged} not judged`, warned && `${warned} warned`].filter((part) => part !== 0);
}

/** How a host stands: on its way, or done with the worst of its answers. */
export function lineMark(line: Line): { mark: Mark; word: string; share: number | null } {
  if (line.host && line.host.progress !== "done") return hostMark(line.host);
  if (line.open) return { mark: "running", word: "Asking the cluster", share: null };
  const { failed, warned, unjudged, passed } = figuresOf(line.answers.values());
  const mark = failed > 0 ? "failed" : unjudged > 0 ? "unknown" : warned > 0 ? "warning" : "passed";
  return { mark, word: found(line.answers.values()).join(", ") || `All ${passed} passed`, share: null };
}

/** "db1: not reached, 3 failed". What passed is not worth saying of each. */
export function headingLabel(axis: Axis, matrix: Matrix): string {
  const { key } = axis.kind === "check" ? axis.check : axis.line;
  const results = axis.kind === "line" ? [...axis.line.answers.values()] : matrix.lines.flatMap((line) => line.answers.get(key) ?? []);
  const parts = found(results);
  const host = axis.kind === "line" && axis.line.host;
  const state = host && host.progress !== "done" ? [hostMark(host).word.toLowerCase()] : [];
  return `${titleOf(axis)}: ${[...state, ...(parts.length > 0 ? parts : [`${results.length} answers, nothing found`])].join(", ")}`;
}
