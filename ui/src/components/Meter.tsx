import { Meter as AriaMeter } from "react-aria-components";

import css from "./Meter.module.css";

/** How much of something there is used, as a bar. `words` say it: "61.2 GB of 983.4 GB free". */
export function Meter({ label, used, words }: { label: string; used: number; words: string }) {
  return (
    <AriaMeter aria-label={label} value={used} maxValue={100} valueLabel={words} className={css.meter}>
      <svg aria-hidden preserveAspectRatio="none" viewBox="0 0 100 6">
        <rect width={Math.max(0, Math.min(100, used))} height="6" />
      </svg>
    </AriaMeter>
  );
}
