import { describe, expect, it } from "vitest";

import type { RunSummary } from "../../bindings/RunSummary";
import type { SiteNode } from "../../bindings/SiteNode";
import type { SiteNodes } from "../../bindings/SiteNodes";
import { clusterLine, endsCluster, mayReset, nodeMark, notJoined } from "./nodes";

const node = (name: string, more: Partial<SiteNode> = {}): SiteNode => ({ host: `root@${name || "new"}`, node: name, role: "worker", version: "v1.35.4", ready: name !== "", cordoned: false, reason: "", ...more });
const nodes = (...all: SiteNode[]): SiteNodes => ({ runtime: "kubeadm", version: "v1.35.4", nodes: all });

it.each<[SiteNode, string, string]>([
  [node("a"), "passed", "Ready"],
  [node("a", { cordoned: true }), "warning", "Cordoned"],
  [node("a", { ready: false }), "failed", "Not ready"],
  [node("a", { ready: false, cordoned: true }), "failed", "Not ready, cordoned"],
  [node(""), "waiting", "Not joined"],
  [node("", { reason: "no answer" }), "warning", "Not joined"],
])("nodeMark %#", (of, mark, word) => expect(nodeMark(of)).toEqual({ mark, word }));

describe("a cluster in a line", () => {
  it("counts nodes, not hosts that have not joined", () => {
    expect(clusterLine(nodes(node("a"), node("b", { ready: false }), node("")))).toBe("Kubernetes v1.35.4 by kubeadm, 1 of 2 nodes ready");
    expect(clusterLine(nodes(node("a"), node("b")))).toBe("Kubernetes v1.35.4 by kubeadm, 2 nodes, all ready");
    expect(clusterLine(nodes(node("a")))).toBe("Kubernetes v1.35.4 by kubeadm, 1 node, ready");
    expect(clusterLine(nodes(node("")))).toBe("");
  });
  it("names hosts that have not joined", () => expect(notJoined(nodes(node("a"), node("")))).toEqual(["root@new"]));
});

it("resets what there is, and what an install left behind", () => {
  const run = (workflow: string, state: string) => ({ workflow, state }) as RunSummary;
  const none: SiteNodes = { runtime: "", version: "", nodes: [node("")] };
  expect(mayReset(nodes(node("a")), null)).toBe(true);
  expect(mayReset(none, run("install", "InfrastructureInstallFailed")), "a cluster that was never made").toBe(true);
  expect(mayReset(none, run("reset", "Reset"))).toBe(false);
  expect(mayReset(none, run("reset", "ResetFailed"))).toBe(true);
  expect(mayReset(none, run("preflight", "HostPreflightsFailed")), "checks leave nothing").toBe(false);
});

it("knows when the last controllers would go", () => {
  const of = nodes(node("c1", { role: "controller" }), node("c2", { role: "controller" }), node("w"));
  expect(endsCluster(of, ["root@c1", "root@w"])).toBe(false);
  expect(endsCluster(of, ["root@c1", "root@c2"])).toBe(true);
  expect(endsCluster(nodes(node("")), ["root@new"]), "no cluster, nothing ends").toBe(false);
});
