import { useEffect, useRef } from "react";

import type { PreflightSummary } from "../bindings/PreflightSummary";
import { announce } from "../components/Announcer";
import { Loading } from "../components/Empty";
import { ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { useAsk } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { ComparisonScreen } from "./ComparisonScreen";
import { Result } from "./Result";
import { verdict } from "./words";

/** A preflight run: its results, or what changed in them since another one. */
export function PreflightScreen({ preflight, against }: { preflight: string; against: string | null }) {
  const view = useAsk("preflight_get", { preflight });
  useNews(view.data?.summary);
  if (view.isError && !view.data) {
    return (
      <Page title="Preflight run">
        <ProblemNotice problem={problemOf(view.error)} />
      </Page>
    );
  }
  if (!view.data) return <Loading what="Reading the preflight run" />;
  if (against !== null) return <ComparisonScreen after={view.data.summary} before={against} />;
  return <Result view={view.data} />;
}

/** Says once that it ended, and with what. */
function useNews(summary: PreflightSummary | undefined): void {
  const ran = useRef(false);
  useEffect(() => {
    if (!summary) return;
    if (summary.progress === "running") ran.current = true;
    else if (ran.current) {
      ran.current = false;
      announce(`The preflight run has ended: ${verdict(summary)}.`);
    }
  }, [summary]);
}
