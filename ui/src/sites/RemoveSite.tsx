import type { SiteSummary } from "../bindings/SiteSummary";
import { Confirm } from "../components/Confirm";
import { ProblemNotice } from "../components/Notice";
import { useDo } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { go } from "../frame/place";

export function RemoveSite({ site, onClose }: { site: SiteSummary; onClose: () => void }) {
  const remove = useDo("site_remove");
  return (
    <Confirm
      title={`Remove ${site.name}`}
      verb={`Remove ${site.name}`}
      type={{ label: `Type ${site.name} to remove it`, text: site.name }}
      busy={remove.isPending}
      problem={remove.isError && <ProblemNotice problem={problemOf(remove.error)} />}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          { site: site.id, confirm: site.name },
          {
            onSuccess: () => {
              onClose();
              go({ screen: "sites" });
            },
          },
        )
      }
    >
      {site.target === "linux"
        ? "Longshore forgets the site, its hosts, what was found on them and their passwords. Nothing on the hosts is touched: a cluster there keeps running, and cannot be upgraded or reset from here any more."
        : "Longshore forgets the site, its kubeconfig and its registry password. Nothing on the site is touched: what is installed there keeps running."}
    </Confirm>
  );
}
