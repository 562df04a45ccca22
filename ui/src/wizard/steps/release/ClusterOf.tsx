import type { BundleSummary } from "../../../bindings/BundleSummary";
import type { SiteSummary } from "../../../bindings/SiteSummary";
import { Notice } from "../../../components/Notice";
import { useAsk } from "../../../engine/ask";
import { clusterChangeOf } from "./cluster-change";

/** What a release does to the cluster of a site of Linux hosts, before there is a plan. */
export function ClusterOf({ bundle, site }: { bundle: BundleSummary; site: SiteSummary }) {
  const detail = useAsk("bundle_get", { bundle: bundle.id });
  const nodes = useAsk("site_nodes", { site: site.id }, { staleTime: 10_000 });
  if (!detail.data) return null;
  const change = clusterChangeOf(detail.data, nodes.data ?? null, site);
  return (
    <Notice tone={change.tone} title={change.title}>
      {change.text}
    </Notice>
  );
}
