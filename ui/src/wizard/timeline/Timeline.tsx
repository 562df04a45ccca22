import type { Phase } from "../../bindings/Phase";
import type { PhaseStatus } from "../../bindings/PhaseStatus";
import type { RunView } from "../../bindings/RunView";
import type { Mark } from "../../components/StateMark";
import { StateMark } from "../../components/StateMark";
import { phaseWord } from "../../engine/words";
import { StepRow } from "./StepRow";
import css from "./Timeline.module.css";

const PHASE: Record<PhaseStatus, { mark: Mark; word: string }> = {
  pending: { mark: "waiting", word: "To do" },
  running: { mark: "running", word: "Running" },
  succeeded: { mark: "passed", word: "Done" },
  failed: { mark: "failed", word: "Failed" },
  bypassed: { mark: "warning", word: "Bypassed" },
};

interface Props {
  view: RunView;
  /** Phases to show; all when not said. */
  phases?: Phase[] | undefined;
  onShowLog?: (step: string) => void;
}

/** Every step of a run, with how long it took and how far it is. */
export function Timeline({ view, phases, onShowLog }: Props) {
  const shown = view.phases.filter((one) => !phases || phases.includes(one.phase));
  return (
    <ol className={css.timeline} aria-label="Timeline">
      {shown.map(({ phase, status }) => {
        const steps = view.steps.filter((step) => step.phase === phase);
        if (steps.length === 0 && status === "pending") return null;
        const { mark, word } = PHASE[stopped(status, view)];
        return (
          <li key={phase} className={css.phase}>
            <div className={css.phaseHead}>
              <h3>{phaseWord(phase)}</h3>
              <StateMark mark={mark} word={word} />
            </div>
            <ol className={css.steps}>
              {steps.map((step) => (
                <StepRow key={step.id} run={view.summary.id} step={step} live={view.summary.executing} onShowLog={onShowLog} />
              ))}
            </ol>
          </li>
        );
      })}
    </ol>
  );
}

/** A phase does not run when nothing executes the run. */
function stopped(status: PhaseStatus, view: RunView): PhaseStatus {
  return status === "running" && !view.summary.executing ? "pending" : status;
}
