import type { BaseSummary } from "../bindings/BaseSummary";
import type { ColumnSpec } from "../components/DataTable";
import { Ago } from "../components/Time";
import css from "./Bases.module.css";

export const BASE_COLUMNS: ColumnSpec<BaseSummary>[] = [
  {
    id: "name",
    title: "Name",
    width: "1.4fr",
    minWidth: 120,
    head: true,
    order: (a, b) => a.name.localeCompare(b.name, "en", { numeric: true }),
    cell: (base) => <span className={css.name}>{base.name}</span>,
  },
  { id: "slug", title: "Application", width: "1fr", minWidth: 100, order: (a, b) => a.slug.localeCompare(b.slug), cell: (base) => base.slug },
  { id: "values", title: "Values", width: 80, end: true, order: (a, b) => a.values - b.values, cell: (base) => base.values },
  {
    id: "sites",
    title: "Sites that follow it",
    width: "2fr",
    minWidth: 140,
    order: (a, b) => a.sites.length - b.sites.length,
    cell: (base) => {
      const names = base.sites.map((site) => site.name).join(", ");
      return (
        <span className={names ? css.cut : css.soft} title={names}>
          {names || "None"}
        </span>
      );
    },
  },
  {
    id: "changed",
    title: "Changed",
    width: "1.4fr",
    minWidth: 150,
    order: (a, b) => a.changedAt - b.changedAt,
    cell: (base) => (
      <span className={css.cut}>
        <Ago at={base.changedAt} /> <span className={css.soft}>by {base.changedBy}</span>
      </span>
    ),
  },
];
