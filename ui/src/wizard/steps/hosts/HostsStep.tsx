import { useState } from "react";

import type { RunView } from "../../../bindings/RunView";
import { Button } from "../../../components/Button";
import { Stack } from "../../../components/Layout";
import { Notice, ProblemNotice } from "../../../components/Notice";
import { useDo } from "../../../engine/ask";
import { problemOf } from "../../../engine/problem";
import { DecisionButtons } from "../../DecisionButtons";
import { useDecisions } from "../../decisions";
import { nextStop, startLabel, useExecute } from "../../execute";
import { FailurePanel, Standstill } from "../../FailurePanel";
import { LogPane } from "../../log/LogPane";
import { courseOfRun, phasesAt } from "../../position";
import type { StepProps } from "../../RunScreen";
import { Nodes } from "../../timeline/Nodes";
import { Timeline } from "../../timeline/Timeline";
import { StepFrame } from "../../Wizard";
import { Overall } from "../execute/ExecuteStep";
import css from "../checks/Checks.module.css";
import { HostResults } from "./HostResults";

/** The hosts, before a cluster is on them: prepared, and judged by their own checks. */
export function HostsStep({ view, past, onReturn }: StepProps) {
  const decisions = useDecisions(view);
  const again = useDo("host_preflights_run");
  const { execute, check, start } = useExecute(view, view.planDigest);
  const [logStep, setLogStep] = useState<string | null>(null);
  const { state } = view.summary;
  // What runs meanwhile elsewhere does not hide what was found here.
  const executing = view.summary.executing && !past;
  const judged = /^HostPreflights(Succeeded|Failed|FailedBypassed)$/.test(state);
  const mayJudge = judged && !past && !executing && !again.isPending && (decisions.may("start") || decisions.may("retry"));
  const run = (checks: string[]) => again.mutate({ run: view.summary.id, checks });
  const planned = view.steps.length > 0 ? view.steps.map((step) => step.phase) : courseOfRun(view).phases;
  const stop = nextStop(planned, judged);
  const phases = phasesAt("hosts", view);
  return (
    <StepFrame
      title="Hosts"
      next={
        past ? (
          <Button kind="main" onPress={onReturn}>
            Back to where the run is
          </Button>
        ) : (
          !executing &&
          (judged || decisions.may("runChecks")) && (
            <Button kind="main" isDisabled={!decisions.may(stop ? "runChecks" : "start") || execute.isPending} onPress={stop ? () => check(stop) : start}>
              {execute.isPending ? "Starting…" : goOnLabel(view, judged)}
            </Button>
          )
        )
      }
      others={
        !past && (
          <>
            {mayJudge && <Button onPress={() => run([])}>Run host checks again</Button>}
            <DecisionButtons view={view} decisions={decisions} offer={["bypass", "cancel"]} />
          </>
        )
      }
    >
      <Stack>
        {[execute.error, again.error, decisions.error].map((error) => error && <ProblemNotice key={error.message} problem={problemOf(error)} />)}
        {!executing && !past && <Standstill view={view} decisions={decisions} />}
        {!executing && !past && !judged && view.failure && <FailurePanel view={view} decisions={decisions} onShowLog={setLogStep} />}
        <HostsVerdict view={view} />
        {executing && <Overall view={view} />}
        {view.hostChecks && !executing && <HostResults report={view.hostChecks} onAgain={mayJudge ? (title) => run([title]) : undefined} />}
        <Nodes view={view} phases={["hostConfiguration"]} />
        <Timeline view={view} phases={phases} onShowLog={setLogStep} />
        {(executing || logStep !== null) && (
          <div className={css.log}>
            <LogPane view={view} step={logStep} onStep={setLogStep} full={false} onFull={() => setLogStep(null)} />
          </div>
        )}
      </Stack>
    </StepFrame>
  );
}

/** What comes after the hosts. */
function goOnLabel(view: RunView, judged: boolean): string {
  const { phases } = courseOfRun(view);
  if (!judged) return "Check hosts";
  if (phases.includes("infrastructure")) return view.summary.workflow === "install" ? "Install the cluster" : "Upgrade the cluster";
  return view.steps.some((step) => step.phase === "appPreflights") ? "Run checks" : startLabel(view);
}

function HostsVerdict({ view }: { view: RunView }) {
  const strict = view.hostChecks?.results.some((one) => one.strict && (one.state === "fail" || one.state === "error"));
  switch (view.summary.state) {
    case "HostPreflightsSucceeded":
      return (
        <Notice tone="good" title="The hosts are ready">
          No check failed on any of them.
        </Notice>
      );
    case "HostPreflightsFailed":
      return (
        <Notice tone="bad" title="Not every host is ready">
          {strict
            ? "A check failed that cannot be waived. Mend what it says on its host, then run the host checks again."
            : "Mend what the failed checks say and run them again, or go on despite them and say why."}
        </Notice>
      );
    case "HostPreflightsFailedBypassed":
      return (
        <Notice tone="warn" title="Failed host checks were waived">
          Who waived them and why is recorded with the run.
        </Notice>
      );
    default:
      return null;
  }
}
