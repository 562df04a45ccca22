import { useState } from "react";

import type { SiteNodes } from "../../bindings/SiteNodes";
import type { SiteSummary } from "../../bindings/SiteSummary";
import { Checkbox } from "../../components/Choice";
import { Confirm } from "../../components/Confirm";
import { Stack } from "../../components/Layout";
import { Notice, ProblemNotice } from "../../components/Notice";
import { useDo } from "../../engine/ask";
import { problemOf } from "../../engine/problem";
import { go } from "../../frame/place";
import css from "./Hosts.module.css";
import { endsCluster } from "./nodes";

interface ResetHostsProps {
  site: SiteSummary;
  nodes: SiteNodes;
  /** Addresses of the hosts; none for all. */
  hosts: string[];
  onClose: () => void;
}

/** Takes the cluster off one host, or off all. It cannot be undone, so the site's name is typed. */
export function ResetHosts({ site, nodes, hosts, onClose }: ResetHostsProps) {
  const reset = useDo("site_reset");
  const [force, setForce] = useState(false);
  const all = hosts.length === 0;
  const what = all ? `all hosts of ${site.name}` : hosts.join(", ");
  const start = () =>
    reset.mutate(
      { site: site.id, hosts, confirm: site.name, force },
      {
        onSuccess: (view) => {
          onClose();
          go({ screen: "run", run: view.summary.id });
        },
      },
    );
  return (
    <Confirm
      title={`Reset ${what}`}
      verb={all ? `Reset ${site.name}` : `Reset ${hosts.length === 1 ? "the host" : "the hosts"} of ${site.name}`}
      type={{ label: `Type ${site.name} to reset ${all ? "it" : hosts.length === 1 ? "the host" : "the hosts"}`, text: site.name }}
      busy={reset.isPending}
      problem={reset.isError && <ProblemNotice problem={problemOf(reset.error)} />}
      onClose={onClose}
      onConfirm={start}
    >
      <Stack>
        {all ? (
          <p>
            {site.installed ? `${site.installed.title} and all its data are removed, ` : "Everything that was begun is taken back, "}
            the cluster with it, and everything that came to the hosts for it. It starts at once and cannot be undone.
          </p>
        ) : (
          <p>Its pods are moved to other nodes, it leaves the cluster, and everything that came to it goes. Volumes that lie on it are lost. It starts at once and cannot be undone.</p>
        )}
        {!all && endsCluster(nodes, hosts) && (
          <Notice tone="bad" title="It is the only controller">
            Without it the cluster and the application are gone. Reset all hosts when that is wanted.
          </Notice>
        )}
        <p className={css.soft}>What was on the hosts before stays. What cannot be taken back is listed at the end.</p>
        <Checkbox label="Only take hosts that do not answer out of the cluster" isSelected={force} onChange={setForce} />
      </Stack>
    </Confirm>
  );
}
