import type { Change } from "../../../bindings/Change";
import type { ClusterChange } from "../../../bindings/ClusterChange";
import type { HostChange } from "../../../bindings/HostChange";
import { bytes } from "../../../components/format";
import { Facts, Panel, Section, Stack, type Fact } from "../../../components/Layout";
import { Tag, type TagTone } from "../../../components/Tag";
import { roleWord, versionChange } from "../../../engine/words";
import css from "./Plan.module.css";

const HOST: Record<Change, { word: string; tone: TagTone }> = {
  add: { word: "Join", tone: "good" },
  change: { word: "Upgrade", tone: "busy" },
  remove: { word: "Reset", tone: "bad" },
  keep: { word: "Leave", tone: "plain" },
};

/** What happens to the cluster under the application, and to each of its hosts. */
export function ClusterChanges({ cluster }: { cluster: ClusterChange }) {
  const missing = cluster.hosts.reduce((sum, host) => sum + host.missingBytes, 0);
  return (
    <Section title="Cluster" aside={missing > 0 && <span className={css.soft}>{bytes(missing)} to bring to hosts</span>}>
      <Panel flush>
        <Stack gap="s">
          <div className={css.about}>
            <Facts facts={clusterFacts(cluster)} />
            <p>
              <span className={css.soft}>When a step fails for good:</span> {cluster.recovery}
            </p>
          </div>
          {cluster.hosts.length > 0 && <HostTable cluster={cluster} />}
        </Stack>
      </Panel>
    </Section>
  );
}

/** The versions on the way, when there are more than the one it ends at. */
export function passedThrough({ fromVersion, toVersion, through }: ClusterChange): string {
  const last = through.at(-1);
  const all = [fromVersion, ...through, last === toVersion ? null : toVersion].filter((one) => one !== null);
  return all.join(" → ") || "–";
}

function clusterFacts(cluster: ClusterChange): Fact[] {
  const { runtime, fromVersion, toVersion, workersAtOnce } = cluster;
  const same = fromVersion !== null && fromVersion === toVersion;
  const version = same ? `${fromVersion}, as it is` : toVersion === null ? versionChange(fromVersion, null) : passedThrough(cluster);
  return [
    { term: "Kubernetes", value: <code>{version}</code> },
    { term: "By", value: runtime },
    ...(workersAtOnce && workersAtOnce > 1 ? [{ term: "Workers at a time", value: workersAtOnce }] : []),
  ];
}

function HostTable({ cluster }: { cluster: ClusterChange }) {
  const brings = cluster.hosts.some((host) => host.missingBytes > 0);
  return (
    <table className={css.rows} aria-label="Hosts in the order of work">
      <thead>
        <tr>
          <th scope="col" className={css.order}>
            Order
          </th>
          <th scope="col">Host</th>
          <th scope="col">Role</th>
          <th scope="col">Kubernetes</th>
          {brings && (
            <th scope="col" className={css.end}>
              To bring
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {cluster.hosts.map((host, at) => (
          <HostRow key={host.host} host={host} order={at + 1} brings={brings} first={cluster.fromVersion === null && at === 0} />
        ))}
      </tbody>
    </table>
  );
}

function HostRow({ host, order, brings, first }: { host: HostChange; order: number; brings: boolean; first: boolean }) {
  const { word, tone } = HOST[host.change];
  return (
    <tr>
      <td className={css.order}>{order}</td>
      <th scope="row">
        <span className={css.name}>{host.node}</span> <Tag tone={tone}>{first ? "Make the cluster" : word}</Tag>
        <div className={css.soft}>
          <code>{host.host}</code>
        </div>
      </th>
      <td>{roleWord(host.role)}</td>
      <td>
        <code>{versionChange(host.fromVersion, host.toVersion)}</code>
      </td>
      {brings && <td className={css.end}>{host.missingBytes === 0 ? "Nothing" : bytes(host.missingBytes)}</td>}
    </tr>
  );
}
