import type { Reachability } from "../../bindings/Reachability";
import type { RevisionView } from "../../bindings/RevisionView";
import type { SiteDetail } from "../../bindings/SiteDetail";
import { linuxSites } from "./sample-hosts";
import { INFORMERS, installedApp } from "./sample-installed";

const DAY = 86_400_000;

export const WHO = "operator@bridge";

const reachable = (latencyMs: number, nodes: number): Reachability => ({ type: "reachable", latencyMs, version: "1.35.4", nodes });

export function revisionOf(revision: number, version: string, run: string, at: number, current: boolean): RevisionView {
  const charts = ["data", "web", "cache"].map((name) => `tidewater-${name} ${version}`);
  return { revision, version, at, who: WHO, run, current, charts };
}

interface SiteSpec {
  name: string;
  tags: string[];
  reach: Reachability;
  version?: string;
  pinned?: boolean;
}

const SPECS: SiteSpec[] = [
  { name: "acme-prod", tags: ["prod", "eu"], reach: reachable(12, 3), version: "1.0.0", pinned: true },
  { name: "acme-dr", tags: ["dr", "eu"], reach: reachable(31, 3), version: "1.0.0", pinned: true },
  { name: "globex-berlin", tags: ["prod", "eu"], reach: { type: "offline", reason: "10.4.0.11:6443 did not answer within 5 s." }, version: "1.0.0" },
  { name: "harbor-west", tags: ["prod", "us"], reach: reachable(96, 5), version: "1.0.0", pinned: true },
  { name: "initech-lab", tags: ["lab"], reach: { type: "credentialDied", reason: "The API server answered 401. The exec plugin said: token expired, log in again." }, version: "1.0.0" },
  { name: "hooli-edge", tags: ["edge", "us"], reach: reachable(140, 1) },
  { name: "northwind-factory", tags: ["prod"], reach: { type: "otherCluster", expected: "6b6f1f0e-6a0e-4c1b-9a55-1d1a", found: "91cc20d1-2f7a-4a43-b7b1-77e2" }, version: "1.0.0" },
  { name: "quay-test", tags: ["test"], reach: { type: "unknown" }, version: "1.1.0" },
];

export function sampleSites(many: number): SiteDetail[] {
  const clusters = SPECS.map((spec, at) => site(spec, at));
  const sites = [...clusters, ...linuxSites(clusters.length)];
  for (let at = sites.length; at < many; at += 1) {
    const tags = [["prod", "test", "lab", "edge"][at % 4] ?? "prod", ["eu", "us", "apac"][at % 3] ?? "eu"];
    const spec: SiteSpec = { name: `site-${String(at).padStart(4, "0")}`, tags, reach: reachable(5 + ((at * 37) % 200), 3) };
    sites.push(site(at % 5 === 0 ? spec : { ...spec, version: at % 3 === 0 ? "1.1.0" : "1.0.0" }, at));
  }
  return sites;
}

function site(spec: SiteSpec, at: number): SiteDetail {
  const id = `site-${String(at).padStart(4, "0")}`;
  const since = Date.now() - (20 + at) * DAY;
  const installed = spec.version ? installedApp(spec.version, 1, since) : null;
  return {
    summary: {
      id,
      name: spec.name,
      target: "kubernetes",
      address: `${spec.name}-admin`,
      tags: spec.tags,
      pinned: spec.pinned ?? false,
      reachability: spec.reach,
      seenAt: spec.reach.type === "unknown" ? null : Date.now() - at * 60_000,
      installed,
      lastRun: null,
      lease: null,
    },
    kubernetes: {
      kubeconfig: { type: "environment" },
      context: `${spec.name}-admin`,
      namespace: "",
      clusterUid: `6b6f1f0e-6a0e-4c1b-9a55-${String(at).padStart(12, "0")}`,
      registry: {
        address: "registry.acme.example:5000",
        pushAddress: null,
        namespace: "acme",
        username: "longshore",
        password: null,
        insecure: false,
        ca: "",
      },
    },
    linux: null,
    hosts: [],
    signatureRequired: false,
    informers: installed ? INFORMERS : [],
    revisions: [],
    runs: [],
  };
}
