import type { Change } from "../../bindings/Change";
import type { ChartChange } from "../../bindings/ChartChange";
import type { PointOfNoReturn } from "../../bindings/PointOfNoReturn";
import type { StepSpec } from "../../bindings/StepSpec";
import type { Workflow } from "../../bindings/Workflow";
import { step } from "./sample-step";

/** Versions of the cluster's own charts that the sample releases name, in the order of their weight. */
const NAMED: { release: string; weight: number; at: Record<string, string> }[] = [
  { release: "tidewater-disks", weight: 10, at: { "1.0.0": "0.0.30", "1.1.0": "0.0.30" } },
  { release: "ingress-nginx", weight: 20, at: { "1.0.0": "4.11.3", "1.1.0": "4.12.0" } },
  { release: "metrics-server", weight: 30, at: { "1.1.0": "3.12.2" } },
  { release: "node-exporter", weight: 40, at: { "1.0.0": "4.39.0" } },
];

function changeOf(from: string | null, to: string | null): Change {
  if (from === null) return "add";
  if (to === null) return "remove";
  return from === to ? "keep" : "change";
}

/** Charts of the cluster itself, those that leave first. */
export function extensionsFor(workflow: Workflow, from: string | null, to: string): ChartChange[] {
  if (workflow !== "install" && workflow !== "upgrade") return [];
  const charts = NAMED.flatMap(({ release, weight, at }): ChartChange[] => {
    const fromVersion = (workflow === "upgrade" && from ? at[from] : null) ?? null;
    const toVersion = at[to] ?? null;
    if (fromVersion === null && toVersion === null) return [];
    return [{ release, chart: release, namespace: release, fromVersion, toVersion, change: changeOf(fromVersion, toVersion), weight, objects: [] }];
  });
  return [...charts.filter((one) => one.change === "remove"), ...charts.filter((one) => one.change !== "remove")];
}

const VERBS: Record<Change, string> = { add: "Install", change: "Upgrade", remove: "Remove", keep: "Leave" };

const idOf = ({ change, release }: ChartChange) => `${change === "remove" ? "remove-" : ""}extension:${release}`;

/** Their steps after the nodes are ready, and the one that tries volumes out. */
export function extensionSteps(charts: ChartChange[]): StepSpec[] {
  const done = charts.filter((one) => one.change !== "keep");
  const more = { estimate: { bytes: 0, seconds: 20 } };
  const steps = done.map((one) => {
    const title = [VERBS[one.change], "extension", one.release, one.toVersion ?? ""].join(" ").trim();
    return step(idOf(one), one.change === "remove" ? "remove-extension" : "extension", title, "infrastructure", more);
  });
  return [...steps, step("storage-class", "storage-class", "Wait for volumes of StorageClass tidewater-disks", "infrastructure", more)];
}

/** A rollback is of the application alone. */
export function extensionPoints(charts: ChartChange[]): PointOfNoReturn[] {
  return charts.flatMap((one) => {
    const step = idOf(one);
    if (one.change === "change") return [{ step, why: `Extension ${one.release} goes from ${one.fromVersion} to ${one.toVersion}; a rollback of the application does not take it back.` }];
    if (one.change === "remove") return [{ step, why: `Extension ${one.release} is removed with all it made; a rollback of the application does not bring it back.` }];
    return [];
  });
}
