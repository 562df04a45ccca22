import { useEffect, useRef } from "react";

import type { Action } from "../bindings/Action";
import type { FailureClass } from "../bindings/FailureClass";
import type { RunView } from "../bindings/RunView";
import { Button } from "../components/Button";
import { Notice, ProblemNotice } from "../components/Notice";
import { problemOf } from "../engine/problem";
import { CollectNow } from "../support/CollectNow";
import { DecisionButtons } from "./DecisionButtons";
import { failedStep, type Decisions } from "./decisions";
import css from "./FailurePanel.module.css";

const WHO: Record<FailureClass, string> = {
  transient: "It may go better the next time.",
  needsPerson: "A person has to change something first.",
  brokenTarget: "Something on the site is broken.",
  bug: "This is a defect of Longshore.",
};

const OFFER: Action[] = ["retry", "skip", "rollBack"];

/** Why a run stands still, in the words of what it met, and what can be done about it. Opens itself. */
export function FailurePanel({ view, decisions, onShowLog }: { view: RunView; decisions: Decisions; onShowLog: (step: string) => void }) {
  const step = failedStep(view);
  const failure = view.failure ?? step?.failure ?? null;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Newer browsers answer with a promise, which an effect must not.
    void box.current?.scrollIntoView({ block: "nearest" });
  }, [failure?.message]);
  if (!failure) return null;
  return (
    <div ref={box}>
      <Notice
        tone="bad"
        title={step && !failure.message.includes(step.title) ? `${step.title}: ${failure.message}` : failure.message}
        actions={
          <>
            <DecisionButtons view={view} decisions={decisions} offer={OFFER} main="retry" />
            {step && <Button onPress={() => onShowLog(step.id)}>Show its log</Button>}
            <CollectNow site={view.summary.site} />
          </>
        }
        live
      >
        {failure.causes.length > 0 && (
          <ol className={css.causes} aria-label="What it met, the nearest first">
            {failure.causes.map((cause, at) => (
              <li key={at}>{cause}</li>
            ))}
          </ol>
        )}
        <p>
          {failure.hint} <span className={css.who}>{WHO[failure.class]}</span>
        </p>
      </Notice>
      {decisions.error && <ProblemNotice problem={problemOf(decisions.error)} />}
    </div>
  );
}

/** What stands in the way of a run that is neither going on nor failed. */
export function Standstill({ view, decisions }: { view: RunView; decisions: Decisions }) {
  const { summary, left, lease } = view;
  if (summary.orphaned) {
    return (
      <Notice tone="warn" title="Interrupted: the process that executed this run is gone" actions={<DecisionButtons view={view} decisions={decisions} offer={["resume"]} main="resume" />}>
        Nothing is lost. Resuming looks at the site first and does only what is not done yet.
      </Notice>
    );
  }
  if (summary.state === "LeaseLost" || lease?.expired) {
    return (
      <Notice tone="warn" title={lease ? `${lease.who} holds the site` : "Another writer took the site over"} actions={<DecisionButtons view={view} decisions={decisions} offer={["takeOver", "retry"]} />}>
        {lease?.expired ? "Its lease has expired, so it may be taken over." : "Wait until it is done, or agree with its holder."}
        <Left left={left} />
      </Notice>
    );
  }
  if (summary.state !== "Cancelled") return null;
  return (
    <Notice tone="warn" title="Cancelled" actions={<DecisionButtons view={view} decisions={decisions} offer={["retry", "skip"]} main="retry" />}>
      {left.length > 0 ? "What is left as it is:" : "Nothing was left half done."}
      <Left left={left} />
    </Notice>
  );
}

function Left({ left }: { left: string[] }) {
  if (left.length === 0) return null;
  return (
    <ul className={css.left}>
      {left.map((one) => (
        <li key={one}>{one}</li>
      ))}
    </ul>
  );
}
