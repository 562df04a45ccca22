import type { HostFacts } from "../../bindings/HostFacts";
import type { ColumnSpec } from "../../components/DataTable";
import { bytes } from "../../components/format";
import { StateMark } from "../../components/StateMark";
import { Tags } from "../../components/Tag";
import { hostMark } from "../../engine/hosts";
import { fullest, rolesWord, shareFree, shortOs, skewWord, type Tested } from "./facts";
import css from "./Hosts.module.css";

const facts = (row: Tested) => row.test?.facts ?? null;
const by = (value: (found: HostFacts) => number) => (a: Tested, b: Tested) => valueOf(a, value) - valueOf(b, value);

function valueOf(row: Tested, value: (found: HostFacts) => number): number {
  const found = facts(row);
  return found ? value(found) : Infinity;
}

const STANDS = ["passed", "running", "waiting", "unknown", "warning", "failed"];
const share = (found: HostFacts) => {
  const disk = fullest(found.disks);
  return disk ? shareFree(disk) : Infinity;
};

const COLUMNS: ColumnSpec<Tested>[] = [
  {
    id: "state",
    title: "State",
    width: 128,
    order: (a, b) => STANDS.indexOf(hostMark(a.test).mark) - STANDS.indexOf(hostMark(b.test).mark),
    cell: ({ test }) => {
      const { mark, word, share: part, detail } = hostMark(test);
      return <StateMark mark={mark} word={word} share={part} title={detail} />;
    },
  },
  {
    id: "address",
    title: "Address",
    width: "1.7fr",
    minWidth: 140,
    head: true,
    order: (a, b) => a.host.address.localeCompare(b.host.address, "en", { numeric: true }),
    cell: ({ host }) => (
      <span className={css.address} title={host.bastion ? `${host.address} over ${host.bastion}` : host.address}>
        {host.address}
      </span>
    ),
  },
  { id: "roles", title: "Roles", width: 80, order: (a, b) => a.host.roles.join().localeCompare(b.host.roles.join()), cell: ({ host }) => <Cut text={rolesWord(host.roles)} /> },
  { id: "tags", title: "Tags", width: "0.7fr", minWidth: 66, cell: ({ host }) => <Tags tags={host.tags} /> },
  {
    id: "latency",
    title: "Latency",
    width: 64,
    end: true,
    order: (a, b) => (a.test?.latencyMs ?? Infinity) - (b.test?.latencyMs ?? Infinity),
    cell: ({ test }) => (test?.latencyMs == null ? <None /> : `${test.latencyMs} ms`),
  },
  { id: "os", title: "System", width: "1.1fr", minWidth: 94, cell: (row) => <System os={facts(row)?.os ?? ""} /> },
  { id: "cpus", title: "CPUs", width: 50, end: true, order: by((found) => found.cpus), cell: (row) => facts(row)?.cpus ?? <None /> },
  { id: "memory", title: "Memory", width: 72, end: true, order: by((found) => found.memory), cell: (row) => <Bytes of={facts(row)?.memory} /> },
  { id: "free", title: "Free disk", width: 76, end: true, order: by(share), cell: (row) => <Free found={facts(row)} /> },
  { id: "runtime", title: "Runtime", width: "1fr", minWidth: 133, cell: (row) => <Runtime found={facts(row)} /> },
];

/** The columns of a site's hosts; the clocks that are off are marked. */
export function hostColumns(off: ReadonlySet<string>): ColumnSpec<Tested>[] {
  const clock: ColumnSpec<Tested> = {
    id: "clock",
    title: "Clock",
    width: 66,
    end: true,
    order: by((found) => Math.abs(found.skew)),
    cell: (row) => {
      const found = facts(row);
      if (!found) return <None />;
      return <span className={off.has(row.host.address) ? css.off : undefined}>{skewWord(found.skew)}</span>;
    },
  };
  return [...COLUMNS, clock];
}

function None() {
  return <span className={css.dim}>–</span>;
}

function System({ os }: { os: string }) {
  return os === "" ? (
    <None />
  ) : (
    <span className={css.cut} title={os}>
      {shortOs(os)}
    </span>
  );
}

function Cut({ text }: { text: string }) {
  return text === "" ? (
    <None />
  ) : (
    <span className={css.cut} title={text}>
      {text}
    </span>
  );
}

function Bytes({ of }: { of: number | undefined }) {
  return of === undefined ? <None /> : bytes(of);
}

function Free({ found }: { found: HostFacts | null }) {
  const disk = found ? fullest(found.disks) : null;
  if (!disk) return <None />;
  return (
    <span title={`${disk.mount}, the fullest: ${bytes(disk.free)} of ${bytes(disk.size)} free, ${shareFree(disk)} %`}>
      {bytes(disk.free)}
    </span>
  );
}

/** What is there already that another cluster would collide with comes first. */
function Runtime({ found }: { found: HostFacts | null }) {
  if (!found) return <None />;
  const cluster = found.kubernetes[0];
  if (cluster) {
    return <StateMark mark="warning" word={cluster} title={`Kubernetes is there already: ${[...found.kubernetes, ...found.runtimes].join(", ")}`} />;
  }
  return <Cut text={found.runtimes.join(", ")} />;
}
