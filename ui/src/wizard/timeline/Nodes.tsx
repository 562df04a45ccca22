import type { Phase } from "../../bindings/Phase";
import type { RunView } from "../../bindings/RunView";
import { count } from "../../components/format";
import { Panel, Section } from "../../components/Layout";
import { StateMark } from "../../components/StateMark";
import { useAsk } from "../../engine/ask";
import { roleWord, versionChange } from "../../engine/words";
import css from "./Nodes.module.css";
import { nodesStand, type NodeStands } from "./nodes";

/** The hosts of a cluster in the order in which they are worked on, each with the step it is at. */
export function Nodes({ view, phases }: { view: RunView; phases: readonly Phase[] }) {
  const { id, target, executing } = view.summary;
  const plan = useAsk("run_plan", { run: id }, { enabled: target === "linux" && view.planDigest !== null });
  const cluster = plan.data?.cluster;
  if (!cluster) return null;
  const nodes = nodesStand(cluster, view.steps, phases, executing);
  // Where every host has one step, the timeline says the same.
  if (nodes.every((one) => one.of <= 1)) return null;
  const over = nodes.filter((one) => one.mark === "passed").length;
  return (
    <Section title="Hosts in the order of work" aside={<span className={css.soft}>{`${over} of ${count(nodes.length, "host")} done`}</span>}>
      <Panel flush>
        <ol className={css.nodes}>
          {nodes.map((one) => (
            <Node key={one.host.host} node={one} />
          ))}
        </ol>
      </Panel>
    </Section>
  );
}

function Node({ node: { host, mark, word, detail, share, done, of } }: { node: NodeStands }) {
  return (
    <li data-mark={mark}>
      <span className={css.name}>
        {host.node}
        <small>{roleWord(host.role)}</small>
      </span>
      <span className={css.version}>{versionChange(host.fromVersion, host.toVersion)}</span>
      <span className={css.state}>
        <StateMark mark={mark} word={word} share={share} />
        {detail !== "" && <span className={css.detail}>{detail}</span>}
      </span>
      <span className={css.steps}>
        {done} of {of}
        <span className="said"> steps</span>
      </span>
    </li>
  );
}
