import type { StepSpec } from "../../../bindings/StepSpec";
import { Fold } from "../../../components/Fold";
import { bytes, count, duration } from "../../../components/format";
import { Panel, Section } from "../../../components/Layout";
import { Tag } from "../../../components/Tag";
import { phaseWord } from "../../../engine/words";
import css from "./Plan.module.css";

/** What will be done, in order. */
export function PlannedSteps({ steps }: { steps: StepSpec[] }) {
  const seconds = steps.reduce((all, step) => all + step.estimate.seconds, 0);
  return (
    <Section title="Steps">
      <Panel flush>
        <Fold
          title={count(steps.length, "step")}
          aside={seconds > 0 && <span className={css.soft}>about {duration(seconds * 1000)}</span>}
        >
          {() => (
            <ol className={css.planned}>
              {steps.map((step) => (
                <li key={step.id}>
                  <span className={css.phase}>{phaseWord(step.phase)}</span>
                  <span className={css.name}>{step.title}</span>
                  {step.pointOfNoReturn && <Tag tone="warn">No way back</Tag>}
                  <span className={css.soft}>{estimate(step)}</span>
                </li>
              ))}
            </ol>
          )}
        </Fold>
      </Panel>
    </Section>
  );
}

function estimate({ estimate: { bytes: size, seconds } }: StepSpec): string {
  return [size > 0 ? bytes(size) : "", seconds > 0 ? `about ${duration(seconds * 1000)}` : ""].filter(Boolean).join(", ");
}
