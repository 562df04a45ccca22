import type { CheckResult } from "../../bindings/CheckResult";
import type { CheckState } from "../../bindings/CheckState";
import type { SiteDetail } from "../../bindings/SiteDetail";
import type { SupportPart } from "../../bindings/SupportPart";
import type { SupportSummary } from "../../bindings/SupportSummary";
import type { SupportView } from "../../bindings/SupportView";
import { contentsOf, foreignContents, type Contents } from "./sample-support-files";

/** A support bundle and its files; none while it is not done. */
export interface MemorySupport {
  view: SupportView;
  contents: Contents | null;
}

const HOUR = 3_600_000;
const DOCS = "https://docs.tidewater.example/support";

function result(title: string, state: CheckState, message: string, more: Partial<CheckResult> = {}): CheckResult {
  return { title, state, message, uri: "", strict: false, host: "", ...more };
}

/** What checks find in a cluster where Tidewater does not start. */
const CLUSTER: CheckResult[] = [
  result("Kubernetes version", "pass", "The Kubernetes version is supported: 1.35.4."),
  result("Nodes are ready", "pass", "All 3 nodes are ready."),
  result("Storage class", "pass", "The storage class standard is the default."),
  result("Certificates", "pass", "No certificate ends within 30 days."),
  result("Image of tidewater-web", "fail", "A pod of tidewater-web cannot pull its image: the registry has no registry.acme.example:5000/acme/tidewater/web:1.1.0. Push the images of the bundle again, then retry the step.", { uri: `${DOCS}/images` }),
  result("Memory for tidewater-data", "fail", "tidewater-data-0 asks for 4 GB of memory and no node has that free. Free some, or set a smaller database in the configuration."),
  result("Slow queries", "warn", "The log of tidewater-web names 22 slow queries within the last hour; the longest took 1.4 s.", { uri: `${DOCS}/slow-queries` }),
  result("Quota of the namespace", "error", "Cannot be judged: the credential may not list resourcequotas in tidewater."),
  result("GPU operator", "skipped", "The configuration uses no GPU."),
];

function hostResults(hosts: readonly string[]): CheckResult[] {
  return hosts.flatMap((host) => [
    result("Memory", "pass", "At least 2 GB of memory are present.", { host }),
    result("System clock", host.endsWith(".12") ? "warn" : "pass", host.endsWith(".12") ? "The clock is 1.6 s behind the others; wait for NTP or mend its servers." : "The clock is synchronised.", { host }),
    result("containerd", host.includes("down") ? "error" : "pass", host.includes("down") ? "Cannot be judged: the host was not reached." : "containerd runs.", { host }),
  ]);
}

/** Parts of a site, in their order, none of them done. */
export function partsOf({ linux }: SiteDetail): SupportPart[] {
  const hosts = (linux?.hosts ?? []).map(({ address }) => `the host ${address}`);
  const names = ["the site and its runs", ...(linux ? hosts : ["the cluster", "logs of pods"]), "specs of the release", "checks"];
  return names.map((name) => ({ name, done: false, problem: "" }));
}

/** Why a part cannot be had; it follows from the names. */
export function problemOf(part: string, { summary }: SiteDetail): string {
  if (part.startsWith("the host") && part.includes("down")) return "no answer within 10 s while connecting; check a firewall on the way and the host's load";
  if (part.startsWith("the host") && part.includes("new")) return "its key is unknown; compare the fingerprint with the host's own, then accept it";
  if (part === "the cluster" && summary.reachability.type === "offline") return summary.reachability.reason;
  if (part === "logs of pods" && summary.name === "acme-prod") return "kube-system: the credential may not read logs of pods there";
  return "";
}

/** A bundle with everything that belongs to one that is done. */
export function ended(of: MemorySupport, contents: Contents, results: CheckResult[], figures: { masked: number; cut: number }): MemorySupport {
  const number = (state: CheckState) => results.filter((one) => one.state === state).length;
  const found = { passed: number("pass"), warned: number("warn"), failed: number("fail"), unjudged: number("error") };
  const unpacked = [...contents.values()].reduce((all, text) => all + text.length, 0);
  const summary: SupportSummary = { ...of.view.summary, ...found, ...figures, progress: "done", files: contents.size, size: Math.round(unpacked * 31.7) };
  return { contents, view: { ...of.view, summary, results } };
}

/** What comes of a site in the end. */
export function endOf(of: MemorySupport, site: SiteDetail): MemorySupport {
  const hosts = (site.linux?.hosts ?? []).map(({ address }) => address);
  const figures = { masked: hosts.length > 0 ? 12 : 41, cut: hosts.length > 0 ? 0 : 2 };
  return ended(of, contentsOf(site.summary.name, hosts), hosts.length > 0 ? hostResults(hosts) : CLUSTER, figures);
}

export function begunAt(id: string, at: number, name: string, more: Partial<SupportSummary> = {}): MemorySupport {
  const summary: SupportSummary = { id, at, progress: "running", site: null, name, own: true, size: 0, files: 0, passed: 0, warned: 0, failed: 0, unjudged: 0, masked: 0, cut: 0, ...more };
  return { contents: null, view: { summary, parts: [], results: [], problem: "" } };
}

/** One that somebody else collected, as it is once it has been read. */
export function openedAt(id: string, at: number, name: string): MemorySupport {
  const results = CLUSTER.filter(({ state }) => state !== "error").map((one) => (one.state === "warn" ? one : { ...one, state: "pass" as const }));
  return ended(begunAt(id, at, name, { own: false }), foreignContents(), results, { masked: 7, cut: 0 });
}

/** The first `many` parts done, as far as each can be had. */
export function partsDone(site: SiteDetail, many: number): SupportPart[] {
  return partsOf(site).map((part, at) => (at < many ? { ...part, done: true, problem: problemOf(part.name, site) } : part));
}

/** Support bundles from before the window was opened, newest first. */
export function pastSupports(sites: readonly SiteDetail[], now: number): MemorySupport[] {
  const of = (name: string, id: string, hoursAgo: number, more: Partial<SupportSummary>, view: (site: SiteDetail) => Partial<SupportView>): MemorySupport[] => {
    const site = sites.find((one) => one.summary.name === name);
    if (!site) return [];
    const { contents, view: begun } = begunAt(id, now - hoursAgo * HOUR, name, { site: site.summary.id, ...more });
    return [{ contents, view: { ...begun, ...view(site) } }];
  };
  const done = of("acme-prod", "sb-4", 3, {}, (site) => ({ parts: partsDone(site, 99) })).map((one) => endOf(one, sites.find((site) => site.summary.name === "acme-prod") as SiteDetail));
  return [
    // Waits for a host that does not answer for as long as somebody looks.
    ...of("orchard-plant", "sb-5", 0.02, {}, (site) => ({ parts: partsDone(site, 3) })),
    ...done,
    openedAt("sb-3", now - 26 * HOUR, "globex-support-bundle-2026-11-25T08_12_44.tar.gz"),
    ...of("harbor-west", "sb-2", 50, { progress: "cancelled" }, (site) => ({ parts: partsDone(site, 1) })),
    ...of("acme-dr", "sb-1", 75, { progress: "done" }, (site) => ({ parts: partsDone(site, 4), problem: "There is no room for the support bundle: 12.0 MB are free in ~/.local/share/longshore and 61.2 MB are needed." })),
    ...of("acme-prod", "sb-0", 240, { progress: "interrupted" }, (site) => ({ parts: partsDone(site, 2) })),
  ];
}
