import type { CheckResult } from "../bindings/CheckResult";
import type { ChecksReport } from "../bindings/ChecksReport";
import type { CheckState } from "../bindings/CheckState";
import type { HostChecks } from "../bindings/HostChecks";
import type { PreflightView } from "../bindings/PreflightView";

/** A check, which hosts have in common. Of several with one title each is a check of its own. */
export interface Check {
  key: string;
  title: string;
}

/** A host, or the site's cluster, and its answers. */
export interface Line {
  /** The host as it was named; empty for the cluster. */
  key: string;
  title: string;
  host: HostChecks | null;
  answers: ReadonlyMap<string, CheckResult>;
  /** Answers may still come. */
  open: boolean;
}

export interface Matrix {
  lines: Line[];
  checks: Check[];
}

/**
 * Hosts in the order they were named, the cluster last; checks in the order of the specs, those of the cluster last.
 * A site of Linux hosts has no cluster, and no line for one.
 */
export function matrixOf(view: PreflightView, clusterless = false): Matrix {
  const running = view.summary.progress === "running";
  const lines: Line[] = view.hosts.map((host) => ({
    key: host.host,
    title: host.host,
    host,
    answers: answersOf(view.results, host.host),
    open: running && host.progress !== "done" && host.progress !== "unreached",
  }));
  const answers = answersOf(view.results, "");
  if (view.summary.site !== null && !(clusterless && answers.size === 0)) {
    lines.push({ key: "", title: clusterTitle(view), host: null, answers, open: running && answers.size === 0 });
  }
  return { lines, checks: checksOf(lines) };
}

/** The same of a run's report, in which every answer is there and hosts come as they were asked. */
export function matrixOfReport({ results }: ChecksReport): Matrix {
  const hosts = [...new Set(results.map((one) => one.host))];
  const lines = hosts.map((host): Line => ({ key: host, title: host, host: null, answers: answersOf(results, host), open: false }));
  return { lines, checks: checksOf(lines) };
}

function clusterTitle({ summary }: PreflightView): string {
  return summary.siteName ? `Cluster of ${summary.siteName}` : "Cluster";
}

function answersOf(results: CheckResult[], host: string): Map<string, CheckResult> {
  const seen = new Map<string, number>();
  const answers = new Map<string, CheckResult>();
  for (const result of results) {
    if (result.host !== host) continue;
    const place = (seen.get(result.title) ?? 0) + 1;
    seen.set(result.title, place);
    answers.set(place === 1 ? result.title : `${result.title} (${place})`, result);
  }
  return answers;
}

/** A host that is done has its answers in the order of the specs; one under way has them as they came. */
function checksOf(lines: Line[]): Check[] {
  const order = [...lines].sort((a, b) => Number(a.open) - Number(b.open));
  const hosts = order.filter((line) => line.key !== "").flatMap((line) => [...line.answers.keys()]);
  const cluster = order.filter((line) => line.key === "").flatMap((line) => [...line.answers.keys()]);
  return [...new Set([...hosts, ...cluster])].map((key) => ({ key, title: key }));
}

export const FILTERS = {
  all: "All results",
  bad: "Failed, warned, not judged",
  fail: "Failed",
  warn: "Warned",
  error: "Not judged",
} as const;

export type Filter = keyof typeof FILTERS;

const WANTED: Record<Filter, CheckState[]> = {
  all: ["pass", "warn", "fail", "error", "skipped"],
  bad: ["warn", "fail", "error"],
  fail: ["fail"],
  warn: ["warn"],
  error: ["error"],
};

/** Whether an answer is one of those looked for: by its state, and by its host's name, title or message. */
export function isWanted(result: CheckResult, filter: Filter, search: string): boolean {
  if (!WANTED[filter].includes(result.state)) return false;
  const text = search.trim().toLowerCase();
  return text === "" || `${result.host}\n${result.title}\n${result.message}`.toLowerCase().includes(text);
}

/** The hosts and checks that have an answer looked for. */
export function filtered(matrix: Matrix, filter: Filter, search: string): Matrix {
  if (filter === "all" && search.trim() === "") return matrix;
  const checks = new Set<string>();
  const lines = matrix.lines.filter((line) => {
    const wanted = [...line.answers].filter(([, result]) => isWanted(result, filter, search));
    for (const [key] of wanted) checks.add(key);
    return wanted.length > 0;
  });
  return { lines, checks: matrix.checks.filter((check) => checks.has(check.key)) };
}

/** Hosts that fit beside each other as columns wide enough for words. */
const BESIDE = 6;

/** Few hosts stand beside each other, so that titles of checks can be read; many stand below each other. */
export function hostsAreRows(matrix: Matrix): boolean {
  return matrix.lines.length > BESIDE;
}

export interface Figures {
  passed: number;
  warned: number;
  failed: number;
  unjudged: number;
}

export function figuresOf(results: Iterable<CheckResult>): Figures {
  const figures = { passed: 0, warned: 0, failed: 0, unjudged: 0 };
  for (const { state } of results) {
    if (state === "pass") figures.passed += 1;
    if (state === "warn") figures.warned += 1;
    if (state === "fail") figures.failed += 1;
    if (state === "error") figures.unjudged += 1;
  }
  return figures;
}

/** Percent of the collectors that are done, over all hosts; null where there is nothing to count. */
export function shareOf(hosts: HostChecks[]): number | null {
  const all = hosts.reduce((sum, host) => sum + host.of, 0);
  const over = (host: HostChecks) => host.progress === "done" || host.progress === "unreached";
  const done = hosts.reduce((sum, host) => sum + (over(host) ? host.of : host.done), 0);
  return all > 0 ? Math.floor((done / all) * 100) : null;
}
