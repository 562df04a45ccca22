import { useState } from "react";

import type { SupportView } from "../bindings/SupportView";
import { Button } from "../components/Button";
import { Section } from "../components/Layout";
import { Notice } from "../components/Notice";
import { Page } from "../components/Page";
import { Collect } from "./Collect";
import { RemoveButton, State } from "./Head";
import { OpenFile } from "./OpenFile";
import { Parts } from "./Parts";
import { titleOf } from "./words";

/** A support bundle that came to nothing: what happened, why, and the way to try again. */
export function NoFile({ view: { summary, parts, problem } }: { view: SupportView }) {
  const [again, setAgain] = useState(false);
  const { own, site, progress } = summary;
  const close = () => setAgain(false);
  return (
    <Page
      title={titleOf(summary)}
      aside={<State summary={summary} />}
      actions={
        <>
          <RemoveButton summary={summary} />
          <Button kind="main" onPress={() => setAgain(true)}>
            {own ? "Collect again…" : "Open again…"}
          </Button>
        </>
      }
    >
      <Notice tone={progress === "done" ? "bad" : "warn"} title={problem || WORDS[progress]}>
        {progress === "cancelled" ? "Nothing was kept of it." : `Nothing was kept of it. ${own ? "Collect it" : "Open it"} again.`}
      </Notice>
      {parts.length > 0 && (
        <Section title="How far it came">
          <Parts parts={parts} />
        </Section>
      )}
      {again && (own ? <Collect site={site} onClose={close} /> : <OpenFile path="" onClose={close} />)}
    </Page>
  );
}

const WORDS = {
  running: "",
  done: "There is no file",
  cancelled: "It was cancelled before it was done",
  interrupted: "Longshore was closed before it was done",
};
