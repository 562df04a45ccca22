import { ArrowLeftRight } from "lucide-react";
import { useCallback, useMemo, useRef, useState } from "react";

import type { CheckResult } from "../bindings/CheckResult";
import type { PreflightView } from "../bindings/PreflightView";
import { IconButton } from "../components/Button";
import { Select } from "../components/Choice";
import { count } from "../components/format";
import { Page } from "../components/Page";
import { Search } from "../components/Search";
import { StateMark } from "../components/StateMark";
import { Ago } from "../components/Time";
import { useIsLinux } from "../engine/sites";
import { useCommands, type Command } from "../frame/commands";
import { AcceptKeys } from "./AcceptKeys";
import { Actions, Exports } from "./Actions";
import { axesOf, type Chosen } from "./axis";
import { UnknownKeys } from "./CompareKeys";
import { Details } from "./Details";
import { Figures } from "./Figures";
import { Grid } from "./Grid";
import { FILTERS, filtered, hostsAreRows, isWanted, matrixOf, shareOf, type Filter } from "./matrix";
import css from "./Result.module.css";
import { progressMark, subjects } from "./words";

/** Hosts and checks crossed, as answers come and when all are there. */
export function Result({ view }: { view: PreflightView }) {
  const [filter, setFilter] = useState<Filter>("all");
  const [search, setSearch] = useState("");
  const [turned, setTurned] = useState(false);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useCommands(useMemo<Command[]>(() => [{ id: "find", title: "Search results", group: "Do", keys: "/", run: () => field.current?.focus() }], []));
  const { summary } = view;
  const ofHosts = useIsLinux(summary.site);
  const matrix = useMemo(() => matrixOf(view, ofHosts), [view, ofHosts]);
  const shown = useMemo(() => filtered(matrix, filter, search), [matrix, filter, search]);
  const axes = useMemo(() => axesOf(shown, hostsAreRows(matrix) !== turned), [shown, matrix, turned]);
  const wanted = useCallback((result: CheckResult) => isWanted(result, filter, search), [filter, search]);
  return (
    <Page title={`Preflight of ${subjects(summary)}`} full aside={<State view={view} />} actions={<Actions summary={summary} />}>
      <UnknownKeys
        hosts={view.hosts}
        dialog={(onClose) => <AcceptKeys preflight={summary.id} hosts={view.hosts} onClose={onClose} />}
      />
      <div className={css.tools}>
        <div className={css.filter}>
          <Select label="Show" hideLabel value={filter} options={Object.entries(FILTERS).map(([id, label]) => ({ id, label }))} onChange={(id) => setFilter(id as Filter)} />
        </div>
        <div className={css.search}>
          <Search label="Search results" value={search} onChange={setSearch} inputRef={field} />
        </div>
        <IconButton icon={ArrowLeftRight} label="Swap rows and columns" onPress={() => setTurned(!turned)} />
        <Figures of={summary} />
        <span className={css.right}>
          <Exports view={view} />
        </span>
      </div>
      <div className={css.parts}>
        <div className={css.main}>
          {shown.checks.length === 0 ? (
            <p className={css.nothing} role="status">
              {nothing(view, matrix.checks.length > 0)}
            </p>
          ) : (
            <Grid key={String(turned)} label={`Results of ${subjects(summary)}`} matrix={shown} axes={axes} chosen={chosen} onChoose={setChosen} isWanted={wanted} />
          )}
        </div>
        <Details matrix={matrix} chosen={chosen} onChoose={setChosen} />
      </div>
    </Page>
  );
}

function nothing({ summary }: PreflightView, someHidden: boolean): string {
  if (someHidden) return "No result is like that.";
  if (summary.progress === "running") return "No answer yet. Answers show here as they come.";
  return "It ended before there was an answer.";
}

function State({ view }: { view: PreflightView }) {
  const { summary } = view;
  const { mark, word } = progressMark(summary.progress);
  const share = shareOf(view.hosts);
  const words = summary.progress === "running" && share !== null ? `${word} ${share} %` : word;
  return (
    <span className={css.tags}>
      {summary.progress === "done" ? null : <StateMark mark={mark} share={share} word={words} />}
      <span className={css.soft} title={summary.specs.join(", ")}>
        <Ago at={summary.at} />, {summary.specs.length === 1 ? summary.specs[0] : count(summary.specs.length, "spec")}
      </span>
    </span>
  );
}
