import { useEffect, useRef } from "react";

import type { SupportSummary } from "../bindings/SupportSummary";
import { announce } from "../components/Announcer";
import { Button } from "../components/Button";
import { Loading } from "../components/Empty";
import { ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { useAsk } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { go } from "../frame/place";
import { CallError } from "../platform/types";
import { verdict } from "../preflights/words";
import { Collecting } from "./Collecting";
import { Contents } from "./Contents";
import { NoFile } from "./NoFile";
import { hasFile, standing, titleOf } from "./words";

export interface SupportScreenProps {
  support: string;
  tab: string;
  /** The file that is open, and the line that was gone to. */
  file: string | null;
  line: number | null;
}

/** A support bundle: how far it is, what is in it, or why there is none. */
export function SupportScreen({ support, ...place }: SupportScreenProps) {
  const view = useAsk("support_get", { support });
  useNews(view.data?.summary);
  if (view.isError && (!view.data || isGone(view.error))) {
    return (
      <Page title="Support bundle">
        <ProblemNotice problem={problemOf(view.error)} actions={<Button onPress={() => go({ screen: "supports" })}>To the support bundles</Button>} />
      </Page>
    );
  }
  if (!view.data) return <Loading what="Reading the support bundle" />;
  const { summary } = view.data;
  if (summary.progress === "running") return <Collecting view={view.data} />;
  if (!hasFile(summary)) return <NoFile view={view.data} />;
  return <Contents view={view.data} {...place} />;
}

/** Removed by somebody else while it was looked at. */
function isGone(error: Error): boolean {
  return error instanceof CallError && error.wire.code === "notFound";
}

/** Says once that it ended, and with what. */
function useNews(summary: SupportSummary | undefined): void {
  const ran = useRef(false);
  useEffect(() => {
    if (!summary) return;
    if (summary.progress === "running") ran.current = true;
    else if (ran.current) {
      ran.current = false;
      announce(`${titleOf(summary)}: ${standing(summary).word.toLowerCase()}${hasFile(summary) ? `, ${verdict(summary)}` : ""}.`);
    }
  }, [summary]);
}
