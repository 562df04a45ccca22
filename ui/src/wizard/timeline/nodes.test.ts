import { describe, expect, it } from "vitest";

import type { ClusterChange } from "../../bindings/ClusterChange";
import type { HostChange } from "../../bindings/HostChange";
import type { StepView } from "../../bindings/StepView";
import { nodesStand, stepsOfNode } from "./nodes";

const host = (node: string, role: HostChange["role"], change: HostChange["change"] = "change"): HostChange => ({
  host: `root@${node}`,
  node,
  role,
  change,
  fromVersion: "v1.34.3",
  toVersion: "v1.35.4",
  missingBytes: 0,
});
const cluster: ClusterChange = {
  runtime: "kubeadm",
  fromVersion: "v1.34.3",
  toVersion: "v1.35.4",
  through: ["v1.35.4"],
  hosts: [host("c-1", "controller"), host("w-1", "worker"), host("w-11", "worker")],
  recovery: "",
};
const step = (id: string, status: StepView["status"], more: Partial<StepView> = {}): StepView => ({
  id,
  kind: "k",
  title: `Do ${id}`,
  phase: "infrastructure",
  status,
  attempt: 1,
  startedAt: 0,
  endedAt: null,
  outcome: null,
  failure: null,
  progress: [],
  pointOfNoReturn: false,
  maySkip: false,
  ...more,
});
const failure = { class: "brokenTarget" as const, message: "Not ready.", causes: [], hint: "" };

describe("stepsOfNode", () => {
  it("takes a node by its whole name", () => {
    const steps = [step("drain:w-1", "pending"), step("drain:w-11", "pending"), step("upgrade:v1.35.4:w-1", "pending"), step("storage", "pending")];
    expect(stepsOfNode("w-1", steps).map((one) => one.id)).toEqual(["drain:w-1", "upgrade:v1.35.4:w-1"]);
  });

  it("leaves out charts that have the name of a node", () => {
    const steps = [step("extension:w-1", "pending", { kind: "extension" }), step("extension-images:w-1", "pending", { kind: "host-images" })];
    expect(stepsOfNode("w-1", steps).map((one) => one.id)).toEqual(["extension-images:w-1"]);
  });
});

describe("nodesStand", () => {
  const of = (steps: StepView[], live = true) =>
    nodesStand(cluster, steps, ["infrastructure"], live).map(({ host: { node }, mark, word, detail, done, of: all }) => [node, mark, word, detail, `${done}/${all}`]);

  it("keeps the order of work, and says at which step each node is", () => {
    const said = { step: "drain:w-1", child: "", done: 1, total: 4, unit: "items" as const, message: "Waiting: PodDisruptionBudget a/b allows no eviction" };
    const steps = [
      step("upgrade:c-1", "succeeded"),
      step("drain:w-1", "running", { progress: [said] }),
      step("upgrade:w-1", "pending"),
      step("files:w-11", "succeeded"),
      step("drain:w-11", "pending"),
    ];
    expect(of(steps)).toEqual([
      ["c-1", "passed", "Upgraded", "", "1/1"],
      ["w-1", "running", "Do drain:w-1", said.message, "0/2"],
      ["w-11", "waiting", "Waits for its turn", "", "1/2"],
    ]);
  });

  it("says what failed, what was cut off, and what is tried again", () => {
    expect(of([step("drain:w-1", "failed", { failure })])).toEqual([["w-1", "failed", "Do drain:w-1", "Not ready.", "0/1"]]);
    expect(of([step("drain:w-1", "running")], false)).toEqual([["w-1", "warning", "Do drain:w-1: begun, not finished", "", "0/1"]]);
    expect(of([step("drain:w-1", "running", { failure })])[0]?.[3]).toBe("Not ready. Trying again.");
  });

  it("leaves out hosts of which the shown phases do nothing, and what belongs to other phases", () => {
    expect(of([step("files:c-1", "pending"), step("configure:w-1", "succeeded", { phase: "hostConfiguration" })])).toEqual([["c-1", "waiting", "To do", "", "0/1"]]);
    const prepared = nodesStand(cluster, [step("configure:w-1", "succeeded", { phase: "hostConfiguration" })], ["hostConfiguration", "hostPreflights"], true);
    expect(prepared.map((one) => one.word)).toEqual(["Prepared"]);
  });
});
