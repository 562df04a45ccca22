/** What collectors found where Tidewater does not start: text by path. All of it is ASCII, so that letters are bytes. */
export type Contents = ReadonlyMap<string, string>;

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
const clock = (second: number) => new Date(Date.UTC(2026, 10, 26, 8, 0, second)).toISOString();

/** A log long enough to be read in pieces. */
function webLog(lines: number): string {
  const words = ["GET /tides 200 in 4 ms", "GET /gauges/quay 200 in 7 ms", "reading quay.gauges:4840", "low water at 06:12", "GET /healthz 200 in 0 ms"];
  return Array.from({ length: lines }, (_, at) => {
    if (at % 311 === 310) return `${clock(at)} error connection to tidewater-data refused, trying again; password=***HIDDEN***`;
    if (at % 97 === 96) return `${clock(at)} warn  slow query: SELECT level FROM tides WHERE gauge = 'quay' ORDER BY at DESC LIMIT 500 took 1.4 s, which is longer than the 500 ms that a page waits for it`;
    return `${clock(at)} info  ${words[at % words.length] ?? ""}`;
  }).join("\n");
}

function event(second: number, reason: string, object: string, message: string, type = "Warning") {
  return { lastTimestamp: clock(second), type, reason, involvedObject: { kind: "Pod", namespace: "tidewater", name: object }, message };
}

const EVENTS = [
  event(2, "Scheduled", "tidewater-web-7c9f6d5b4-x2x8q", "Successfully assigned tidewater/tidewater-web-7c9f6d5b4-x2x8q to node-2", "Normal"),
  event(9, "Failed", "tidewater-web-7c9f6d5b4-x2x8q", "Failed to pull image \"registry.acme.example:5000/acme/tidewater/web:1.1.0\": manifest unknown"),
  event(11, "BackOff", "tidewater-web-7c9f6d5b4-x2x8q", "Back-off pulling image: ImagePullBackOff"),
  event(40, "FailedScheduling", "tidewater-data-0", "0/3 nodes are available: 3 Insufficient memory."),
];

function pod(name: string, node: string, waiting: string) {
  const status = waiting === "" ? { ready: true, state: { running: { startedAt: clock(5) } } } : { ready: false, state: { waiting: { reason: waiting } } };
  return { metadata: { name, namespace: "tidewater" }, spec: { nodeName: node }, status: { phase: waiting ? "Pending" : "Running", containerStatuses: [{ name: "web", restartCount: 0, ...status }] } };
}

const PODS = [pod("tidewater-cache-0", "node-1", ""), pod("tidewater-web-7c9f6d5b4-m4k7d", "node-1", ""), pod("tidewater-web-7c9f6d5b4-x2x8q", "node-2", "ImagePullBackOff")];

function cluster(): [string, string][] {
  const node = (name: string) => ({ metadata: { name }, status: { capacity: { cpu: "4", memory: "8Gi" }, conditions: [{ type: "Ready", status: "True" }] } });
  const logs = "cluster-resources/pods/logs/tidewater";
  return [
    ["cluster-info/cluster_version.json", json({ major: "1", minor: "35", gitVersion: "v1.35.4" })],
    ["cluster-resources/nodes.json", json({ items: ["node-1", "node-2", "node-3"].map(node) })],
    ["cluster-resources/namespaces.json", json({ items: ["default", "kube-system", "tidewater"].map((name) => ({ metadata: { name } })) })],
    ["cluster-resources/events/tidewater.json", json({ items: EVENTS })],
    ["cluster-resources/deployments/tidewater.json", json({ items: [{ metadata: { name: "tidewater-web" }, spec: { replicas: 3 }, status: { readyReplicas: 2 } }] })],
    ["cluster-resources/pods/tidewater.json", json({ items: PODS })],
    [`${logs}/tidewater-web-7c9f6d5b4-m4k7d/web.log`, webLog(2200)],
    [`${logs}/tidewater-cache-0/cache.log`, "ready to accept connections\nmaxmemory 256mb, policy allkeys-lru\n"],
    [`${logs}/tidewater-cache-0/cache-previous.log`, ""],
    ["secrets/tidewater/tidewater-data.json", json({ namespace: "tidewater", name: "tidewater-data", key: "password", secretExists: true, keyExists: true, value: "***HIDDEN***" })],
  ];
}

function host(name: string): [string, string][] {
  return [
    [`hosts/${name}/cpu.json`, json({ logicalCount: 4, physicalCount: 2, flags: ["sse4_2", "avx2"] })],
    [`hosts/${name}/memory.json`, json({ total: 8_201_121_792 })],
    [`hosts/${name}/journal/containerd.log`, Array.from({ length: 120 }, (_, at) => `${clock(at)} ${name} containerd[812]: level=${at % 40 === 39 ? "error msg=\"pull failed: manifest unknown\"" : "info msg=\"event /tasks/start\""}`).join("\n")],
    [`hosts/${name}/wtmp`, `\u0007\u0000\u0000\u0000pts/0\u0000\u0000ops\u0000\u0000${"\u0000".repeat(180)}`],
  ];
}

/** What Longshore itself knows. The run's plan is on one line, as journals have it. */
function own(name: string): [string, string][] {
  const run = "longshore/runs/run-000014";
  const steps = Array.from({ length: 400 }, (_, at) => ({ id: `image:${at}`, title: `Push tidewater/web layer ${at}`, phase: "airgap" }));
  const record = (seq: number, record: object) => JSON.stringify({ seq, at: clock(seq), record });
  return [
    ["longshore/about.json", json({ longshore: "0.1.0", collectedAt: clock(0) })],
    ["longshore/site.json", json({ id: "site-0000", name, tags: ["prod", "eu"], registry: { address: "registry.acme.example:5000", username: "longshore", password: "***HIDDEN***" } })],
    ["longshore/runs.json", json([{ id: "run-000014", workflow: "upgrade", state: "AppUpgradeFailed", fromVersion: "1.0.0", version: "1.1.0" }])],
    ["longshore/audit.json", json([{ at: clock(0), who: "operator@bridge", command: "run_execute", result: "ok" }])],
    [`${run}/journal.jsonl`, [record(1, { type: "runCreated", workflow: "upgrade" }), record(2, { type: "planFrozen", plan: { steps } }), record(3, { type: "stepFailed", step: "chart:tidewater-web", failure: { message: "The pods of tidewater-web did not become ready", causes: ["ImagePullBackOff: manifest unknown"] } })].join("\n")],
    [`${run}/log.jsonl`, Array.from({ length: 60 }, (_, at) => JSON.stringify({ index: at, at: clock(at), level: "info", text: `Push tidewater/web: part ${at + 1} of 60` })).join("\n")],
  ];
}

/** Files of a support bundle of a site, of its cluster or of its hosts. */
export function contentsOf(name: string, hosts: readonly string[]): Contents {
  const there = hosts.length > 0 ? hosts.flatMap(host) : cluster();
  return new Map([...own(name), ...there, ["analysis.json", "[]\n"], ["version.yaml", "apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: v0.120.0\n"]]);
}

/** Files of one that another program made. */
export function foreignContents(): Contents {
  return new Map([...cluster(), ["execution-data/summary.txt", "============ Collectors summary =============\nSucceeded (S), eXcluded (X), Failed (F)\ncluster-resources (S)   : 1,204ms\n"], ["version.yaml", "apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: v0.119.1\n"]]);
}
