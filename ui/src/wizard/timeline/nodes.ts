import type { Change } from "../../bindings/Change";
import type { ClusterChange } from "../../bindings/ClusterChange";
import type { HostChange } from "../../bindings/HostChange";
import type { Phase } from "../../bindings/Phase";
import type { StepView } from "../../bindings/StepView";
import type { Mark } from "../../components/StateMark";
import { progressWords, shareOf } from "./progress";

/** A host of a cluster, and how far it is in a run. */
export interface NodeStands {
  host: HostChange;
  mark: Mark;
  /** Its state, or the step it is at. */
  word: string;
  /** What is done or waited for just now, or empty. */
  detail: string;
  share: number | null;
  done: number;
  of: number;
}

const OVER: Record<Change, string> = { add: "Joined", change: "Upgraded", remove: "Reset", keep: "Left as it is" };

/** Steps of a plan that are about one node: their ids end in its name. A chart of the cluster may have the name of a node. */
export function stepsOfNode(node: string, steps: readonly StepView[]): StepView[] {
  return steps.filter((step) => step.id.endsWith(`:${node}`) && !/(^|-)extension$/.test(step.kind));
}

/** Every host in the order of work, with the step it is at. `live` is false when nothing executes the run. */
export function nodesStand(cluster: ClusterChange, steps: readonly StepView[], phases: readonly Phase[], live: boolean): NodeStands[] {
  const shown = steps.filter((step) => phases.includes(step.phase));
  const prepares = phases.every((phase) => phase === "hostConfiguration" || phase === "hostPreflights" || phase === "airgap");
  return cluster.hosts.flatMap((host) => {
    const own = stepsOfNode(host.node, shown);
    return own.length === 0 ? [] : [standsAt(host, own, prepares ? "Prepared" : OVER[host.change], live)];
  });
}

function standsAt(host: HostChange, own: StepView[], over: string, live: boolean): NodeStands {
  const done = own.filter((step) => step.status === "succeeded" || step.status === "skipped").length;
  const rest = { host, done, of: own.length, share: null, detail: "" };
  const failed = own.find((step) => step.status === "failed");
  if (failed) return { ...rest, mark: "failed", word: failed.title, detail: failed.failure?.message ?? "" };
  const running = own.find((step) => step.status === "running");
  if (running && !live) return { ...rest, mark: "warning", word: `${running.title}: begun, not finished` };
  if (running) {
    const said = running.progress.find((one) => one.child === "");
    const again = running.failure ? `${running.failure.message} Trying again.` : "";
    return { ...rest, mark: "running", word: running.title, share: shareOf(running), detail: again || (said ? progressWords(said, null) : "") };
  }
  if (done === own.length) return { ...rest, mark: "passed", word: over };
  return { ...rest, mark: "waiting", word: done > 0 ? "Waits for its turn" : "To do" };
}
