import type { SupportSummary } from "../bindings/SupportSummary";
import type { ColumnSpec } from "../components/DataTable";
import { bytes } from "../components/format";
import { StateMark } from "../components/StateMark";
import { Tag } from "../components/Tag";
import { Ago } from "../components/Time";
import { useAsk } from "../engine/ask";
import { Figures } from "../preflights/Figures";
import css from "./Supports.module.css";
import { hasFile, shareOf, standing } from "./words";

const none = <span className={css.faint}>–</span>;

export const SUPPORT_COLUMNS: ColumnSpec<SupportSummary>[] = [
  {
    id: "at",
    title: "When",
    width: "1fr",
    minWidth: 104,
    head: true,
    order: (a, b) => a.at - b.at,
    cell: (one) => (
      <span className={css.when}>
        <Ago at={one.at} />
      </span>
    ),
  },
  {
    id: "name",
    title: "Site or file",
    width: "2fr",
    minWidth: 128,
    head: true,
    order: (a, b) => a.name.localeCompare(b.name),
    cell: (one) => (
      <>
        <span className={css.cut} title={one.name}>
          {one.name}
        </span>
        {!one.own && <Tag title="Collected elsewhere and opened here">File</Tag>}
      </>
    ),
  },
  { id: "progress", title: "State", width: "1.3fr", minWidth: 154, cell: (one) => <Standing of={one} /> },
  {
    id: "findings",
    title: "Findings",
    width: 218,
    minWidth: 218,
    order: (a, b) => a.failed - b.failed || a.unjudged - b.unjudged || a.warned - b.warned,
    cell: (one) => (hasFile(one) ? <Figures of={one} /> : none),
  },
  { id: "size", title: "Size", width: 80, end: true, order: (a, b) => a.size - b.size, cell: (one) => (hasFile(one) ? bytes(one.size) : none) },
  { id: "masked", title: "Masked", width: 68, end: true, order: (a, b) => a.masked - b.masked, cell: (one) => <Number of={one} number={one.masked} title="Places that held something secret" /> },
  { id: "cut", title: "Cut", width: 52, end: true, order: (a, b) => a.cut - b.cut, cell: (one) => <Number of={one} number={one.cut} title="Files that were longer than their limit" /> },
];

function Number({ of, number, title }: { of: SupportSummary; number: number; title: string }) {
  return hasFile(of) ? <span title={title}>{number.toLocaleString("en-GB")}</span> : none;
}

function Standing({ of }: { of: SupportSummary }) {
  if (of.progress === "running") return <UnderWay of={of} />;
  const { mark, word } = standing(of);
  return mark === "passed" ? <span className={css.soft}>{word}</span> : <StateMark mark={mark} word={word} />;
}

/** How far one is that goes on: a list does not say it. */
function UnderWay({ of }: { of: SupportSummary }) {
  const share = shareOf(useAsk("support_get", { support: of.id }).data?.parts ?? []);
  return <StateMark mark="running" share={share ?? 0} word={share === null ? "Under way" : `Under way ${share} %`} />;
}
