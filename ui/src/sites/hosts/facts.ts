import type { HostDisk } from "../../bindings/HostDisk";
import type { HostFacts } from "../../bindings/HostFacts";
import type { HostRole } from "../../bindings/HostRole";
import type { HostTest } from "../../bindings/HostTest";
import type { SiteHost } from "../../bindings/SiteHost";
import { bytes, duration, exact } from "../../components/format";
import { APART, hostMark, stepMark, stepWord } from "../../engine/hosts";
import { roleWord } from "../../engine/words";

/** A host of a site and its last test. */
export interface Tested {
  host: SiteHost;
  test: HostTest | null;
}

/** Hosts in the site's order, each with its test. */
export function paired(hosts: readonly SiteHost[], tests: readonly HostTest[]): Tested[] {
  const known = new Map(tests.map((test) => [test.host, test]));
  return hosts.map((host) => ({ host, test: known.get(host.address) ?? null }));
}

/** Hosts that hold every word in address, name, roles, tags, jump hosts or what was found. */
export function filterHosts(rows: readonly Tested[], search: string): Tested[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ host, test }) => {
    const facts = test?.facts;
    const found = facts ? [facts.name, facts.os, facts.machine, ...facts.runtimes, ...facts.kubernetes, ...facts.addresses] : [];
    const text = [host.address, host.bastion, ...host.roles, ...host.tags, hostMark(test).word, ...found].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function rolesWord(roles: readonly HostRole[]): string {
  if (roles.length === 2) return "Controller, worker";
  return roles.map(roleWord).join(", ");
}

/** How far a clock is ahead of this machine's: "+2.4 s", "−12 ms". */
export function skewWord(ms: number): string {
  const sign = ms > 0 ? "+" : ms < 0 ? "−" : "";
  return `${sign}${lengthWord(Math.abs(ms))}`;
}

/** The same in a sentence: "is 2.4 s ahead". */
export function aheadWord(ms: number): string {
  return `is ${lengthWord(Math.abs(ms))} ${ms < 0 ? "behind" : "ahead"}`;
}

/** An operating system without what its version says already: "Debian 12", "Ubuntu 22.04.5". */
export function shortOs(os: string): string {
  return os.replace(/ \(.*\)$/, "").replace(" GNU/Linux", "").replace(/ LTS$/, "");
}

/** A short time: "12 ms", "2.4 s", "3 m 5 s". */
export function lengthWord(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : duration(ms);
}

/** Addresses of hosts whose clock is not where most are. Of two the one further from this machine's. */
export function offClocks(rows: readonly Tested[]): Tested[] {
  const read = rows.filter(({ test }) => test?.facts);
  const skew = ({ test }: Tested) => test?.facts?.skew ?? 0;
  const sorted = read.map(skew).sort((a, b) => a - b);
  const middle = sorted.length === 2 ? sorted.reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a)) : sorted[Math.floor((sorted.length - 1) / 2)];
  return middle === undefined ? [] : read.filter((row) => Math.abs(skew(row) - middle) > APART);
}

/** Hosts by the reason they share; a reason that begins with its host says it once, without. */
export function byReason(all: readonly { host: string; reason: string }[]): { reason: string; hosts: string[] }[] {
  const groups = new Map<string, string[]>();
  for (const { host, reason } of all) {
    const plain = reason.startsWith(`${host}: `) ? reason.slice(host.length + 2) : reason;
    groups.set(plain, [...(groups.get(plain) ?? []), host]);
  }
  return [...groups].map(([reason, hosts]) => ({ reason, hosts }));
}

/** The disk that has the least left, by share. */
export function fullest(disks: readonly HostDisk[]): HostDisk | null {
  return disks.filter((disk) => disk.size > 0).reduce<HostDisk | null>((most, disk) => (most && shareFree(most) <= shareFree(disk) ? most : disk), null);
}

/** Percent of a disk that is free. */
export function shareFree({ free, size }: HostDisk): number {
  return size > 0 ? Math.round((free / size) * 100) : 0;
}

export function privilegeWord(facts: HostFacts): string {
  if (facts.privilege === "") return "Does not become root";
  return facts.privilege === "root" || facts.privilege === "being root" ? "Is root" : `By ${facts.privilege}`;
}

const or = (list: readonly string[], none: string) => (list.length > 0 ? list.join(", ") : none);

/** What is known of a host, in groups, as it is shown and copied. */
export function factGroups({ host, test }: Tested): { title: string; facts: { term: string; value: string | string[] }[] }[] {
  const facts = test?.facts;
  const access = [
    { term: "Roles", value: rolesWord(host.roles) },
    { term: "Jump hosts", value: host.bastion || "As ssh_config says" },
    { term: "Round trip", value: test?.latencyMs == null ? "Not known" : `${test.latencyMs} ms` },
  ];
  if (!facts) return [{ title: "Access", facts: access }];
  return [
    {
      title: "System",
      facts: [
        { term: "Name", value: facts.name },
        { term: "System", value: facts.os },
        { term: "Kernel", value: facts.kernel },
        { term: "Machine", value: facts.machine },
        { term: "Up for", value: duration(facts.uptime * 1000) },
        { term: "Clock", value: `${skewWord(facts.skew)} against this machine` },
      ],
    },
    {
      title: "Resources",
      facts: [
        { term: "CPUs", value: String(facts.cpus) },
        { term: "Memory", value: bytes(facts.memory) },
        { term: "Swap", value: facts.swap > 0 ? bytes(facts.swap) : "Off" },
        { term: "Runtimes", value: or(facts.runtimes, "None") },
        { term: "Kubernetes", value: or(facts.kubernetes, "None") },
      ],
    },
    {
      title: "Access",
      facts: [...access, { term: "User", value: facts.user }, { term: "Root", value: privilegeWord(facts) }, { term: "Addresses", value: facts.addresses.length > 0 ? facts.addresses : "None found" }],
    },
  ];
}

/** A host as text for elsewhere: how it stands, the steps, every fact. */
export function hostText(row: Tested): string {
  const { host, test } = row;
  const lines = [`${host.address}: ${hostMark(test).word}`];
  if (test) {
    lines.push(`Tested ${exact(test.at)}`);
    for (const { step, state, message } of test.steps) lines.push(`  ${stepWord(step)}: ${stepMark(state).word.toLowerCase()}${message ? `, ${message}` : ""}`);
    if (test.factsAt !== null) lines.push(`Facts read ${exact(test.factsAt)}`);
  }
  if (host.tags.length > 0) lines.push(`  Tags: ${host.tags.join(", ")}`);
  for (const { facts } of factGroups(row)) for (const { term, value } of facts) lines.push(`  ${term}: ${typeof value === "string" ? value : value.join(", ")}`);
  for (const disk of test?.facts?.disks ?? []) lines.push(`  Disk ${disk.mount} (${disk.device}): ${bytes(disk.free)} of ${bytes(disk.size)} free`);
  return `${lines.join("\n")}\n`;
}
