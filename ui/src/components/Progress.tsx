import { ProgressBar } from "react-aria-components";

import css from "./Progress.module.css";

export interface ProgressProps {
  label: string;
  done: number;
  /** Unknown while null: then the words say what is going on. */
  total: number | null;
  /** How far, in words: "12.4 MB of 214.3 MB". */
  words: string;
  hideLabel?: boolean;
  tone?: "busy" | "good" | "bad";
}

export function Progress({ label, done, total, words, hideLabel, tone = "busy" }: ProgressProps) {
  const known = total !== null;
  return (
    <ProgressBar
      aria-label={label}
      value={known ? Math.min(done, total) : undefined}
      maxValue={known ? Math.max(total, 1) : undefined}
      valueLabel={words}
      isIndeterminate={!known}
      className={`${css.progress} ${css[tone]}`}
    >
      {({ percentage }) => (
        <>
          {!hideLabel && (
            <span className={css.label} title={label}>
              {label}
            </span>
          )}
          <svg className={css.track} aria-hidden preserveAspectRatio="none" viewBox="0 0 100 4">
            {known && <rect width={percentage ?? 0} height="4" />}
          </svg>
          <span className={css.words}>{words}</span>
        </>
      )}
    </ProgressBar>
  );
}
