import type { CheckChange } from "../bindings/CheckChange";
import type { CheckState } from "../bindings/CheckState";

export type Direction = "worse" | "better" | "other";

const RANK: Record<CheckState, number> = { pass: 0, skipped: 0, warn: 1, error: 2, fail: 3 };

/** Whether a check became worse; one that came or went is neither. */
export function directionOf({ before, after }: CheckChange): Direction {
  if (before === null || after === null || RANK[before] === RANK[after]) return "other";
  return RANK[after] > RANK[before] ? "worse" : "better";
}

export interface HostChanges {
  /** Empty for the cluster. */
  host: string;
  changes: CheckChange[];
}

const FIRST: Direction[] = ["worse", "other", "better"];

/** Changes by host, the cluster last, within each the worst first. */
export function byHost(changes: CheckChange[]): HostChanges[] {
  const all = [...new Set(changes.map((one) => one.host))];
  const hosts = [...all.filter(Boolean), ...all.filter((host) => !host)];
  return hosts.map((host) => ({
    host,
    changes: changes
      .filter((one) => one.host === host)
      .sort((a, b) => FIRST.indexOf(directionOf(a)) - FIRST.indexOf(directionOf(b))),
  }));
}
