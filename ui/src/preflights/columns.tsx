import type { PreflightSummary } from "../bindings/PreflightSummary";
import type { ColumnSpec } from "../components/DataTable";
import { StateMark } from "../components/StateMark";
import { Ago } from "../components/Time";
import { useAsk } from "../engine/ask";
import { Figures } from "./Figures";
import { shareOf } from "./matrix";
import css from "./Preflights.module.css";
import { progressMark } from "./words";

export const PREFLIGHT_COLUMNS: ColumnSpec<PreflightSummary>[] = [
  {
    id: "at",
    title: "When",
    width: "1.1fr",
    minWidth: 106,
    head: true,
    order: (a, b) => a.at - b.at,
    cell: (one) => (
      <span className={css.when}>
        <Ago at={one.at} />
      </span>
    ),
  },
  { id: "progress", title: "State", width: "1.2fr", minWidth: 142, cell: (one) => <Progress of={one} /> },
  {
    id: "figures",
    title: "Checks",
    width: 228,
    minWidth: 228,
    order: (a, b) => a.failed - b.failed || a.unjudged - b.unjudged || a.warned - b.warned,
    cell: (one) => <Figures of={one} />,
  },
  { id: "hosts", title: "Hosts", width: 64, end: true, order: (a, b) => a.hosts - b.hosts, cell: (one) => one.hosts },
  { id: "site", title: "Site", width: "1fr", minWidth: 84, cell: (one) => (one.site === null ? <span className={css.soft}>–</span> : one.siteName) },
  {
    id: "specs",
    title: "Specs",
    width: "2.2fr",
    minWidth: 130,
    head: true,
    cell: (one) => (
      <span className={css.cut} title={one.specs.join(", ")}>
        {one.specs.join(", ")}
      </span>
    ),
  },
];

function Progress({ of }: { of: PreflightSummary }) {
  if (of.progress === "running") return <UnderWay id={of.id} />;
  const { mark, word } = progressMark(of.progress);
  return of.progress === "done" ? <span className={css.soft}>{word}</span> : <StateMark mark={mark} word={word} />;
}

/** How far one is that goes on: a list says only what was found so far. */
function UnderWay({ id }: { id: string }) {
  const hosts = useAsk("preflight_get", { preflight: id }).data?.hosts ?? [];
  const share = shareOf(hosts);
  return <StateMark mark="running" share={share ?? 0} word={share === null ? "Under way" : `Under way ${share} %`} />;
}
