import { useState } from "react";

import type { SiteBackup } from "../../bindings/SiteBackup";
import type { SiteSummary } from "../../bindings/SiteSummary";
import { Button } from "../../components/Button";
import { bytes } from "../../components/format";
import { Panel, Section } from "../../components/Layout";
import { Notice, ProblemNotice } from "../../components/Notice";
import { Ago } from "../../components/Time";
import { useAsk } from "../../engine/ask";
import { problemOf } from "../../engine/problem";
import css from "./Nodes.module.css";
import { RestoreCluster } from "./RestoreCluster";

/** Backups of the cluster, one from before each of its upgrades; nothing is shown before there is one. */
export function Backups({ site }: { site: SiteSummary }) {
  const { data, error, refetch } = useAsk("site_backups", { site: site.id }, { staleTime: 0 });
  const [chosen, setChosen] = useState<SiteBackup | null>(null);
  if (error) return <ProblemNotice problem={problemOf(error)} actions={<Button onPress={() => void refetch()}>Read again</Button>} />;
  if (!data || data.backups.length + data.silent.length === 0) return null;
  return (
    <Section title="Backups of the cluster">
      {data.silent.length > 0 && (
        <Notice tone="warn" title="Not every controller could be asked for backups">
          {data.silent.join(" ")}
        </Notice>
      )}
      {data.backups.length > 0 && (
        <Panel flush>
          <table className={css.nodes} aria-label="Backups">
            <thead>
              <tr>
                <th scope="col">Made</th>
                <th scope="col">Backup</th>
                <th scope="col">Kubernetes</th>
                <th scope="col">Size</th>
                <th scope="col">
                  <span className="said">Restore</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.backups.map((one) => (
                <BackupRow key={`${one.host} ${one.label}`} backup={one} onRestore={setChosen} />
              ))}
            </tbody>
          </table>
        </Panel>
      )}
      {chosen && <RestoreCluster site={site} backup={chosen} onClose={() => setChosen(null)} />}
    </Section>
  );
}

function BackupRow({ backup: one, onRestore }: { backup: SiteBackup; onRestore: (backup: SiteBackup) => void }) {
  return (
    <tr>
      <td>
        <Ago at={one.madeAt} />
      </td>
      <th scope="row">
        <code>{one.label}</code>
        <code className={css.host}>{one.host}</code>
        {one.refusal !== "" && <p className={css.reason}>Cannot be brought back: {one.refusal}</p>}
      </th>
      <td>
        <code>{one.version}</code>
      </td>
      <td>{bytes(one.bytes)}</td>
      <td>
        {one.refusal === "" && (
          <Button onPress={() => onRestore(one)} aria-label={`Restore ${one.label}…`}>
            Restore…
          </Button>
        )}
      </td>
    </tr>
  );
}
