import { Square } from "lucide-react";

import type { SupportView } from "../bindings/SupportView";
import { Button } from "../components/Button";
import { Section } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { Progress } from "../components/Progress";
import { useDo } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { ResultRows } from "../wizard/steps/checks/Results";
import { State } from "./Head";
import { Parts } from "./Parts";
import css from "./Support.module.css";
import { shareOf, titleOf } from "./words";

/** A support bundle under way: each part as it comes, and what was found so far. */
export function Collecting({ view: { summary, parts, results } }: { view: SupportView }) {
  const cancel = useDo("support_cancel");
  const done = parts.filter((part) => part.done).length;
  const known = parts.length > 0;
  return (
    <Page
      title={titleOf(summary)}
      aside={<State summary={summary} share={shareOf(parts)} />}
      actions={
        <Button icon={Square} isDisabled={cancel.isPending} onPress={() => cancel.mutate({ support: summary.id })}>
          {cancel.isPending ? "Cancelling…" : "Cancel"}
        </Button>
      }
    >
      {cancel.isError && <ProblemNotice problem={problemOf(cancel.error)} />}
      <Progress
        label={summary.own ? "Parts collected" : "Parts read"}
        hideLabel
        done={done}
        total={known ? parts.length : null}
        words={known ? `${done} of ${parts.length} parts` : "Seeing what there is"}
      />
      {known && <Parts parts={parts} running />}
      <p className={css.soft}>
        {summary.own ? "A part that cannot be had does not hold up the others. This window may be closed; collecting goes on." : "This window may be closed; reading goes on."}
      </p>
      {results.length > 0 && (
        <Section title="Found so far">
          <ResultRows results={results} />
        </Section>
      )}
    </Page>
  );
}
