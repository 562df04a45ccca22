import { useState } from "react";

import type { RunView } from "../../../bindings/RunView";
import { Button } from "../../../components/Button";
import { duration } from "../../../components/format";
import { Progress } from "../../../components/Progress";
import { StateMark } from "../../../components/StateMark";
import { useNow } from "../../../components/Time";
import { stateMark, stateWord } from "../../../engine/words";
import { DecisionButtons } from "../../DecisionButtons";
import { failedStep, useDecisions } from "../../decisions";
import { FailurePanel, Standstill } from "../../FailurePanel";
import { LogPane } from "../../log/LogPane";
import { stepTitle } from "../../position";
import type { StepProps } from "../../RunScreen";
import { Timeline } from "../../timeline/Timeline";
import { StepFrame } from "../../Wizard";
import css from "./Execute.module.css";

/** The run at work: the timeline above, the log below, and whatever needs a person between them. */
export function ExecuteStep({ view, past, onReturn }: StepProps) {
  const decisions = useDecisions(view);
  const [logStep, setLogStep] = useState<string | null>(null);
  const [full, setFull] = useState(false);
  const { executing, workflow, state, orphaned } = view.summary;
  return (
    <StepFrame
      title={stepTitle("execute", workflow)}
      aside={<StateMark mark={orphaned ? "warning" : stateMark(state)} word={orphaned ? "Interrupted" : stateWord(state)} />}
      fixed
      next={
        past && (
          <Button kind="main" onPress={onReturn}>
            Back to where the run is
          </Button>
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
          <Timeline view={view} onShowLog={setLogStep} />
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
