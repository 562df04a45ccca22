import { useEffect, useRef } from "react";

import { announce } from "../components/Announcer";
import { useAsk } from "../engine/ask";
import { stateMark, stateWord, workflowWord } from "../engine/words";

/** Says once when a run anywhere comes to a state worth knowing. */
export function useNewsOfRuns(): void {
  const runs = useAsk("run_list", { site: null, state: null, limit: 0 }).data?.runs;
  const known = useRef<Map<string, string> | null>(null);
  useEffect(() => {
    if (!runs) return;
    const before = known.current;
    known.current = new Map(runs.map((run) => [run.id, run.state]));
    const news = runs.find((run) => before?.has(run.id) && before.get(run.id) !== run.state);
    if (!news || stateMark(news.state) === "running") return;
    announce(`${news.siteName}, ${workflowWord(news.workflow).toLowerCase()}: ${stateWord(news.state)}.`);
  }, [runs]);
}
