import type { ClusterChange } from "../../bindings/ClusterChange";
import type { HostChange } from "../../bindings/HostChange";
import type { StepSpec } from "../../bindings/StepSpec";
import type { Workflow } from "../../bindings/Workflow";
import { step } from "./sample-step";

const part = (id: string, kind: string, title: string, seconds: number, more: Partial<StepSpec> = {}) =>
  step(id, kind, title, "infrastructure", { estimate: { bytes: 0, seconds }, timeoutSeconds: 1800, ...more });

/** Steps of a plan that prepare hosts and change their cluster, in the order of work. */
export function clusterSteps(workflow: Workflow, cluster: ClusterChange): StepSpec[] {
  if (workflow === "reset") return resetSteps(cluster);
  if (workflow === "restore") return restoreSteps(cluster);
  const { hosts } = cluster;
  const version = cluster.toVersion ?? "";
  const upgraded = hosts.filter((one) => one.change === "change");
  const added = hosts.filter((one) => one.change === "add");
  const checks = step("host-preflights", "hostPreflights", `Run the host checks on ${hosts.length} ${hosts.length === 1 ? "host" : "hosts"}`, "hostPreflights");
  const configure = workflow === "install" ? added.map(({ node }) => step(`configure:${node}`, "configureHost", `Prepare ${node}`, "hostConfiguration")) : [];
  const files = hosts.map(({ node, missingBytes }) =>
    part(`files:${node}`, "hostFiles", `Bring Kubernetes ${version} and its images to ${node}`, 30, { estimate: { bytes: missingBytes, seconds: 30 } }),
  );
  return [...configure, checks, ...files, ...upgradeSteps(upgraded, version), ...joinSteps(added, upgraded.length > 0 || workflow === "upgrade"), ...(workflow === "install" ? [part("namespace", "namespace", "Make the namespace tidewater", 2)] : [])];
}

function upgradeSteps(hosts: HostChange[], version: string): StepSpec[] {
  const [first, ...others] = hosts.filter((one) => one.role === "controller");
  if (!first) return [];
  const workers = hosts.filter((one) => one.role === "worker");
  return [
    part(`backup:${first.node}`, "backUp", `Back up etcd on ${first.node}`, 10),
    part(`upgrade:${first.node}`, "upgradeNode", `Upgrade the control plane to ${version}, first on ${first.node}`, 120, { pointOfNoReturn: others.length > 0 }),
    ...others.map(({ node }) => part(`upgrade:${node}`, "upgradeNode", `Upgrade controller ${node} to ${version}`, 90)),
    ...workers.flatMap(({ node }, at) => [
      part(`drain:${node}`, "drain", `Drain ${node}`, 40),
      part(`upgrade:${node}`, "upgradeNode", `Upgrade worker ${node} to ${version}`, 60, { pointOfNoReturn: at === 0 && others.length === 0 }),
      part(`uncordon:${node}`, "uncordon", `Wait until ${node} is ready and uncordon it`, 20),
    ]),
  ];
}

function joinSteps(hosts: HostChange[], there: boolean): StepSpec[] {
  return hosts.map(({ node, role }, at) =>
    at === 0 && !there
      ? part(`init:${node}`, "initCluster", `Make the cluster on ${node}`, 90)
      : part(`join:${node}`, "joinNode", `Join ${node} as a ${role}`, 40),
  );
}

function resetSteps({ hosts, toVersion }: ClusterChange): StepSpec[] {
  const away = toVersion === null ? [step("remove-app", "removeApp", "Remove Tidewater and its volumes", "reset")] : [];
  return [
    ...away,
    ...hosts.map(({ node, role }) =>
      step(`reset:${node}`, "resetHost", toVersion === null ? `Reset ${role} ${node}` : `Drain ${node}, take it out of the cluster and reset it`, "reset", { pointOfNoReturn: true }),
    ),
  ];
}

function restoreSteps({ hosts, toVersion }: ClusterChange): StepSpec[] {
  const on = (id: string, kind: string, title: string, more: Partial<StepSpec> = {}) => step(id, kind, title, "restore", { estimate: { bytes: 0, seconds: 40 }, timeoutSeconds: 1800, ...more });
  const [first] = hosts;
  if (!first) return [];
  return [
    on(`restore:${first.node}`, "restoreCluster", `Bring the cluster's state back on ${first.node}`, { pointOfNoReturn: true }),
    ...hosts.slice(1).map(({ node }) => on(`put-back:${node}`, "putBack", `Put ${node} back to ${toVersion}`)),
    on("nodes-ready", "wait", "Wait until all nodes are ready"),
  ];
}

/** What is said while a step of a cluster is done, a part of it after the other. */
export const SAID: Record<string, (node: string) => string[]> = {
  configureHost: () => ["Kernel settings in /etc/sysctl.d/90-longshore.conf", "Modules overlay, br_netfilter, nf_conntrack", "Swap off, folders made", "Verified"],
  hostPreflights: () => ["Asking every host", "Judging", "Judging", "Every check has an answer"],
  initCluster: () => ["kubeadm init: certificates", "kubeadm init: waiting for etcd", "Waiting for the API server: connection refused on 10.0.20.11:6443", "The API server answers; 1 of 1 nodes ready"],
  joinNode: (node) => ["kubeadm join: preflight", "kubeadm join: kubelet started", `Waiting for ${node} to be ready: network plugin is not ready`, `${node} is ready`],
  backUp: () => ["Taking a snapshot of etcd", "42.1 MB written", "Copying it to this machine", "Backup verified"],
  drain: () => [
    "Cordoned; 9 pods to evict",
    "5 of 9 pods evicted",
    "Waiting: PodDisruptionBudget tidewater/tidewater-web allows no eviction while 1 of 2 pods is ready",
    "9 of 9 pods evicted",
  ],
  upgradeNode: (node) => ["kubelet v1.34.3 → v1.35.4", "Restarting containerd and kubelet", `Waiting for ${node} to answer again after its reboot: no answer for 34 s`, `${node} runs v1.35.4`],
  uncordon: (node) => [`Waiting for ${node} to be ready: kubelet has not posted its status yet`, "Ready", "Uncordoned", "Pods are placed there again"],
  restoreCluster: () => ["Stopping the control plane", "Restoring the snapshot of etcd", "Waiting for the API server: connection refused on 10.0.20.11:6443", "The control plane works again"],
  putBack: (node) => ["Settings of the kubelet from the cluster", "Restarting containerd and kubelet", `Waiting for ${node} to be ready`, `${node} is ready`],
  extension: (release) => [`helm upgrade --install ${release}`, `Waiting for Deployment ${release}: 0 of 1 pods ready`, `Deployment ${release} is ready`],
  "storage-class": () => ["tidewater-disks is the default StorageClass", "A claim of 1 MiB waits for a volume", "The claim is bound", "What was tried is gone"],
  resetHost: () => ["Leaving the cluster", "Stopping kubelet and containerd", "Removing files, units, interfaces and rules", "Compared with what was there before"],
};

/** Files and images that go to a host, with their share of its bytes. */
export const PIECES: [name: string, share: number][] = [
  ["kubelet", 0.1],
  ["kubeadm and kubectl", 0.18],
  ["containerd", 0.12],
  ["images of the control plane", 0.6],
];

/** What a reset of the sample hosts leaves there, a line for each. */
export const LEFT = "Module br_netfilter stays loaded until the next start: it was not unloaded, since others may use it\n/var/log/pods has 14 files: logs are kept for who looks for a cause";
