import type { InstalledApp } from "../../bindings/InstalledApp";
import type { SiteSummary } from "../../bindings/SiteSummary";
import { useAsk, useDo } from "../../engine/ask";
import { go } from "../../frame/place";
import { bundleOf } from "./nodes";

/** Lets further hosts join: an upgrade to the release that is installed, whose plan is just that. */
export function useJoin({ id, installed }: SiteSummary) {
  const create = useDo("run_create");
  const bundles = useAsk("bundle_list", {}).data?.bundles;
  const bundle = installed && bundles ? bundleOf(bundles, installed) : null;
  return {
    /** Why they cannot join from here, or nothing. */
    lacks: installed && bundles && !bundle ? lacking(installed) : "",
    may: bundle !== null,
    pending: create.isPending,
    error: create.error,
    start: () => {
      if (!bundle) return;
      create.mutate({ site: id, workflow: "upgrade", bundle: bundle.id, revision: null, workersAtOnce: null }, { onSuccess: (view) => go({ screen: "run", run: view.summary.id }) });
    },
  };
}

function lacking({ title, version }: InstalledApp): string {
  return `Hosts join from the release that is installed, and the library has no bundle of ${title} ${version}. Import it first.`;
}
