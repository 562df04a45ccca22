import type { SiteBackup } from "../../bindings/SiteBackup";
import type { SiteSummary } from "../../bindings/SiteSummary";
import { Confirm } from "../../components/Confirm";
import { Stack } from "../../components/Layout";
import { ProblemNotice } from "../../components/Notice";
import { Ago } from "../../components/Time";
import { useDo } from "../../engine/ask";
import { problemOf } from "../../engine/problem";
import { go } from "../../frame/place";
import css from "./Hosts.module.css";

interface RestoreClusterProps {
  site: SiteSummary;
  backup: SiteBackup;
  onClose: () => void;
}

/** Brings the cluster's state back. What came after the backup is lost, so the site's name is typed. */
export function RestoreCluster({ site, backup, onClose }: RestoreClusterProps) {
  const restore = useDo("site_restore");
  const start = () =>
    restore.mutate(
      { site: site.id, backup: backup.label, confirm: site.name },
      {
        onSuccess: (view) => {
          onClose();
          go({ screen: "run", run: view.summary.id });
        },
      },
    );
  return (
    <Confirm
      title={`Restore the cluster of ${site.name}`}
      verb={`Restore ${site.name}`}
      type={{ label: `Type ${site.name} to restore its cluster`, text: site.name }}
      busy={restore.isPending}
      problem={restore.isError && <ProblemNotice problem={problemOf(restore.error)} />}
      onClose={onClose}
      onConfirm={start}
    >
      <Stack>
        <p>
          The cluster becomes what it was <Ago at={backup.madeAt} />, with Kubernetes {backup.version}. What changed in it since then is lost: objects, and which release is installed. Volumes keep what is in
          them.
        </p>
        <p>The control plane is away meanwhile; pods that run go on. It starts at once and cannot be undone.</p>
        <p className={css.soft}>A run that is unfinished on this site is put away.</p>
      </Stack>
    </Confirm>
  );
}
