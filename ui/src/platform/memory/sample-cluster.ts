import type { ClusterChange } from "../../bindings/ClusterChange";
import type { HostChange } from "../../bindings/HostChange";
import type { HostInterfaces } from "../../bindings/HostInterfaces";
import type { HostRole } from "../../bindings/HostRole";
import type { InstallationSettings } from "../../bindings/InstallationSettings";
import type { SiteBackup } from "../../bindings/SiteBackup";
import type { SiteDetail } from "../../bindings/SiteDetail";
import type { SiteHost } from "../../bindings/SiteHost";
import type { SiteNode } from "../../bindings/SiteNode";
import type { SiteNodes } from "../../bindings/SiteNodes";
import type { Workflow } from "../../bindings/Workflow";
import { fateOf } from "./sample-preflights";

export const NO_SETTINGS: InstallationSettings = {
  namespace: "tidewater",
  httpProxy: "",
  httpsProxy: "",
  noProxy: "",
  dataDirectory: "",
  networkInterface: "",
  globalCidr: "",
  podCidr: "",
  serviceCidr: "",
  endpoint: "",
};

export const DEFAULTS: InstallationSettings = { ...NO_SETTINGS, dataDirectory: "/var/lib/tidewater", networkInterface: "eno1", globalCidr: "10.244.0.0/16" };

/** Versions of Kubernetes that the sample releases carry. */
export const CARRIED: Record<string, string[]> = { "1.0.0": ["v1.34.3"], "1.1.0": ["v1.34.3", "v1.35.4"] };

/** What a run does to a cluster, and the hosts with a fate of their own in it. */
export interface MemoryCluster {
  change: ClusterChange;
  /** The node that does not get ready at first. */
  stuck: string | null;
}

/** Which nodes a site's cluster has, without the hosts that have not joined. */
export interface MemoryNodes {
  version: string;
  joined: SiteNode[];
}

const plain = (host: SiteHost) => host.address.replace(/^.*@/, "").replace(/:\d+$/, "");

export function nodeName(host: SiteHost): string {
  const name = plain(host);
  return /^\d/.test(name) ? `node-${name.split(".").at(-1)}` : name;
}

/** As the engine says it: without a role a host is a controller when none before it is. */
export function roleOf(host: SiteHost, hosts: readonly SiteHost[]): HostRole {
  if (host.roles.length > 0) return host.roles.includes("controller") ? "controller" : "worker";
  const before = hosts.slice(0, hosts.indexOf(host));
  return before.some((one) => roleOf(one, hosts) === "controller") ? "worker" : "controller";
}

export function joinedNode(host: SiteHost, hosts: readonly SiteHost[], version: string): SiteNode {
  return { host: host.address, node: nodeName(host), role: roleOf(host, hosts), version, ready: true, cordoned: false, reason: "" };
}

/** Nodes, controllers first, and after them hosts that have not joined. */
export function nodesView({ linux }: SiteDetail, nodes: MemoryNodes | undefined): SiteNodes {
  const hosts = linux?.hosts ?? [];
  const joined = [...(nodes?.joined ?? [])].sort((a, b) => a.role.localeCompare(b.role));
  const others = hosts
    .filter((host) => !joined.some((node) => node.host === host.address))
    .map((host): SiteNode => ({ host: host.address, node: "", role: roleOf(host, hosts), version: "", ready: false, cordoned: false, reason: fateOf(host.address, [])?.problem ?? "" }));
  return { runtime: nodes ? "kubeadm" : "", version: nodes?.version ?? "", nodes: [...joined, ...others] };
}

const FILES = 612_000_000;

/** What a run on hosts is asked for: the hosts that are reset, the version that a backup is of, or how many workers move at a time. */
export interface AskedOfHosts {
  reset?: readonly string[];
  version?: string;
  workersAtOnce?: number | null;
}

/** Backups that lie on the first controller. Where there are several controllers, none can be brought back on one alone. */
export function backupsOf({ linux }: SiteDetail, nodes: MemoryNodes | undefined): SiteBackup[] {
  const first = nodes?.joined.find((node) => node.role === "controller");
  if (!nodes || !first || !linux) return [];
  const controllers = nodes.joined.filter((node) => node.role === "controller").length;
  const several = controllers > 1 ? `The cluster has ${controllers} controllers, and a backup is brought back on one alone: the others would hold on to what it takes back` : "";
  const day = 86_400_000;
  const made = (ago: number, to: string, version: string, refusal: string): SiteBackup => {
    // The same at every look.
    const madeAt = Math.floor(Date.now() / day) * day - ago * day;
    const at = new Date(madeAt).toISOString().slice(0, 19).replace(/[-:]/g, "").toLowerCase();
    return { label: `${at}-0a1b2c-${to}`, host: first.host, version, madeAt, bytes: 48_200_000, refusal };
  };
  return [made(3, "v1.34.3", "v1.33.6", several), made(120, "v1.33.6", "v1.32.9", `the files of v1.32.9 are not on ${first.host} any more`)];
}

/** What becomes of a site's cluster; null where nothing of it changes. */
export function clusterFor(site: SiteDetail, nodes: MemoryNodes | undefined, workflow: Workflow, release: string, { reset = [], version: then = "", workersAtOnce = null }: AskedOfHosts = {}): MemoryCluster | null {
  const hosts = site.linux?.hosts ?? [];
  const wanted = CARRIED[release]?.at(-1) ?? null;
  const of = (host: SiteHost, change: HostChange["change"], to: string | null): HostChange => {
    const from = nodes?.joined.find((one) => one.host === host.address)?.version ?? null;
    const missingBytes = change === "remove" ? 0 : FILES - (host.tags.includes("rack-a") ? 140_000_000 : 0);
    return { host: host.address, node: nodeName(host), role: roleOf(host, hosts), change, fromVersion: from, toVersion: to, missingBytes };
  };
  const joined = (host: SiteHost) => nodes?.joined.some((one) => one.host === host.address) ?? false;
  const first = (list: HostChange[]) => list.sort((a, b) => Number(a.role === "worker") - Number(b.role === "worker"));
  const stuck = hosts.find((host) => host.tags.includes("stuck"));
  const made = (list: HostChange[], through: string[], recovery: string): MemoryCluster => ({
    change: { runtime: "kubeadm", fromVersion: nodes?.version ?? null, toVersion: wanted, through, hosts: list, recovery },
    stuck: stuck ? nodeName(stuck) : null,
  });
  if (workflow === "install") return made(first(hosts.map((host) => of(host, "add", wanted))), wanted ? [wanted] : [], "A failed install is gone on with from the step that failed, or the hosts are reset and are as they were before.");
  if (workflow === "reset") {
    const gone = hosts.filter((host) => reset.length === 0 || reset.includes(host.address)).map((host) => of(host, "remove", null));
    const cluster = made(first(gone).reverse(), [], "A reset is gone on with from the host where it failed. What it has taken off does not come back.");
    return { change: { ...cluster.change, toVersion: reset.length === 0 ? null : (nodes?.version ?? null) }, stuck: null };
  }
  if (workflow === "restore") {
    const back = made(first(hosts.filter(joined).map((host) => ({ ...of(host, "change", then), missingBytes: 0 }))), [], "It can be brought back again from the same backup.");
    return { change: { ...back.change, toVersion: then }, stuck: null };
  }
  if (workflow !== "upgrade" || !nodes) return null;
  const upgraded = nodes.version === wanted ? [] : first(hosts.filter(joined).map((host) => of(host, "change", wanted)));
  const added = first(hosts.filter((host) => !joined(host)).map((host) => of(host, "add", wanted)));
  if (upgraded.length + added.length === 0) return null;
  const controllers = hosts.filter((host) => roleOf(host, hosts) === "controller").length;
  const cluster = made([...upgraded, ...added], upgraded.length > 0 && wanted ? [wanted] : [], upgraded.length > 0 ? recoveryOf(controllers) : "A host that does not join leaves the cluster as it is.");
  return { ...cluster, change: { ...cluster.change, workersAtOnce } };
}

function recoveryOf(controllers: number): string {
  if (controllers === 1) return "What the cluster was can be brought back from the backup that is made first: by `longshore site restore`, or on the site's page.";
  return `The cluster has ${controllers} controllers, so the backup that is made first cannot be brought back from here. A failed step can only be gone on with.`;
}

/** What was found on the hosts: one has a second interface, and a route that clashes with what is usual. */
export function interfacesOf({ linux }: SiteDetail): HostInterfaces[] {
  return (linux?.hosts ?? []).map((host, at) => {
    const fate = fateOf(host.address, []);
    if (fate) return { host: host.address, interfaces: [], routes: [], problem: fate.problem };
    const address = /^\d/.test(plain(host)) ? plain(host) : `10.0.40.${20 + at}`;
    const net = address.replace(/\.\d+$/, ".0");
    return {
      host: host.address,
      interfaces: [
        { name: "eno1", addresses: [`${address}/24`], default: true },
        { name: "eno2", addresses: [`192.168.77.${20 + at}/24`], default: false },
      ],
      routes: [`${net}/24`, "192.168.77.0/24", ...(host.tags.includes("rack-b") ? ["172.20.0.0/16"] : [])],
      problem: "",
    };
  });
}

/** A cluster after one step of a plan: undefined when it is gone, the same one when the step did nothing to it. */
export function withStep(nodes: MemoryNodes | undefined, step: string, hosts: readonly SiteHost[], change: ClusterChange): MemoryNodes | undefined {
  const [kind = "", name = ""] = step.split(":");
  const host = hosts.find((one) => nodeName(one) === name);
  const version = change.toVersion ?? nodes?.version ?? "";
  if (!host) return nodes;
  const set = (more: Partial<SiteNode>): MemoryNodes | undefined =>
    nodes && { ...nodes, joined: nodes.joined.map((node) => (node.node === name ? { ...node, ...more } : node)) };
  switch (kind) {
    case "init":
    case "join":
      return { version, joined: [...(nodes?.joined ?? []), joinedNode(host, hosts, version)] };
    case "drain":
      return set({ cordoned: true });
    case "restore":
    case "put-back":
    case "upgrade": {
      const after = set({ version });
      return after && { ...after, version };
    }
    case "uncordon":
      return set({ cordoned: false });
    case "reset": {
      const joined = nodes?.joined.filter((node) => node.node !== name) ?? [];
      return joined.length === 0 ? undefined : { version: nodes?.version ?? "", joined };
    }
    default:
      return nodes;
  }
}
