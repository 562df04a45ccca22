import type { BundleDetail } from "../../../bindings/BundleDetail";
import type { SiteNodes } from "../../../bindings/SiteNodes";
import type { SiteSummary } from "../../../bindings/SiteSummary";
import { count } from "../../../components/format";
import type { Tone } from "../../../components/Notice";

export interface ToldChange {
  tone: Tone;
  title: string;
  text: string;
}

/** The minor of a version of Kubernetes: 35 of `v1.35.4+k0s.0`. */
export function minorOf(version: string): number | null {
  const found = /^v?1\.(\d+)\b/.exec(version);
  return found ? Number(found[1]) : null;
}

/** What a release brings to the hosts of a site, in a sentence and what follows from it. The plan says it in full. */
export function clusterChangeOf({ summary, cluster }: BundleDetail, nodes: SiteNodes | null, site: Pick<SiteSummary, "name" | "installed">): ToldChange {
  const wanted = cluster?.versions.at(-1);
  const release = `${summary.title} ${summary.version}`;
  if (!cluster || wanted === undefined) {
    const why = site.installed ? `${site.name} keeps the cluster it has.` : "Choose a release that carries one, or install it on an existing cluster.";
    return { tone: site.installed ? "info" : "bad", title: `${release} carries no cluster for Linux hosts`, text: why };
  }
  const waiting = nodes?.nodes.filter((one) => one.node === "").length ?? 0;
  const by = `Kubernetes ${wanted} by ${cluster.runtime}`;
  if (nodes === null) return { tone: "info", title: `${release} brings ${by}`, text: "" };
  if (nodes.version === "") return { tone: "info", title: `${release} brings ${by}`, text: `It is installed on ${count(waiting, "host")} of ${site.name}.` };
  const joins = waiting > 0 ? ` ${count(waiting, "host")} not in it yet ${waiting === 1 ? "joins" : "join"}.` : "";
  if (nodes.version === wanted) return { tone: "info", title: `The cluster stays at Kubernetes ${wanted}`, text: joins.trim() };
  const [from, to] = [minorOf(nodes.version), minorOf(wanted)];
  if (from !== null && to !== null && to < from) {
    return { tone: "bad", title: `${release} wants Kubernetes ${wanted}, and ${site.name} runs ${nodes.version}`, text: "Kubernetes does not go back to an older version. Choose a newer release." };
  }
  const between = from !== null && to !== null && to - from > 1 ? ` It passes through every minor between them.` : "";
  return { tone: "warn", title: `The cluster is upgraded too: Kubernetes ${nodes.version} → ${wanted}`, text: `Controllers one by one, then workers in turn.${between}${joins}` };
}
