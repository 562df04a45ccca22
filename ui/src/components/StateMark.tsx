import { Check, Circle, CircleDashed, CircleHelp, Minus, TriangleAlert, X, type LucideIcon } from "lucide-react";

import css from "./StateMark.module.css";

export type Mark = "passed" | "warning" | "failed" | "unknown" | "skipped" | "running" | "waiting";

const SHAPES: Record<Exclude<Mark, "running">, LucideIcon> = {
  passed: Check,
  warning: TriangleAlert,
  failed: X,
  unknown: CircleHelp,
  skipped: Minus,
  waiting: CircleDashed,
};

/** The shape of a state, for where its word stands beside it. `share` (percent) fills a running one. */
export function MarkIcon({ mark, share }: { mark: Mark; share?: number | null }) {
  if (mark === "running") return <Pie share={share ?? null} />;
  const Shape = SHAPES[mark] ?? Circle;
  return <Shape aria-hidden className={`${css.icon} ${css[mark]}`} size={16} strokeWidth={1.75} />;
}

/** A state: a shape, a word and a colour, always all three. */
export function StateMark({ mark, word, share, title }: { mark: Mark; word: string; share?: number | null; title?: string }) {
  return (
    <span className={`${css.mark} ${css[mark]}`} title={title}>
      <MarkIcon mark={mark} share={share} />
      <span className={css.word}>{word}</span>
    </span>
  );
}

const ROUND = 2 * Math.PI * 3;

function Pie({ share }: { share: number | null }) {
  const filled = ((share ?? 50) / 100) * ROUND;
  return (
    <svg aria-hidden className={`${css.icon} ${css.running}`} width={16} height={16} viewBox="0 0 16 16">
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <circle
        cx="8"
        cy="8"
        r="3"
        fill="none"
        stroke="currentColor"
        strokeWidth="6"
        strokeDasharray={`${filled} ${ROUND}`}
        transform="rotate(-90 8 8)"
      />
    </svg>
  );
}
