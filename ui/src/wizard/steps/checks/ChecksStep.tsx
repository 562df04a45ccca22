import { useState } from "react";

import type { RunView } from "../../../bindings/RunView";
import { Button } from "../../../components/Button";
import { Notice, ProblemNotice } from "../../../components/Notice";
import { Stack } from "../../../components/Layout";
import { useDo } from "../../../engine/ask";
import { problemOf } from "../../../engine/problem";
import { DecisionButtons } from "../../DecisionButtons";
import { useDecisions } from "../../decisions";
import { startLabel, useExecute } from "../../execute";
import { FailurePanel, Standstill } from "../../FailurePanel";
import { LogPane } from "../../log/LogPane";
import { phasesAt } from "../../position";
import type { StepProps } from "../../RunScreen";
import { Timeline } from "../../timeline/Timeline";
import { StepFrame } from "../../Wizard";
import { Overall } from "../execute/ExecuteStep";
import css from "./Checks.module.css";
import { Results } from "./Results";

/** What the site must be like, and what was found. What has to be there first is done here too. */
export function ChecksStep({ view, past, onReturn }: StepProps) {
  const decisions = useDecisions(view);
  const again = useDo("app_preflights_run");
  const { execute, start, check } = useExecute(view, view.planDigest);
  const [logStep, setLogStep] = useState<string | null>(null);
  const { executing, state, workflow } = view.summary;
  const judged = /^AppPreflights(Succeeded|Failed|FailedBypassed)$/.test(state);
  const mayJudge = judged && !past && !again.isPending && (decisions.may("start") || decisions.may("retry"));
  const phases = phasesAt("checks", view);
  const preparing = phases.some((phase) => phase !== "appPreflights" && phase !== "app");
  return (
    <StepFrame
      title="Checks"
      next={
        past ? (
          <Button kind="main" onPress={onReturn}>
            Back to where the run is
          </Button>
        ) : workflow !== "preflight" && (decisions.may("start") || judged) ? (
          <Button kind="main" onPress={start} isDisabled={!decisions.may("start") || execute.isPending}>
            {execute.isPending ? "Starting…" : startLabel(view)}
          </Button>
        ) : (
          !executing && !judged && decisions.may("runChecks") && (
            <Button kind="main" onPress={() => check("appPreflights")} isDisabled={execute.isPending}>
              Run checks
            </Button>
          )
        )
      }
      others={
        !past && (
          <>
            {judged && !executing && !view.summary.discarded && (
              <Button onPress={() => again.mutate({ run: view.summary.id, checks: [] })} isDisabled={again.isPending}>
                Run checks again
              </Button>
            )}
            <DecisionButtons view={view} decisions={decisions} offer={["bypass", "cancel"]} />
          </>
        )
      }
    >
      <Stack>
        {execute.isError && <ProblemNotice problem={problemOf(execute.error)} />}
        {again.isError && <ProblemNotice problem={problemOf(again.error)} />}
        {decisions.error && <ProblemNotice problem={problemOf(decisions.error)} />}
        {!executing && !past && <Standstill view={view} decisions={decisions} />}
        {!executing && !past && !judged && view.failure && <FailurePanel view={view} decisions={decisions} onShowLog={setLogStep} />}
        <Verdict view={view} />
        {view.checks && <Results report={view.checks} onAgain={mayJudge ? (check) => again.mutate({ run: view.summary.id, checks: [check] }) : undefined} />}
        {(executing || preparing) && view.steps.length > 0 && (
          <>
            {executing && <Overall view={view} />}
            <Timeline view={view} phases={phases.filter((phase) => phase !== "app")} onShowLog={setLogStep} />
          </>
        )}
        {(executing || logStep !== null) && (
          <div className={css.log}>
            <LogPane view={view} step={logStep} onStep={setLogStep} full={false} onFull={() => setLogStep(null)} />
          </div>
        )}
      </Stack>
    </StepFrame>
  );
}

function Verdict({ view }: { view: RunView }) {
  const strict = view.checks?.results.some((one) => one.strict && (one.state === "fail" || one.state === "error"));
  switch (view.summary.state) {
    case "AppPreflightsSucceeded":
      return (
        <Notice tone="good" title="The site is ready">
          No check failed.
        </Notice>
      );
    case "AppPreflightsFailed":
      return (
        <Notice tone="bad" title="The site is not ready">
          {strict
            ? "A check failed that cannot be waived. Mend what it says, then run the checks again."
            : "Mend what the failed checks say and run them again, or go on despite them and say why."}
        </Notice>
      );
    case "AppPreflightsFailedBypassed":
      return (
        <Notice tone="warn" title="Failed checks were waived">
          Who waived them and why is recorded with the run.
        </Notice>
      );
    default:
      return null;
  }
}
