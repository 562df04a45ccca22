import { useMemo } from "react";

import type { AuditEntry } from "../bindings/AuditEntry";
import { DataTable, type ColumnSpec } from "../components/DataTable";
import { Loading } from "../components/Empty";
import { middle } from "../components/format";
import { Section } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { StateMark } from "../components/StateMark";
import { Ago } from "../components/Time";
import { useAsk } from "../engine/ask";
import { problemOf } from "../engine/problem";
import css from "./Settings.module.css";

/** Who did what, through which door. */
export function AuditTrail() {
  const audit = useAsk("audit_list", { limit: 0 }, { staleTime: 0 });
  const sites = useAsk("site_list", { search: "", tag: null }).data?.sites;
  const columns = useMemo(() => columnsWith(new Map((sites ?? []).map((site) => [site.id, site.name]))), [sites]);
  const rows = useMemo(() => (audit.data?.entries ?? []).map((entry, at) => ({ ...entry, key: `${entry.at}-${at}` })), [audit.data]);
  return (
    <Section title="Audit trail">
      {audit.isPending && <Loading what="Reading the audit trail" />}
      {audit.isError && <ProblemNotice problem={problemOf(audit.error)} />}
      {audit.data && (
        <div className={css.audit}>
          <DataTable
            label="Audit trail"
            columns={columns}
            rows={rows}
            idOf={(row) => row.key}
            textOf={(row) => row.command}
            empty={() => <p className={css.none}>Nothing was changed yet.</p>}
          />
        </div>
      )}
    </Section>
  );
}

type Row = AuditEntry & { key: string };

function columnsWith(siteNames: Map<string, string>): ColumnSpec<Row>[] {
  return [
    { id: "at", title: "When", width: "1fr", minWidth: 110, cell: (row) => <Ago at={row.at} /> },
    { id: "who", title: "Who", width: "1.4fr", minWidth: 130, cell: (row) => row.who },
    { id: "door", title: "Through", width: "0.8fr", minWidth: 80, cell: (row) => row.door },
    { id: "command", title: "What", width: "1.2fr", minWidth: 120, head: true, cell: (row) => <code>{row.command}</code> },
    { id: "site", title: "Site", width: "1.2fr", minWidth: 100, cell: (row) => row.site && (siteNames.get(row.site) ?? middle(row.site, 14)) },
    {
      id: "result",
      title: "Result",
      width: "1fr",
      minWidth: 110,
      cell: (row) => <StateMark mark={row.result === "ok" ? "passed" : "failed"} word={row.result === "ok" ? "Done" : row.result} />,
    },
  ];
}
