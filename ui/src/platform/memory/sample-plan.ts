import type { ChartChange } from "../../bindings/ChartChange";
import type { CheckResult } from "../../bindings/CheckResult";
import type { ConfigChange } from "../../bindings/ConfigChange";
import type { ImageChange } from "../../bindings/ImageChange";
import type { ObjectDiff } from "../../bindings/ObjectDiff";
import type { Plan } from "../../bindings/Plan";
import type { StepSpec } from "../../bindings/StepSpec";
import type { Workflow } from "../../bindings/Workflow";
import { digest, IMAGES } from "./sample-bundles";
import type { MemoryCluster } from "./sample-cluster";
import { clusterSteps } from "./sample-cluster-steps";
import { extensionPoints, extensionsFor, extensionSteps } from "./sample-extensions";
import { step } from "./sample-step";

export function deployment(name: string, version: string, replicas: number, extra = ""): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: tidewater
  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/instance: tidewater
    app.kubernetes.io/managed-by: Helm
spec:
  replicas: ${replicas}
  selector:
    matchLabels:
      app.kubernetes.io/name: ${name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: ${name}
    spec:
      containers:
        - name: main
          image: registry.acme.example:5000/tidewater/web:${version}
${extra}          ports:
            - name: http
              containerPort: 8080
          readinessProbe:
            httpGet:
              path: /healthz
              port: http
            periodSeconds: 2
          resources:
            requests:
              cpu: 50m
              memory: 64Mi
`;
}

const SECRET = (mark: string) => `apiVersion: v1
kind: Secret
metadata:
  name: tidewater-db
  namespace: tidewater
stringData:
  password: ${mark}
`;

const object = (kind: string, name: string, change: ObjectDiff["change"], before: string, after: string): ObjectDiff => ({
  kind,
  namespace: "tidewater",
  name,
  change,
  before,
  after,
});

function chart(name: string, weight: number, from: string | null, to: string | null, objects: ObjectDiff[]): ChartChange {
  const change = from === null ? "add" : to === null ? "remove" : from === to ? "keep" : "change";
  return { release: name, chart: name, namespace: "tidewater", fromVersion: from, toVersion: to, change, weight, objects };
}

const ASKS =
  "A registry is asked at each start of CronJob tidewater-nightly (imagePullPolicy Always, or the tag latest without a policy), and this site names none: unless its hosts reach the one in the images' names, these pods will not start, though the hosts have the images. Name a registry with `longshore site update --registry HOST:PORT`, or have the vendor set IfNotPresent.";

export function chartsFor(from: string | null, to: string): ChartChange[] {
  const web = deployment("tidewater-web", to, 3, "          env:\n            - name: CONTACT_EMAIL\n              value: ops@tidewater.example\n");
  if (from === null) {
    return [
      chart("tidewater-data", 10, null, to, [object("Secret", "tidewater-db", "add", "", SECRET("masked"))]),
      chart("tidewater-web", 20, null, to, [object("Deployment", "tidewater-web", "add", "", web)]),
    ];
  }
  const old = deployment("tidewater-web", from, 1);
  return [
    chart("tidewater-data", 10, from, to, [object("Secret", "tidewater-db", "change", SECRET("masked (old)"), SECRET("masked (new)"))]),
    chart("tidewater-web", 20, from, to, [object("Deployment", "tidewater-web", "change", old, web)]),
    chart("tidewater-cache", 30, null, to, [object("Deployment", "tidewater-cache", "add", "", deployment("tidewater-cache", to, 1))]),
    chart("tidewater-gauge", 40, "0.9.2", "0.9.2", []),
    chart("tidewater-legacy", 50, from, null, [object("Deployment", "tidewater-legacy", "remove", deployment("tidewater-legacy", from, 1), "")]),
  ];
}

const VERBS = { add: "Install", change: "Upgrade", remove: "Remove", keep: "Leave" };

export function stepsFor(workflow: Workflow, from: string | null, to: string, cluster: MemoryCluster | null = null): StepSpec[] {
  if (workflow === "reset" || workflow === "restore") return cluster ? clusterSteps(workflow, cluster.change) : [];
  if (workflow === "rollback") {
    return [
      ...["cache", "web", "data"].map((name) => step(`chart:tidewater-${name}`, "chart", `Roll chart tidewater-${name} back to ${to}`, "rollback")),
      step("manifests", "manifests", "Apply plain manifests of the revision", "rollback"),
      step("record", "record", "Record the revision", "rollback"),
    ];
  }
  const checks = step("preflights", "preflights", "Run the release's checks", "appPreflights");
  if (workflow === "preflight") return [checks];
  const charts = chartsFor(from, to)
    .filter((one) => one.change !== "keep")
    .map((one) => {
      const title = `${VERBS[one.change]} chart ${one.release}${one.toVersion ? ` ${workflow === "upgrade" ? "to " : ""}${one.toVersion}` : ""}`;
      return step(`chart:${one.release}`, "chart", title, "app", { maySkip: one.change !== "change", estimate: { bytes: 0, seconds: 20 } });
    });
  const moved = IMAGES.reduce((all, image) => all + image.missing, 0);
  const images = step("images", "imagePush", `Push ${IMAGES.length} images to ${cluster ? "every host" : "the registry"}`, "airgap", { estimate: { bytes: moved, seconds: 25 } });
  const onHosts = cluster ? [...clusterSteps(workflow, cluster.change), ...extensionSteps(extensionsFor(workflow, from, to))] : [];
  return [
    ...(workflow === "install" && !cluster
      ? [
          step("namespace", "namespace", "Make the namespace tidewater", "infrastructure"),
          step("registry-access", "registryAccess", "Give the namespace access to the registry", "infrastructure"),
        ]
      : []),
    ...(workflow === "upgrade" ? [images, ...onHosts] : [...onHosts, images]),
    checks,
    step("migrate", "job", "Run the job db-migrate", "app", { pointOfNoReturn: workflow === "upgrade", estimate: { bytes: 0, seconds: 15 } }),
    ...charts,
    step("manifests", "manifests", "Apply plain manifests", "app"),
    step("informers", "wait", "Wait for the application to be ready", "app", { maySkip: true, estimate: { bytes: 0, seconds: 30 } }),
    step("record", "record", "Record the revision", "app"),
  ];
}

export function imagesFor(to: string): ImageChange[] {
  return IMAGES.map((image) => ({
    reference: `${image.name}:${to}`,
    destination: `registry.acme.example:5000/acme/${image.name}:${to}`,
    bytes: image.size,
    missingBytes: image.missing,
  }));
}

const WHY: Record<string, string> = {
  job: "The job db-migrate changes the database in place. A rollback brings the charts back, not the data.",
  upgradeNode: "Kubernetes does not go back to an older version. After a failure the upgrade is gone on with from the step that failed.",
  restoreCluster: "What changed in the cluster since the backup was made is lost: objects, and what releases were installed. Volumes keep what is in them.",
  resetHost: "What was on the host of the cluster and of the application is gone, data among it.",
};

export function planFor(workflow: Workflow, from: string | null, to: string, config: ConfigChange[], cluster: MemoryCluster | null): Plan {
  const onHosts = workflow === "reset" || workflow === "restore";
  const bare = workflow === "rollback" || onHosts;
  const charts = bare ? [] : chartsFor(from, to);
  const extensions = cluster ? extensionsFor(workflow, from, to) : [];
  const images = onHosts ? [] : imagesFor(to);
  const steps = stepsFor(workflow, from, to, cluster);
  const number = (change: ChartChange["change"]) => charts.filter((one) => one.change === change).length;
  const motd = (version: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: tidewater-motd\n  namespace: tidewater\ndata:\n  version: "${version}"\n`;
  return {
    digest: digest(`plan-${workflow}-${from}-${to}-${config.length}`),
    workflow,
    madeAt: Date.now(),
    summary: {
      chartsAdded: number("add"),
      chartsChanged: number("change"),
      chartsRemoved: number("remove"),
      chartsKept: number("keep"),
      manifestsApplied: onHosts ? 0 : 1,
      manifestsPruned: 0,
      images: images.length,
      bytesToMove: [...images, ...(cluster?.change.hosts ?? [])].reduce((all, one) => all + one.missingBytes, 0),
      diskNeeded: images.reduce((all, one) => all + one.bytes, 0),
    },
    steps,
    charts,
    ...(extensions.length > 0 ? { extensions, warnings: [ASKS] } : {}),
    manifests: onHosts ? [] : [{ object: object("ConfigMap", "tidewater-motd", from ? "change" : "add", from ? motd(from) : "", motd(to)) }],
    images,
    config,
    ...(cluster ? { cluster: cluster.change } : {}),
    pointsOfNoReturn: [...steps.filter((one) => one.pointOfNoReturn).map((one) => ({ step: one.id, why: WHY[one.kind] ?? "" })), ...extensionPoints(extensions)],
    assumptions: { clusterUid: "6b6f1f0e", installedVersion: from, revision: from ? 1 : 0, configDigest: digest("config") },
  };
}

export function checksFor(fails: boolean): CheckResult[] {
  const result = (title: string, state: CheckResult["state"], message: string, strict = false): CheckResult => ({ title, state, message, strict, uri: "", host: "" });
  return [
    result("Kubernetes version", "pass", "The Kubernetes version is supported: 1.35.4.", true),
    result("At least one node", "pass", "The cluster has 3 nodes."),
    fails
      ? { ...result("Memory of the nodes", "fail", "Node worker-2 has 1.9 GiB of memory; Tidewater needs 4 GiB. Add memory, or cordon the node."), uri: "https://tidewater.example/sizing" }
      : result("Memory of the nodes", "pass", "Every node has at least 4 GiB."),
    result("Storage class", "warn", "No storage class is the default. Volumes stay pending until one is: annotate one with storageclass.kubernetes.io/is-default-class."),
    ...(fails ? [result("Registry from inside", "error", "The check pod did not start within 60 s: 0/3 nodes are available. It could not be judged.")] : []),
    result("Ingress controller", "skipped", "The tier does not use one."),
  ];
}
