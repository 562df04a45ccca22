import type { PlanSummary } from "../../../bindings/PlanSummary";
import { bytes, noun } from "../../../components/format";
import css from "./Plan.module.css";

/** The plan in numbers. What is zero is not said. */
export function Counts({ summary }: { summary: PlanSummary }) {
  const all: [number, string, string][] = [
    [summary.chartsChanged, "chart", "upgraded"],
    [summary.chartsAdded, "chart", "added"],
    [summary.chartsRemoved, "chart", "removed"],
    [summary.chartsKept, "chart", "left alone"],
    [summary.manifestsApplied, "manifest", "applied"],
    [summary.manifestsPruned, "manifest", "pruned"],
    [summary.images, "image", "in the release"],
  ];
  return (
    <ul className={css.counts} aria-label="The plan in numbers">
      {all
        .filter(([number]) => number > 0)
        .map(([number, one, verb]) => (
          <li key={`${one} ${verb}`}>
            <strong>{number}</strong>
            <span>
              {noun(number, one)} {verb}
            </span>
          </li>
        ))}
      <li>
        <strong>{bytes(summary.bytesToMove)}</strong>
        <span>to move</span>
      </li>
      <li>
        <strong>{bytes(summary.diskNeeded)}</strong>
        <span>disk needed</span>
      </li>
    </ul>
  );
}
