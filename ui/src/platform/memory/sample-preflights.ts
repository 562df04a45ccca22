import type { CheckResult } from "../../bindings/CheckResult";
import type { CheckState } from "../../bindings/CheckState";
import type { HostChecks } from "../../bindings/HostChecks";
import type { PreflightProgress } from "../../bindings/PreflightProgress";
import type { PreflightView } from "../../bindings/PreflightView";

/** Collectors of the built-in checks. */
export const COLLECTORS = 31;

type Check = [title: string, passes: string];

/** The built-in host checks, as many as a host gets. */
const HOST_CHECKS: Check[] = [
  ["CPU", "At least 2 CPU cores are present."],
  ["CPU features", "The CPU has the features of x86-64-v2."],
  ["Memory", "At least 2 GB of memory are present."],
  ["Default route", "There is a default route."],
  ["IPv4 interface", "There is an interface with an IPv4 address."],
  ["System clock", "The clock is synchronised."],
  ["Cgroups", "Cgroups are on."],
  ...["cpu", "cpuset", "memory", "pids"].map((one): Check => [`Cgroup controller ${one}`, `The cgroup controller ${one} is on.`]),
  ["/proc", "/proc is mounted."],
  ...["mount", "umount", "modprobe", "tar"].map((one): Check => [`Command ${one}`, `${one} is on the PATH.`]),
  ["Kernel", "The kernel is new enough."],
  ["Hostname length", "The host's name fits into labels."],
  ["API access", "https://replicated.app answers."],
  ["Proxy registry access", "https://proxy.replicated.com answers."],
  ["Resolver configuration", "/etc/resolv.conf names no server of the host itself."],
  ["Nameserver configuration", "/etc/resolv.conf names a server."],
  ["Wildcard DNS", "No search domain has a wildcard record."],
  ["Filesystem write latency", "Writes take 2.1ms at the 99th percentile."],
  ["Data directory symlink", "/var/lib/embedded-cluster is no symlink."],
  ["Data directory permissions", "The data directory and those above it can be entered."],
  ["Data directory filesystem", "The file system of the data directory is fit."],
  ["SELinux user of the data directory", "SELinux is not enforcing or the label is right."],
  ["SELinux type of the binaries", "SELinux is not enforcing or the label is right."],
  ["IPv4 forwarding", "net.ipv4.ip_forward is set well."],
  ["ARP filter", "net.ipv4.conf.all.arp_filter is set well."],
  ...["overlay", "br_netfilter", "nf_conntrack", "nft_compat"].map((one): Check => [`Kernel module ${one}`, `The kernel module ${one} is loaded or can be.`]),
  ["Netfilter back end", "nf_tables with nft_compat is there."],
  ["Disk space", "The file system of the data directory is large enough."],
  ...["2380/TCP", "6443/TCP", "9443/TCP", "10250/TCP"].map((one): Check => [`TCP port ${one}`, `TCP port ${one} is free.`]),
  ["UDP port 4789", "UDP port 4789 is free."],
  ["Pod network", "10.244.0.0/17 overlaps no route of the host."],
  ["Service network", "10.244.128.0/17 overlaps no route of the host."],
];

type Fault = [state: CheckState, message: string, more?: Partial<CheckResult>];

const FAULTS: Record<string, Fault> = {
  Memory: ["fail", "At least 2 GB of memory are needed.", { strict: true }],
  "System clock": ["warn", "NTP is on but the clock is not synchronised; wait for it or mend its servers."],
  "Disk space": [
    "fail",
    "The file system of /var/lib/embedded-cluster is fuller than 80 %; free space or choose another data directory.",
    { uri: "https://docs.replicated.com/enterprise/installing-embedded-requirements" },
  ],
  "Filesystem write latency": ["warn", "Writes to /var/lib/embedded-cluster/etcd take 34.6ms at the 99th percentile; a disk with less than 10 ms is needed."],
  "API access": ["error", "Cannot be judged: the collector http did not end within 30s."],
  "TCP port 6443/TCP": ["fail", "TCP port 6443/TCP is taken by another process; stop or move it."],
  "SELinux type of the binaries": ["skipped", "The host has no SELinux."],
};

export const UNREACHABLE = (host: string) => `${host}: no answer within 10 s while connecting; check a firewall on the way and the host's load`;
export const UNKNOWN_KEY = (host: string) => `${host}: its key is unknown; compare the fingerprint with the host's own, then accept it`;
export const FINGERPRINT = "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8";

/** What becomes of a host by its name: "down" does not answer, "new" has a key nobody knows. */
export function fateOf(host: string, acceptedKeys: string[]): { problem: string; unknownKey: string } | null {
  if (host.includes("down")) return { problem: UNREACHABLE(host), unknownKey: "" };
  if (host.includes("new") && !acceptedKeys.includes(FINGERPRINT)) return { problem: UNKNOWN_KEY(host), unknownKey: FINGERPRINT };
  return null;
}

/** Answers of a host: all as they should be but the named ones, or all unjudged for one reason. */
export function hostResults(host: string, faults: string[], why = ""): CheckResult[] {
  return HOST_CHECKS.map(([title, message]) => {
    const result: CheckResult = { title, state: "pass", message, uri: "", strict: false, host };
    if (why) return { ...result, state: "error", message: `Cannot be judged: ${why}` };
    const fault = faults.includes(title) ? FAULTS[title] : undefined;
    return fault ? { ...result, state: fault[0], message: fault[1], ...fault[2] } : result;
  });
}

/** Faults that a host of a name has, always the same ones. */
export function faultsOf(host: string): string[] {
  const sum = [...host].reduce((all, letter) => all + letter.charCodeAt(0), 0);
  return Object.keys(FAULTS).filter((_, at) => (sum + at * 5) % 11 === 0);
}

export function clusterResults(): CheckResult[] {
  const result = (title: string, state: CheckState, message: string): CheckResult => ({ title, state, message, uri: "", strict: false, host: "" });
  return [
    result("Kubernetes version", "pass", "The Kubernetes version is supported: 1.35.4."),
    result("At least one node", "pass", "The cluster has 3 nodes."),
    result("Storage class", "warn", "No storage class is the default. Volumes stay pending until one is."),
  ];
}

export function hostAt(host: string, progress: HostChecks["progress"] = "waiting"): HostChecks {
  const done = progress === "done" ? COLLECTORS : 0;
  return { host, progress, problem: "", unknownKey: "", done, of: COLLECTORS, notes: [] };
}

/** A view with its figures counted. */
export function counted(view: PreflightView): PreflightView {
  const number = (state: CheckState) => view.results.filter((one) => one.state === state).length;
  const figures = { passed: number("pass"), warned: number("warn"), failed: number("fail"), unjudged: number("error") };
  return { ...view, summary: { ...view.summary, ...figures } };
}

interface Past {
  id: string;
  at: number;
  hosts: [host: string, faults: string[]][];
  specs?: string[];
  progress?: PreflightProgress;
  site?: { id: string; name: string };
}

function ended({ id, at, hosts, specs = ["built-in host checks"], progress = "done", site }: Past): PreflightView {
  const fates = hosts.map(([host]) => fateOf(host, []));
  return counted({
    summary: { id, at, progress, specs, site: site?.id ?? null, siteName: site?.name ?? "", hosts: hosts.length, passed: 0, warned: 0, failed: 0, unjudged: 0 },
    hosts: hosts.map(([host], at) => ({ ...hostAt(host, fates[at] ? "unreached" : "done"), ...fates[at], notes: notesOf(host) })),
    results: [...hosts.flatMap(([host, faults], at) => hostResults(host, faults, fates[at]?.problem)), ...(site ? clusterResults() : [])],
  });
}

function notesOf(host: string): string[] {
  if (host === "app1") return ["Asked without root: app1: cannot become root: sudo wants a password and none was given; enter it, or allow sudo without one", "Only root could have had: kernel modules, listening ports"];
  return host === "db1" ? ["The output of journald was cut at 1 MB."] : [];
}

const HOUR = 3_600_000;

/** Preflight runs of the days before, newest first. */
export function pastPreflights(now: number, site: { id: string; name: string } | undefined): PreflightView[] {
  const many = Array.from({ length: 50 }, (_, at) => `edge-${String(at + 1).padStart(2, "0")}.plant.example`);
  return [
    ended({ id: "pf-5", at: now - 2 * HOUR, hosts: [["db1", []], ["app-down", []], ["deploy@app-new:2222", []]], specs: ["built-in host checks", "tidewater-hosts.yaml"] }),
    ended({ id: "pf-4", at: now - 5 * HOUR, hosts: many.map((host) => [host, faultsOf(host)]) }),
    ended({ id: "pf-3", at: now - 20 * HOUR, hosts: [["db1", ["Memory", "SELinux type of the binaries"]], ["app1", ["System clock", "API access"]], ["app2", ["Filesystem write latency"]]], ...(site ? { site } : {}), specs: ["built-in host checks", "tidewater-preflight.yaml"] }),
    ended({ id: "pf-2", at: now - 68 * HOUR, hosts: [["db1", ["Disk space"]], ["app1", ["System clock", "TCP port 6443/TCP"]], ["app2", []]] }),
    ended({ id: "pf-1", at: now - 92 * HOUR, hosts: [["db1", ["Disk space"]], ["app1", ["System clock", "TCP port 6443/TCP"]], ["app2", []]], progress: "done" }),
    ended({ id: "pf-0", at: now - 200 * HOUR, hosts: [["this machine", ["System clock"]]], progress: "cancelled" }),
  ];
}
