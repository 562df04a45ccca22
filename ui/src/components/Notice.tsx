import { Info, OctagonAlert, TriangleAlert, CircleCheck, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import css from "./Notice.module.css";

export type Tone = "info" | "good" | "warn" | "bad" | "busy";

const ICONS: Record<Tone, LucideIcon> = {
  info: Info,
  good: CircleCheck,
  warn: TriangleAlert,
  bad: OctagonAlert,
  busy: Info,
};

export interface NoticeProps {
  tone: Tone;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  /** Announced when it appears. */
  live?: boolean;
}

/** Something to know before going on: what happened, why, what to do. */
export function Notice({ tone, title, children, actions, live }: NoticeProps) {
  const Icon = ICONS[tone];
  return (
    <div className={`${css.notice} ${css[tone]}`} role={live ? (tone === "bad" ? "alert" : "status") : undefined}>
      <Icon aria-hidden size={16} strokeWidth={1.5} className={css.icon} />
      <div className={css.body}>
        <p className={css.title}>{title}</p>
        {children && <div className={css.text}>{children}</div>}
        {actions && <div className={css.actions}>{actions}</div>}
      </div>
    </div>
  );
}

export interface ProblemNoticeProps {
  problem: { message: string; hint: string; details: string[] };
  actions?: ReactNode;
}

/** A refusal in the engine's own words. */
export function ProblemNotice({ problem, actions }: ProblemNoticeProps) {
  const { message, hint, details } = problem;
  return (
    <Notice tone="bad" title={message} actions={actions} live>
      {details.length > 0 && (
        <ul className={css.details}>
          {details.map((detail) => (
            <li key={detail}>{detail}</li>
          ))}
        </ul>
      )}
      {hint}
    </Notice>
  );
}
