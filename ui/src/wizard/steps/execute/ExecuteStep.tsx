import { useState, type ReactNode } from "react";

import type { Phase } from "../../../bindings/Phase";
import type { RunView } from "../../../bindings/RunView";
import { Button } from "../../../components/Button";
import { duration } from "../../../components/format";
import { ProblemNotice } from "../../../components/Notice";
import { Progress } from "../../../components/Progress";
import { StateMark } from "../../../components/StateMark";
import { useNow } from "../../../components/Time";
import { problemOf } from "../../../engine/problem";
import { stateMark, stateWord } from "../../../engine/words";
import { DecisionButtons } from "../../DecisionButtons";
import { failedStep, useDecisions } from "../../decisions";
import { FailurePanel, Standstill } from "../../FailurePanel";
import { LogPane } from "../../log/LogPane";
import { stepTitle } from "../../position";
import type { StepProps } from "../../RunScreen";
import { Nodes } from "../../timeline/Nodes";
import { Timeline } from "../../timeline/Timeline";
import { StepFrame } from "../../Wizard";
import css from "./Execute.module.css";

export function ExecuteStep(props: StepProps) {
  const { workflow } = props.view.summary;
  return <Work {...props} title={stepTitle("execute", workflow)} nodes={workflow === "reset" || workflow === "restore" ? [workflow] : []} />;
}

interface WorkProps extends StepProps {
  title: string;
  /** Phases to show; all when not said. */
  phases?: Phase[] | undefined;
  /** Phases in which work on single hosts is shown. */
  nodes: readonly Phase[];
  /** Said when a step has failed. */
  failed?: ReactNode;
  /** Why it does not go on, when the main button was pressed in vain. */
  refused?: Error | null;
  /** The main button, when the run stands and may go on. */
  next?: ReactNode;
}

/** The run at work: the timeline above, the log below, and whatever needs a person between them. */
export function Work({ view, past, onReturn, title, phases, nodes, failed, refused, next }: WorkProps) {
  const decisions = useDecisions(view);
  const [logStep, setLogStep] = useState<string | null>(null);
  const [full, setFull] = useState(false);
  const { executing, state, orphaned } = view.summary;
  return (
    <StepFrame
      title={title}
      aside={<StateMark mark={orphaned ? "warning" : stateMark(state)} word={orphaned ? "Interrupted" : stateWord(state)} />}
      fixed
      next={
        past ? (
          <Button kind="main" onPress={onReturn}>
            Back to where the run is
          </Button>
        ) : (
          !executing && next
        )
      }
      others={
        executing && (
          <>
            <DecisionButtons view={view} decisions={decisions} offer={["cancel"]} />
            {decisions.may("cancel") ? "This window may be closed; the run goes on." : "Stopping after the current step…"}
          </>
        )
      }
    >
      <Overall view={view} />
      {!full && (
        <div className={css.upper}>
          {!executing && !past && failedStep(view) === null && <Standstill view={view} decisions={decisions} />}
          {!executing && !past && <FailurePanel view={view} decisions={decisions} onShowLog={setLogStep} />}
          {refused && <ProblemNotice problem={problemOf(refused)} />}
          {nodes.length > 0 && <Nodes view={view} phases={nodes} />}
          {!executing && !past && view.failure && failed}
          <Timeline view={view} phases={phases} onShowLog={setLogStep} />
        </div>
      )}
      <div className={full ? css.logFull : css.log}>
        <LogPane view={view} step={logStep} onStep={setLogStep} full={full} onFull={setFull} />
      </div>
    </StepFrame>
  );
}

export function Overall({ view }: { view: RunView }) {
  const { stepsDone, stepsTotal, executing, updatedAt } = view.summary;
  const now = useNow();
  const began = Math.min(...view.steps.flatMap((step) => (step.startedAt === null ? [] : [step.startedAt])));
  if (stepsTotal === 0) return null;
  const took = Number.isFinite(began) ? `, ${duration((executing ? now : updatedAt) - began)}` : "";
  return (
    <Progress
      label="Steps"
      hideLabel
      done={stepsDone}
      total={stepsTotal}
      words={`${stepsDone} of ${stepsTotal} steps${took}`}
      tone={view.failure ? "bad" : stepsDone === stepsTotal ? "good" : "busy"}
    />
  );
}
