import { useState } from "react";

import type { Action } from "../bindings/Action";
import type { RunView } from "../bindings/RunView";
import { Button } from "../components/Button";
import { Confirm } from "../components/Confirm";
import { ProblemNotice } from "../components/Notice";
import { problemOf } from "../engine/problem";
import { workflowWord } from "../engine/words";
import { failedStep, type Decisions } from "./decisions";
import { RollBack } from "./RollBack";

type Asking = Extract<Action, "skip" | "bypass" | "cancel" | "takeOver" | "rollBack" | "discard">;

interface Props {
  view: RunView;
  decisions: Decisions;
  /** Which to offer here; what the engine does not allow is not shown. */
  offer: Action[];
  /** The one that is the main button. */
  main?: Action;
}

/** Buttons for what the engine allows. What leaves something out, or cannot be undone, asks first. */
export function DecisionButtons({ view, decisions, offer, main }: Props) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const act = (action: Action) => {
    if (action === "retry") decisions.retry();
    else if (action === "resume") decisions.resume();
    else setAsking(action as Asking);
  };
  return (
    <>
      {offer
        .filter((action) => decisions.may(action))
        .map((action) => (
          <Button
            key={action}
            kind={action === main ? "main" : action === "cancel" || action === "rollBack" ? "danger" : "plain"}
            isDisabled={decisions.busy}
            onPress={() => act(action)}
          >
            {labelOf(action, view)}
          </Button>
        ))}
      {asking && <Asked asking={asking} view={view} decisions={decisions} onClose={() => setAsking(null)} />}
    </>
  );
}

function labelOf(action: Action, view: RunView): string {
  const workflow = workflowWord(view.summary.workflow).toLowerCase();
  const step = failedStep(view);
  switch (action) {
    case "retry":
      return step ? `Retry “${step.title}”` : `Go on with the ${workflow}`;
    case "skip":
      return step ? `Skip “${step.title}”…` : "Skip the step…";
    case "bypass":
      return "Go on despite failed checks…";
    case "cancel":
      return `Cancel the ${workflow}…`;
    case "resume":
      return `Resume the ${workflow}`;
    case "takeOver":
      return `Take ${view.summary.siteName} over…`;
    case "discard":
      return `Discard the ${workflow}…`;
    case "rollBack":
      return `Roll back ${view.summary.siteName}…`;
    default:
      return action;
  }
}

function Asked({ asking, view, decisions, onClose }: { asking: Asking; view: RunView; decisions: Decisions; onClose: () => void }) {
  const { summary, lease } = view;
  const problem = decisions.error && <ProblemNotice problem={problemOf(decisions.error)} />;
  const common = { busy: decisions.busy, problem, onClose };
  const step = failedStep(view);
  switch (asking) {
    case "rollBack":
      return <RollBack run={summary.id} siteName={summary.siteName} from={summary.release.version} revision={null} to={summary.fromVersion} onClose={onClose} />;
    case "skip":
      return (
        <Confirm {...common} title={`Skip “${step?.title ?? "the step"}”`} verb="Skip and go on" why="Why may it be left out?" onConfirm={(why) => decisions.skip(why, onClose)}>
          The run goes on as if the step were done. What it was to do stays undone.
        </Confirm>
      );
    case "bypass":
      return (
        <Confirm {...common} title="Go on despite failed checks" verb={`Bypass checks on ${summary.siteName}`} why="Why may they be waived?" onConfirm={(why) => decisions.bypass(why, onClose)}>
          The checks stay recorded as failed, and as waived by you. Nothing starts yet.
        </Confirm>
      );
    case "cancel":
      return (
        <Confirm {...common} title="Cancel the run" verb="Cancel after the current step" why="Why is it cancelled?" onConfirm={(why) => decisions.cancel(why, onClose)}>
          The current step is finished and verified; then the run stops and says what it leaves as it is. It can go on later
          from there.
        </Confirm>
      );
    case "discard":
      return (
        <Confirm {...common} title={`Discard the ${workflowWord(summary.workflow).toLowerCase()} of ${summary.siteName}`} verb="Discard the run" onConfirm={() => decisions.discard(onClose)}>
          It goes no further, and its config values are forgotten on this machine. What it did on the site stays as it is, and its
          log and timeline stay to be read.
        </Confirm>
      );
    case "takeOver":
      return (
        <Confirm {...common} title={`Take ${summary.siteName} over`} verb={`Take over from ${lease?.who ?? "the holder"}`} why="Why is it taken over?" onConfirm={(why) => decisions.takeOver(why, onClose)}>
          {lease?.who} held the site for {lease?.run} and has stopped renewing its lease. Make sure that nobody works there
          any more: two writers would undo each other&rsquo;s steps.
        </Confirm>
      );
  }
}
