import type { ReactNode } from "react";

import { Button } from "./Button";
import css from "./Chosen.module.css";

interface Props {
  /** What a screen reader calls it: "Selected bundles". */
  label: string;
  /** How many of what: "2 bundles". */
  words: string;
  onClear: () => void;
  /** What can be done with them. */
  children: ReactNode;
  /** What stands behind the ways out. */
  after?: ReactNode;
}

/** The bar above a table that says how many of its rows are selected, and what can be done with them. */
export function Chosen({ label, words, onClear, children, after }: Props) {
  return (
    <div className={css.chosen} role="group" aria-label={label}>
      <strong>{words} selected</strong>
      {children}
      <Button kind="quiet" onPress={onClear}>
        Clear selection
      </Button>
      {after}
    </div>
  );
}
