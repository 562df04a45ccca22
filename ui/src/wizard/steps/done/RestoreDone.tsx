import type { RunView } from "../../../bindings/RunView";
import { Notice } from "../../../components/Notice";
import { useAsk } from "../../../engine/ask";

/** What a restore came to: the cluster as it was, and what runs on it now. */
export function RestoreDone({ view: { summary, planDigest } }: { view: RunView }) {
  const plan = useAsk("run_plan", { run: summary.id }, { enabled: planDigest !== null });
  const { data } = useAsk("site_get", { site: summary.site }, { staleTime: 0 });
  const version = plan.data?.cluster?.toVersion;
  const installed = data?.summary.installed;
  return (
    <Notice tone="good" title={`The cluster of ${summary.siteName} is what it was when the backup was made`} live>
      {version ? `It runs Kubernetes ${version}` : "It runs"}
      {installed ? `, and ${installed.title} ${installed.version} on it. ` : ". "}
      What changed in the cluster since then is lost; volumes keep what is in them.
    </Notice>
  );
}
