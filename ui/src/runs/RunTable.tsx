import { Activity } from "lucide-react";

import type { RunSummary } from "../bindings/RunSummary";
import { DataTable, type ColumnSpec } from "../components/DataTable";
import { Empty } from "../components/Empty";
import { StateMark } from "../components/StateMark";
import { Ago, Elapsed } from "../components/Time";
import { releaseChange, runMark, runShare, workflowWord } from "../engine/words";
import { go } from "../frame/place";
import css from "./Runs.module.css";

const COLUMNS: ColumnSpec<RunSummary>[] = [
  {
    id: "state",
    title: "State",
    width: "2fr",
    minWidth: 160,
    cell: (run) => {
      const { mark, word } = runMark(run);
      return <StateMark mark={mark} word={word} share={runShare(run)} title={run.failure} />;
    },
  },
  { id: "site", title: "Site", width: "1.5fr", minWidth: 110, head: true, order: (a, b) => a.siteName.localeCompare(b.siteName), cell: (run) => <span className={css.site}>{run.siteName}</span> },
  { id: "workflow", title: "Workflow", width: "0.9fr", minWidth: 84, cell: (run) => workflowWord(run.workflow) },
  { id: "release", title: "Release", width: "2fr", minWidth: 150, cell: releaseChange },
  {
    id: "steps",
    title: "Steps",
    width: 76,
    end: true,
    cell: (run) => (run.stepsTotal > 0 ? `${run.stepsDone} of ${run.stepsTotal}` : "–"),
  },
  {
    id: "took",
    title: "Took",
    width: 92,
    end: true,
    cell: (run) => <Elapsed from={run.createdAt} to={run.executing ? null : run.updatedAt} />,
  },
  { id: "at", title: "Last moved", width: "1.2fr", minWidth: 110, order: (a, b) => a.updatedAt - b.updatedAt, cell: (run) => <Ago at={run.updatedAt} /> },
];

const WITHOUT_SITE = COLUMNS.filter((column) => column.id !== "site").map((column) =>
  column.id === "release" ? { ...column, head: true } : column,
);

export function RunTable({ runs, inPage }: { runs: RunSummary[]; inPage?: boolean }) {
  return (
    <div className={inPage ? css.short : css.table}>
      <DataTable
        label="Runs"
        columns={inPage ? WITHOUT_SITE : COLUMNS}
        rows={runs}
        idOf={(run) => run.id}
        textOf={(run) => `${run.siteName} ${releaseChange(run)}`}
        onOpen={(run) => go({ screen: "run", run: run.id })}
        empty={() => (
          <Empty icon={Activity} title="No run">
            An install or upgrade shows here from its first step on.
          </Empty>
        )}
      />
    </div>
  );
}
