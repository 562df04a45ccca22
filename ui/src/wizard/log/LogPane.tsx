import { ArrowDownToLine, Maximize2, Minimize2, Pause } from "lucide-react";
import { useState } from "react";

import type { LogLevel } from "../../bindings/LogLevel";
import type { RunView } from "../../bindings/RunView";
import { IconButton } from "../../components/Button";
import { Select } from "../../components/Choice";
import { count } from "../../components/format";
import { CopyButton } from "../../components/Id";
import { Search } from "../../components/Search";
import { useLater } from "../../sites/later";
import type { LogFilter } from "./lines";
import css from "./Log.module.css";
import { LogList, type LogHandle } from "./LogList";

const ALL = "all";

const LEVELS = [
  { id: ALL, label: "All levels" },
  { id: "info", label: "Info and up" },
  { id: "warn", label: "Warnings and errors" },
  { id: "error", label: "Errors" },
];

export interface LogPaneProps {
  view: RunView;
  step: string | null;
  onStep: (step: string | null) => void;
  full: boolean;
  onFull: (full: boolean) => void;
}

/** The one log of a run: live at its end, still where one reads. */
export function LogPane({ view, step, onStep, full, onFull }: LogPaneProps) {
  const [search, setSearch] = useState("");
  const [level, setLevel] = useState<LogLevel | null>(null);
  const [follow, setFollow] = useState(true);
  const [handle, setHandle] = useState<LogHandle>({ count: 0, total: 0, text: () => "" });
  const filter: LogFilter = { search: useLater(search, 200), level, step };
  const steps = view.steps.filter((one) => one.startedAt !== null).map((one) => ({ id: one.id, label: one.title }));
  return (
    <section className={css.pane} aria-label="Log" data-full={full}>
      <div className={css.bar}>
        <Search label="Search the log" value={search} onChange={setSearch} />
        <div className={css.level}>
          <Select label="Level" hideLabel options={LEVELS} value={level ?? ALL} onChange={(id) => setLevel(id === ALL ? null : (id as LogLevel))} />
        </div>
        <div className={css.stepFilter}>
          <Select label="Step" hideLabel options={[{ id: ALL, label: "All steps" }, ...steps]} value={step ?? ALL} onChange={(id) => onStep(id === ALL ? null : id)} />
        </div>
        <span className={css.count}>
          {handle.count === handle.total ? count(handle.total, "line") : `${handle.count.toLocaleString("en-GB")} of ${count(handle.total, "line")}`}
        </span>
        <IconButton
          icon={follow ? Pause : ArrowDownToLine}
          label={follow ? "Pause the log" : "Follow the end of the log"}
          onPress={() => setFollow(!follow)}
        />
        <CopyButton text={handle.text} label="Copy what is shown of the log" />
        <IconButton icon={full ? Minimize2 : Maximize2} label={full ? "Show the timeline again" : "Open the log in full"} onPress={() => onFull(!full)} />
      </div>
      <LogList key={JSON.stringify(filter)} run={view.summary.id} filter={filter} follow={follow} onFollow={setFollow} onHandle={setHandle} />
    </section>
  );
}
