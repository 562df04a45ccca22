import { memo } from "react";

import type { CheckResult } from "../bindings/CheckResult";
import { MarkIcon } from "../components/StateMark";
import { checkMark } from "../engine/words";
import { answerAt, cellLabel, shortWord, titleOf, type Axis } from "./axis";
import css from "./Grid.module.css";
import { hostMark } from "./words";

/** Where a cell stands. All of it keeps its identity, so that a move of the focus renders two cells and not a thousand. */
export interface Place {
  /** Row and column, -1 for their headings. */
  y: number;
  x: number;
  /** It is the one that Tab leads to. */
  current: boolean;
  onEnter: (y: number, x: number) => void;
}

export function placed({ y, x, current, onEnter }: Place) {
  return { "data-at": `${y} ${x}`, tabIndex: current ? 0 : -1, onFocus: () => onEnter(y, x) };
}

interface HeadingProps extends Place {
  role: "rowheader" | "columnheader";
  axis: Axis;
  label: string;
  chosen: boolean;
}

export const Heading = memo(function Heading({ role, axis, label, chosen, ...place }: HeadingProps) {
  const host = axis.kind === "line" ? axis.line.host : null;
  // Who is done shows answers; a mark beside the name is for who is not.
  const mark = host && host.progress !== "done" ? hostMark(host) : null;
  return (
    <div role={role} aria-label={label} aria-selected={chosen} className={`${css.heading} ${role === "rowheader" ? css.rowHeading : ""}`} title={titleOf(axis)} {...placed(place)}>
      {mark && <MarkIcon mark={mark.mark} share={mark.share} />}
      <span className={css.title}>{titleOf(axis)}</span>
    </div>
  );
});

interface CellProps extends Place {
  row: Axis;
  column: Axis;
  wide: boolean;
  chosen: boolean;
  isWanted: (result: CheckResult) => boolean;
}

/** An answer: what passed is only its shape, so that the rest is seen. */
export const GridCell = memo(function GridCell({ row, column, wide, chosen, isWanted, ...place }: CellProps) {
  const answer = answerAt(row, column);
  const rest = { role: "gridcell", "aria-label": cellLabel(row, column), "aria-selected": chosen, className: css.cell, ...placed(place) };
  if (!("result" in answer)) return <div {...rest}>{answer.none === "waiting" ? <MarkIcon mark="waiting" /> : <span className={css.none}>·</span>}</div>;
  const { result } = answer;
  return (
    <div {...rest} data-state={result.state} data-passed-over={isWanted(result) ? undefined : ""}>
      <MarkIcon mark={checkMark(result.state).mark} />
      {wide && result.state !== "pass" && <span className={css.word}>{shortWord(result.state)}</span>}
    </div>
  );
});
