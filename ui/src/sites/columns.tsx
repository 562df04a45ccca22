import type { RunSummary } from "../bindings/RunSummary";
import type { SiteSummary } from "../bindings/SiteSummary";
import { AppIcon } from "../components/AppIcon";
import type { ColumnSpec } from "../components/DataTable";
import { StateMark } from "../components/StateMark";
import { Tags } from "../components/Tag";
import { Ago } from "../components/Time";
import { compareVersions } from "../components/versions";
import { reachabilityMark, runMark, runShare, workflowWord } from "../engine/words";
import css from "./Sites.module.css";

export const SITE_COLUMNS: ColumnSpec<SiteSummary>[] = [
  {
    id: "name",
    title: "Name",
    width: "1.5fr",
    minWidth: 130,
    head: true,
    order: (a, b) => a.name.localeCompare(b.name, "en", { numeric: true }),
    cell: (site) => (
      <span className={css.name} title={site.address}>
        {site.name}
        {site.target === "linux" && <span className={css.address}>{addressOf(site)}</span>}
      </span>
    ),
  },
  {
    id: "reach",
    title: "Reachability",
    width: 164,
    order: (a, b) => latency(a) - latency(b),
    cell: (site) => {
      const { mark, word, detail } = reachabilityMark(site.reachability);
      return <StateMark mark={mark} word={word} title={detail} />;
    },
  },
  {
    id: "app",
    title: "App and version",
    width: "1.7fr",
    minWidth: 164,
    order: (a, b) => compareVersions(a.installed?.version ?? "", b.installed?.version ?? ""),
    cell: ({ installed }) =>
      installed ? (
        <>
          <AppIcon icon={installed.icon} />
          {installed.title} <span className={css.version}>{installed.version}</span>
        </>
      ) : (
        <span className={css.dim}>Nothing installed</span>
      ),
  },
  {
    id: "run",
    title: "Last run",
    width: "2.4fr",
    minWidth: 190,
    order: (a, b) => (a.lastRun?.updatedAt ?? 0) - (b.lastRun?.updatedAt ?? 0),
    cell: ({ lastRun }) => lastRun && <LastRun run={lastRun} />,
  },
  { id: "kind", title: "Kind", width: 92, cell: (site) => (site.target === "linux" ? "Linux" : "Kubernetes") },
  { id: "tags", title: "Tags", width: "1fr", minWidth: 90, cell: (site) => <Tags tags={site.tags} /> },
  {
    id: "lock",
    title: "Locked by",
    width: "1fr",
    minWidth: 90,
    cell: ({ lease }) =>
      lease && (
        <span className={css.cut} title={`${lease.who}, for ${lease.run}`}>
          {lease.who}
          {lease.expired && " (expired)"}
        </span>
      ),
  },
];

/** The first host, and how many more there are once they were counted. */
function addressOf({ address, reachability }: SiteSummary): string {
  const more = reachability.type === "hosts" ? reachability.total - 1 : 0;
  return more > 0 ? `${address} +${more}` : address;
}

function latency(site: SiteSummary): number {
  return site.reachability.type === "reachable" ? site.reachability.latencyMs : Infinity;
}

function LastRun({ run }: { run: RunSummary }) {
  const { mark, word } = runMark(run);
  const title = `${workflowWord(run.workflow)} ${run.release.version}${run.failure ? `: ${run.failure}` : ""}`;
  return (
    <>
      <StateMark mark={mark} word={word} share={runShare(run)} title={title} />
      {!run.executing && (
        <span className={css.ago}>
          <Ago at={run.updatedAt} />
        </span>
      )}
    </>
  );
}
