import type { SiteNode } from "../../bindings/SiteNode";
import type { SiteNodes } from "../../bindings/SiteNodes";
import { Button } from "../../components/Button";
import { Panel } from "../../components/Layout";
import { StateMark } from "../../components/StateMark";
import { roleWord } from "../../engine/words";
import css from "./Nodes.module.css";
import { nodeMark } from "./nodes";

/** Not there where nothing is left to reset. */
type OnReset = ((host: string) => void) | undefined;

/** Nodes, controllers first, and after them the hosts that have not joined. */
export function NodeTable({ nodes, onReset }: { nodes: SiteNodes; onReset: OnReset }) {
  return (
    <Panel flush>
      <table className={css.nodes} aria-label="Nodes">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Node</th>
            <th scope="col">Role</th>
            <th scope="col">Kubernetes</th>
            <th scope="col">
              <span className="said">Reset</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {nodes.nodes.map((one) => (
            <NodeRow key={one.node || one.host} node={one} wanted={nodes.version} onReset={onReset} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function NodeRow({ node: one, wanted, onReset }: { node: SiteNode; wanted: string; onReset: OnReset }) {
  const { mark, word } = nodeMark(one);
  return (
    <tr>
      <td>
        <StateMark mark={mark} word={word} />
      </td>
      <th scope="row">
        {one.node || <code>{one.host}</code>}
        {one.node !== "" && <code className={css.host}>{one.host || "None of this site's hosts"}</code>}
        {one.reason !== "" && <p className={css.reason}>{one.reason}</p>}
      </th>
      <td>{roleWord(one.role)}</td>
      <td>
        <code>{one.version || "–"}</code>
        {one.version !== "" && one.version !== wanted && <span className={css.other}>The cluster runs {wanted}</span>}
      </td>
      <td>
        {onReset && one.host !== "" && (
          <Button onPress={() => onReset(one.host)} aria-label={`Reset ${one.node || one.host}…`}>
            Reset…
          </Button>
        )}
      </td>
    </tr>
  );
}
