import type { CheckResult } from "../../../bindings/CheckResult";
import { byGravity } from "../checks/gravity";

/** One finding, and the hosts that have it. */
export type Shared = Omit<CheckResult, "host"> & { hosts: string[] };

/** What somebody has to look at, the gravest first. What several hosts have in common is one finding. */
export function shared(results: readonly CheckResult[]): Shared[] {
  const found = new Map<string, Shared>();
  for (const { host, ...rest } of byGravity(results).open) {
    const key = JSON.stringify([rest.title, rest.state, rest.message]);
    const before = found.get(key);
    if (before) before.hosts.push(host);
    else found.set(key, { ...rest, hosts: [host] });
  }
  return [...found.values()];
}
