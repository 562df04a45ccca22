import type { Progress } from "../../bindings/Progress";
import type { StepView } from "../../bindings/StepView";
import { Fold } from "../../components/Fold";
import { count } from "../../components/format";
import { Progress as Bar } from "../../components/Progress";
import { RateMeter } from "../../engine/rate";
import { useNow } from "../../components/Time";
import { barsOf, progressWords } from "./progress";
import css from "./Timeline.module.css";

const meter = new RateMeter();

/** A bar for each image or workload inside a step. Those that are done are put away, so that what moves is seen. */
export function ChildBars({ run, step }: { run: string; step: StepView }) {
  const { open, done } = barsOf(step);
  if (step.status === "pending" || open.length + done.length === 0) return null;
  const over = step.status !== "running";
  return (
    <div className={css.bars}>
      {!over && open.map((one) => <ChildBar key={one.child} name={`${run}/${step.id}/${step.attempt}/${one.child}`} progress={one} title={step.title} />)}
      {over && step.status === "failed" && open.map((one) => <Stopped key={one.child} progress={one} title={step.title} />)}
      {done.length > 0 && (
        <Fold level={4} title={<span className={css.soft}>{count(done.length, "item")} done</span>}>
          {() => done.map((one) => <Done key={one.child} progress={one} title={step.title} />)}
        </Fold>
      )}
    </div>
  );
}

function ChildBar({ name, progress, title }: { name: string; progress: Progress; title: string }) {
  const perSecond = meter.read(name, progress.done, useNow());
  return (
    <Bar
      label={progress.child || title}
      done={progress.done}
      total={progress.total}
      words={progressWords(progress, progress.unit === "bytes" ? perSecond : null)}
    />
  );
}

function Stopped({ progress, title }: { progress: Progress; title: string }) {
  return <Bar label={progress.child || title} done={progress.done} total={progress.total ?? 1} words={progressWords(progress, null)} tone="bad" />;
}

function Done({ progress, title }: { progress: Progress; title: string }) {
  return <Bar label={progress.child || title} done={1} total={1} words={progressWords(progress, null)} tone="good" />;
}
