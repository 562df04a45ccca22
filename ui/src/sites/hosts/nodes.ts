import type { BundleSummary } from "../../bindings/BundleSummary";
import type { InstalledApp } from "../../bindings/InstalledApp";
import type { RunSummary } from "../../bindings/RunSummary";
import type { SiteNode } from "../../bindings/SiteNode";
import type { SiteNodes } from "../../bindings/SiteNodes";
import type { Mark } from "../../components/StateMark";
import { count } from "../../components/format";

/** How a node stands, in a shape and a word. */
export function nodeMark({ node, ready, cordoned, reason }: SiteNode): { mark: Mark; word: string } {
  if (node === "") return reason === "" ? { mark: "waiting", word: "Not joined" } : { mark: "warning", word: "Not joined" };
  if (!ready) return { mark: "failed", word: cordoned ? "Not ready, cordoned" : "Not ready" };
  return cordoned ? { mark: "warning", word: "Cordoned" } : { mark: "passed", word: "Ready" };
}

/** Hosts of a site that are not in its cluster, by address. */
export function notJoined({ nodes }: SiteNodes): string[] {
  return nodes.filter((one) => one.node === "").map((one) => one.host);
}

/** A cluster in a line: "Kubernetes v1.35.4 by kubeadm, 2 of 3 nodes ready". */
export function clusterLine({ runtime, version, nodes }: SiteNodes): string {
  const joined = nodes.filter((one) => one.node !== "");
  if (joined.length === 0) return "";
  const ready = joined.filter((one) => one.ready).length;
  const all = ready === joined.length ? `${count(ready, "node")}, all ready` : `${ready} of ${count(joined.length, "node")} ready`;
  return `Kubernetes ${version} by ${runtime}, ${joined.length === 1 && ready === 1 ? "1 node, ready" : all}`;
}

/** The bundle of what is installed, from which further hosts join. */
export function bundleOf(bundles: readonly BundleSummary[], installed: InstalledApp): BundleSummary | null {
  return bundles.find((one) => one.slug === installed.slug && one.version === installed.version) ?? null;
}

/** Whether there is something to reset: a cluster, or what an install left that did not come to one. */
export function mayReset({ runtime }: SiteNodes, lastRun: RunSummary | null): boolean {
  return runtime !== "" || (lastRun !== null && lastRun.state !== "Reset" && lastRun.workflow !== "preflight");
}

/** Whether a reset of hosts leaves no controller, which would take the cluster with it. */
export function endsCluster({ nodes }: SiteNodes, hosts: readonly string[]): boolean {
  const controllers = nodes.filter((one) => one.node !== "" && one.role === "controller");
  return controllers.length > 0 && controllers.every((one) => hosts.includes(one.host));
}
