import type { Change } from "../../../bindings/Change";
import type { ClusterChange } from "../../../bindings/ClusterChange";
import type { PlanSummary } from "../../../bindings/PlanSummary";
import { bytes, noun } from "../../../components/format";
import css from "./Plan.module.css";

/** The plan in numbers. What is zero is not said. */
export function Counts({ summary, cluster = null }: { summary: PlanSummary; cluster?: ClusterChange | null }) {
  const hosts = (change: Change) => cluster?.hosts.filter((one) => one.change === change).length ?? 0;
  const all: [number, string, string][] = [
    [hosts("change"), "host", "upgraded"],
    [hosts("add"), "host", cluster?.fromVersion ? "joined" : "made nodes"],
    [hosts("remove"), "host", "reset"],
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
