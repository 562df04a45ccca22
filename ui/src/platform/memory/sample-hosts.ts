import type { CheckResult } from "../../bindings/CheckResult";
import type { HostFacts } from "../../bindings/HostFacts";
import type { HostStep } from "../../bindings/HostStep";
import type { HostStepKind } from "../../bindings/HostStepKind";
import type { HostTest } from "../../bindings/HostTest";
import type { LinuxSite } from "../../bindings/LinuxSite";
import type { Reachability } from "../../bindings/Reachability";
import type { SiteDetail } from "../../bindings/SiteDetail";
import type { SiteHost } from "../../bindings/SiteHost";
import { installedApp, INFORMERS } from "./sample-installed";
import { fateOf, hostResults } from "./sample-preflights";

export const STEPS: HostStepKind[] = ["resolve", "connect", "hostKey", "login", "privilege", "facts"];

const GB = 1e9;
const DAY = 86_400;

export const SSH = { config: "", identities: [], knownHosts: "", acceptedKeys: [], password: null, passphrase: null, rootPassword: null, asUser: false };

export const host = (address: string, role: "controller" | "worker", more: Partial<SiteHost> = {}): SiteHost => ({ address, roles: [role], tags: [], bastion: "", ...more });

/**
 * A site whose three hosts are well but for one clock, one where two of three cannot be used yet, and two with a cluster: one
 * that has a host more than its cluster, and one whose last worker has a full disk and does not get ready at first.
 */
const SITES: { name: string; tags: string[]; installed?: { version: string; joined: number }; hosts: SiteHost[]; stored: string[] }[] = [
  {
    name: "lakeside-metal",
    tags: ["prod", "metal"],
    hosts: [
      host("root@10.0.20.11", "controller", { tags: ["rack-a"] }),
      host("root@10.0.20.12", "worker", { tags: ["rack-a", "late"] }),
      host("deploy@10.0.30.13", "worker", { tags: ["rack-b"], bastion: "ops@gate.lakeside.example" }),
    ],
    stored: ["rootPassword"],
  },
  {
    name: "orchard-plant",
    tags: ["edge", "metal"],
    hosts: [host("press-old", "controller"), host("deploy@press-new:2222", "worker"), host("press-down", "worker")],
    stored: [],
  },
  {
    name: "quarry-metal",
    tags: ["prod", "metal"],
    installed: { version: "1.0.0", joined: 5 },
    hosts: [
      ...[11, 12, 13].map((at) => host(`root@10.0.50.${at}`, "controller", { tags: ["rack-a"] })),
      ...[21, 22, 23].map((at) => host(`root@10.0.50.${at}`, "worker", { tags: ["rack-b"] })),
    ],
    stored: [],
  },
  {
    name: "sawmill-edge",
    tags: ["edge", "metal"],
    installed: { version: "1.0.0", joined: 3 },
    hosts: [host("root@10.0.60.11", "controller"), host("root@10.0.60.21", "worker"), host("root@10.0.60.22", "worker", { tags: ["full", "stuck"] })],
    stored: [],
  },
];

/** How many hosts of a sample site are in its cluster, in the order of its hosts. */
export function joinedAtFirst(name: string): number {
  return SITES.find((one) => one.name === name)?.installed?.joined ?? 0;
}

const FAULTS: Record<string, string[]> = { late: ["System clock"], full: ["Disk space", "Filesystem write latency"], small: ["Memory"], old: ["TCP port 6443/TCP"] };

/** Answers of the built-in checks on hosts, whose tags say what is wrong with them. */
export function hostChecksFor(hosts: readonly SiteHost[], mended: readonly string[] = []): CheckResult[] {
  return hosts.flatMap(({ address, tags }) => {
    const faults = tags.flatMap((tag) => FAULTS[tag] ?? []).filter((title) => !mended.includes(title));
    return hostResults(address, faults, fateOf(address, [])?.problem ?? "");
  });
}

export function linuxSites(first: number): SiteDetail[] {
  return SITES.map(({ name, tags, hosts, stored, installed }, at) => {
    const site = linuxSite(`site-${String(first + at).padStart(4, "0")}`, name, tags, { hosts, ssh: SSH, stored });
    site.hosts = hosts.map((one) => tested(one, [], Date.now() - (at + 1) * 7_200_000));
    const app = installed ? installedApp(installed.version, 1, Date.now() - (30 + at) * DAY * 1000) : null;
    return { ...site, informers: app ? INFORMERS : [], summary: { ...site.summary, reachability: reachOf(site), seenAt: Date.now() - 7_200_000, installed: app } };
  });
}

export function linuxSite(id: string, name: string, tags: string[], linux: LinuxSite): SiteDetail {
  const kubeconfig = { type: "pasted", content: "" } as const;
  return {
    summary: { id, name, target: "linux", address: linux.hosts[0]?.address ?? "", tags, pinned: false, reachability: { type: "unknown" }, seenAt: null, installed: null, lastRun: null, lease: null },
    kubernetes: { kubeconfig, context: "", namespace: "", clusterUid: "", registry: null },
    linux,
    hosts: [],
    signatureRequired: false,
    informers: [],
    revisions: [],
    runs: [],
  };
}

export function reachOf({ linux, hosts }: SiteDetail): Reachability {
  if (hosts.length === 0) return { type: "unknown" };
  const ready = hosts.filter((one) => one.steps.every((step) => step.state === "passed")).length;
  const failed = hosts.flatMap((one) => one.steps).find((step) => step.state === "failed");
  return { type: "hosts", ready, total: linux?.hosts.length ?? 0, reason: failed?.message ?? "" };
}

export function waitingTest(address: string, at: number, before: HostTest | undefined): HostTest {
  const steps = STEPS.map((step): HostStep => ({ step, state: "waiting", message: "" }));
  return { host: address, at, steps, unknownKey: "", latencyMs: null, facts: before?.facts ?? null, factsAt: before?.factsAt ?? null };
}

/** A host's test as it stands once `done` of its steps are over. */
export function testAt(of: SiteHost, before: HostTest, accepted: string[], done: number): HostTest {
  const fate = fateOf(of.address, accepted);
  const failsAt = fate ? (fate.unknownKey ? 2 : 1) : STEPS.length;
  const said = messages(of);
  const steps = STEPS.map((step, at): HostStep => {
    if (fate && done > failsAt) return at < failsAt ? { step, state: "passed", message: said[at] ?? "" } : at === failsAt ? { step, state: "failed", message: fate.problem } : { step, state: "skipped", message: "" };
    return { step, state: at < done ? "passed" : at === done ? "running" : "waiting", message: at < done ? (said[at] ?? "") : "" };
  });
  const facts = done >= STEPS.length && !fate ? factsOf(of) : before.facts;
  return {
    ...before,
    steps,
    unknownKey: done > failsAt ? (fate?.unknownKey ?? "") : "",
    latencyMs: done > 1 && !fate ? latencyOf(of) : null,
    facts,
    factsAt: done >= STEPS.length && !fate ? before.at : before.factsAt,
  };
}

export function tested(of: SiteHost, accepted: string[], at: number): HostTest {
  return testAt(of, waitingTest(of.address, at, undefined), accepted, STEPS.length);
}

const nameOf = (of: SiteHost) => of.address.replace(/^.*@/, "").replace(/:\d+$/, "");
const userOf = (of: SiteHost) => /^(.*)@/.exec(of.address)?.[1] ?? "root";
const sumOf = (of: SiteHost) => [...nameOf(of)].reduce((all, letter) => all + letter.charCodeAt(0), 0);
const latencyOf = (of: SiteHost) => (of.bastion ? 38 : 4) + (sumOf(of) % 9);

function messages(of: SiteHost): string[] {
  const port = /:(\d+)$/.exec(of.address)?.[1] ?? "22";
  const over = of.bastion ? ` over ${of.bastion}` : "";
  const root = userOf(of) === "root" ? "by being root" : "by sudo with password";
  return [`${nameOf(of)} port ${port}${over}`, `answered in ${latencyOf(of)} ms`, "", `as ${userOf(of)}`, root, ""];
}

/** What is on a host: "late" has a clock that is ahead, "old" has a cluster already. */
function factsOf(of: SiteHost): HostFacts {
  const sum = sumOf(of);
  const old = of.address.includes("old");
  const large = of.roles.includes("worker");
  return {
    name: /^\d/.test(nameOf(of)) ? `node-${nameOf(of).split(".").at(-1)}` : nameOf(of),
    os: old ? "Ubuntu 22.04.5 LTS" : "Debian GNU/Linux 12 (bookworm)",
    kernel: old ? "5.15.0-122-generic" : "6.1.0-28-amd64",
    machine: "x86_64",
    cpus: large ? 16 : 4,
    memory: (large ? 67.4 : 16.8) * GB,
    swap: old ? 2.1 * GB : 0,
    disks: [
      { mount: "/", device: "/dev/nvme0n1p2", size: 105.1 * GB, free: (30 + (sum % 50)) * GB },
      { mount: "/boot", device: "/dev/nvme0n1p1", size: 1.02 * GB, free: 0.78 * GB },
      { mount: "/var/lib/embedded-cluster", device: "/dev/mapper/data-cluster", size: 983.4 * GB, free: (old ? 61.2 : 700 + (sum % 90)) * GB },
    ],
    runtimes: old ? ["containerd 1.7.22", "docker 27.3.1"] : large ? ["containerd 1.7.24"] : [],
    kubernetes: old ? ["k3s v1.30.6+k3s1", "kubelet v1.30.6"] : [],
    addresses: [`eno1 ${/^\d/.test(nameOf(of)) ? nameOf(of) : `10.0.40.${sum % 250}`}/24`, `eno1 fe80::5054:ff:fe${(sum % 256).toString(16).padStart(2, "0")}:11/64`],
    skew: of.tags.includes("late") ? 2412 : (sum % 40) - 20,
    uptime: (3 + (sum % 60)) * DAY + (sum % 24) * 3600,
    user: userOf(of),
    privilege: userOf(of) === "root" ? "root" : "sudo with password",
  };
}
