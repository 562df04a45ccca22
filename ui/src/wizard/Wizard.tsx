import type { ReactNode } from "react";
import { Button } from "react-aria-components";

import { PageHeading } from "../components/Page";
import { MarkIcon, type Mark } from "../components/StateMark";
import type { StepEntry, WizardStep } from "./position";
import css from "./Wizard.module.css";

const SAID: Record<Mark, string> = {
  passed: "done",
  warning: "with warnings",
  failed: "failed",
  unknown: "unclear",
  skipped: "skipped",
  running: "under way",
  waiting: "to do",
};

export interface WizardProps {
  title: { verb: string; site: string };
  about: string;
  steps: StepEntry[];
  shown: WizardStep;
  onLook?: (step: WizardStep) => void;
  /** Below the steps: what concerns the run as a whole. */
  foot?: ReactNode;
  children: ReactNode;
}

/** Left what there is to do and how far it is, right the step. */
export function Wizard({ title, about, steps, shown, onLook, foot, children }: WizardProps) {
  return (
    <div className={css.wizard}>
      <div className={css.side}>
        <h1 className={css.title}>
          {title.verb} <span>{title.site}</span>
        </h1>
        <p className={css.about}>{about}</p>
        <nav aria-label="Steps">
          <ol className={css.steps}>
            {steps.map((step) => (
              <li key={step.id}>
                <Button
                  className={css.entry}
                  isDisabled={!step.open}
                  aria-current={step.id === shown ? "step" : undefined}
                  onPress={() => onLook?.(step.id)}
                >
                  <MarkIcon mark={step.mark} />
                  {step.title}
                  <span className="said">, {SAID[step.mark]}</span>
                </Button>
              </li>
            ))}
          </ol>
        </nav>
        {foot && <div className={css.about}>{foot}</div>}
      </div>
      {children}
    </div>
  );
}

export interface StepFrameProps {
  title: string;
  aside?: ReactNode;
  /** The one main button, always at the same place. */
  next?: ReactNode;
  /** Beside it, quieter. */
  others?: ReactNode;
  children: ReactNode;
  /** Content that scrolls by itself; `columns` when each of its columns does. */
  fixed?: boolean | "columns";
  /** What stays in sight beside or below the content. */
  dock?: ReactNode;
}

export function StepFrame({ title, aside, next, others, children, fixed, dock }: StepFrameProps) {
  return (
    <div className={css.step}>
      <div className={css.middle}>
        <div className={`${css.scroll} ${fixed === "columns" ? css.columns : fixed ? css.fixed : ""}`}>
          <div className={css.head}>
            <PageHeading title={title} level={2} />
            {aside}
          </div>
          {children}
        </div>
        {dock}
      </div>
      {(next || others) && (
        <div className={css.foot}>
          <div className={css.others}>{others}</div>
          {next}
        </div>
      )}
    </div>
  );
}
