import type { Progress } from "../../bindings/Progress";
import type { StepView } from "../../bindings/StepView";
import { bytes, rate } from "../../components/format";

/** Percent of a step that is done, by its own count or by its children's; null when nobody can say. */
export function shareOf(step: StepView): number | null {
  const own = step.progress.find((one) => one.child === "" && one.total !== null);
  const counted = own ? [own] : step.progress.filter((one) => one.total !== null);
  const total = counted.reduce((all, one) => all + (one.total ?? 0), 0);
  if (total === 0) return null;
  const done = counted.reduce((all, one) => all + one.done, 0);
  return Math.min(100, Math.floor((done / total) * 100));
}

/** How far something is, in words; with the rate while it moves. */
export function progressWords(progress: Progress, perSecond: number | null): string {
  const { done, total, unit, message } = progress;
  if (unit === "bytes") {
    const far = total === null ? bytes(done) : `${bytes(done)} of ${bytes(total)}`;
    const moving = perSecond !== null && perSecond > 0 && done < (total ?? Infinity);
    return moving ? `${far}, ${rate(perSecond)}` : far;
  }
  if (message) return message;
  return total === null ? `${done} ${unit}` : `${done} of ${total} ${unit}`;
}

export interface Bars {
  /** What moves or waits, in the order it was first heard of. */
  open: Progress[];
  done: Progress[];
}

export function barsOf(step: StepView): Bars {
  const children = step.progress.filter((one) => one.child !== "");
  const shown = children.length > 0 ? children : step.progress.filter((one) => one.unit === "bytes" && one.total !== null);
  const isDone = (one: Progress) => one.total !== null && one.done >= one.total;
  return { open: shown.filter((one) => !isDone(one)), done: shown.filter(isDone) };
}
