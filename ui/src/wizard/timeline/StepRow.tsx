import { ScrollText } from "lucide-react";

import type { StepView } from "../../bindings/StepView";
import { IconButton } from "../../components/Button";
import { MarkIcon, type Mark } from "../../components/StateMark";
import { Tag } from "../../components/Tag";
import { Elapsed } from "../../components/Time";
import { ChildBars } from "./ChildBars";
import { progressWords, shareOf } from "./progress";
import css from "./Timeline.module.css";

interface Props {
  run: string;
  step: StepView;
  live: boolean;
  onShowLog?: ((step: string) => void) | undefined;
}

export function StepRow({ run, step, live, onShowLog }: Props) {
  const running = step.status === "running";
  const said = running ? message(step) : "";
  const { mark, word } = stepMark(step, live);
  return (
    <li className={css.step} data-status={step.status}>
      <div className={css.line}>
        <MarkIcon mark={mark} share={running ? shareOf(step) : null} />
        <span className={css.stepTitle}>{step.title}</span>
        {step.pointOfNoReturn && (step.status === "pending" || running) && <Tag tone="warn">No way back after this</Tag>}
        {step.attempt > 1 && <Tag>Attempt {step.attempt}</Tag>}
        <span className={css.word}>{word}</span>
        <span className={css.time}>
          {step.startedAt !== null && <Elapsed from={step.startedAt} to={running && live ? null : (step.endedAt ?? step.startedAt)} />}
        </span>
        {onShowLog && step.startedAt !== null && (
          <IconButton icon={ScrollText} label={`Show the log of ${step.title}`} onPress={() => onShowLog(step.id)} />
        )}
      </div>
      {running && live && said.length > SHORT && <p className={css.waits}>{said}</p>}
      {running && live && step.failure && (
        <p className={css.again}>
          {step.failure.message} Trying again.
        </p>
      )}
      <ChildBars run={run} step={step} />
    </li>
  );
}

function stepMark(step: StepView, live: boolean): { mark: Mark; word: string } {
  switch (step.status) {
    case "pending":
      return { mark: "waiting", word: "" };
    case "running":
      return live ? { mark: "running", word: briefly(message(step)) } : { mark: "warning", word: "Begun, not finished" };
    case "failed":
      return { mark: "failed", word: "Failed" };
    case "skipped":
      return { mark: "skipped", word: step.outcome?.type === "skipped" ? `Skipped: ${step.outcome.reason}` : "Skipped" };
    case "succeeded":
      if (step.outcome?.type === "alreadyDone") return { mark: "passed", word: "Was done already" };
      return step.outcome?.type === "warning" ? { mark: "warning", word: step.outcome.message } : { mark: "passed", word: "Done" };
  }
}

/** Signs that fit beside a title. What is longer, a reason for waiting, stands below it and is read whole. */
const SHORT = 44;

function briefly(said: string): string {
  if (said.length <= SHORT) return said;
  return said.startsWith("Waiting") ? "Waiting" : "Running";
}

/** What a running step does, in words. */
function message(step: StepView): string {
  const own = step.progress.find((one) => one.child === "");
  return own ? progressWords(own, null) : "Running";
}
