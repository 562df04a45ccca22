import type { CheckResult } from "../bindings/CheckResult";
import { MarkIcon } from "../components/StateMark";
import { checkMark } from "../engine/words";
import { answerAt, cellLabel, shortWord, titleOf, type Axis } from "./axis";
import css from "./Grid.module.css";
import { hostMark } from "./words";

/** Where a cell stands and what the focus does there. */
interface Place {
  "data-at": string;
  tabIndex: number;
  onFocus: () => void;
}

interface HeadingProps {
  role: "rowheader" | "columnheader";
  axis: Axis;
  label: string;
  chosen: boolean;
  place: Place;
}

export function Heading({ role, axis, label, chosen, place }: HeadingProps) {
  const host = axis.kind === "line" ? axis.line.host : null;
  // Who is done shows answers; a mark beside the name is for who is not.
  const mark = host && host.progress !== "done" ? hostMark(host) : null;
  return (
    <div role={role} aria-label={label} aria-selected={chosen} className={`${css.heading} ${role === "rowheader" ? css.rowHeading : ""}`} title={titleOf(axis)} {...place}>
      {mark && <MarkIcon mark={mark.mark} share={mark.share} />}
      <span className={css.title}>{titleOf(axis)}</span>
    </div>
  );
}

interface CellProps {
  row: Axis;
  column: Axis;
  wide: boolean;
  chosen: boolean;
  isWanted: (result: CheckResult) => boolean;
  place: Place;
}

/** An answer: what passed is only its shape, so that the rest is seen. */
export function GridCell({ row, column, wide, chosen, isWanted, place }: CellProps) {
  const answer = answerAt(row, column);
  const rest = { role: "gridcell", "aria-label": cellLabel(row, column), "aria-selected": chosen, className: css.cell, ...place };
  if (!("result" in answer)) return <div {...rest}>{answer.none === "waiting" ? <MarkIcon mark="waiting" /> : <span className={css.none}>·</span>}</div>;
  const { result } = answer;
  return (
    <div {...rest} data-state={result.state} data-passed-over={isWanted(result) ? undefined : ""}>
      <MarkIcon mark={checkMark(result.state).mark} />
      {wide && result.state !== "pass" && <span className={css.word}>{shortWord(result.state)}</span>}
    </div>
  );
}
