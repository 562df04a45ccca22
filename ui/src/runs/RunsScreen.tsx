import { useMemo, useState } from "react";

import type { State } from "../bindings/State";
import { Select } from "../components/Choice";
import { Loading } from "../components/Empty";
import { ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { useAsk } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { stateWord } from "../engine/words";
import { way } from "../frame/place";
import { KINDS, ofKind, type Kind } from "./filter";
import { RunTable } from "./RunTable";
import css from "./Runs.module.css";

const ALL = "all";
const MOST = 5000;

/** Every run, of this window and of any before it. */
export function RunsScreen({ site }: { site: string | null }) {
  const sites = useAsk("site_list", { search: "", tag: null }).data?.sites ?? [];
  const runs = useAsk("run_list", { site, state: null, limit: MOST }, { keep: true });
  const [state, setState] = useState<string>(ALL);
  const all = useMemo(() => runs.data?.runs ?? [], [runs.data]);
  const states = useMemo(() => [...new Set(all.map((run) => run.state))], [all]);
  const shown = all.filter((run) => state === ALL || ofKind(run, state as Kind) || run.state === state);
  return (
    <Page title="Runs" full>
      <div className={css.filters}>
        <Select
          label="Site"
          hideLabel
          value={site ?? ALL}
          options={[{ id: ALL, label: "All sites" }, ...sites.map((one) => ({ id: one.id, label: one.name }))]}
          onChange={(id) => way.turn(id === ALL ? { screen: "runs" } : { screen: "runs", site: id })}
        />
        <Select
          label="State"
          hideLabel
          value={state}
          options={[
            { id: ALL, label: "All states" },
            ...Object.entries(KINDS).map(([id, label]) => ({ id, label })),
            ...states.map((one: State) => ({ id: one, label: stateWord(one) })),
          ]}
          onChange={setState}
        />
      </div>
      {runs.isPending && <Loading what="Reading runs" />}
      {runs.isError && <ProblemNotice problem={problemOf(runs.error)} />}
      {runs.data && <RunTable runs={shown} />}
    </Page>
  );
}
