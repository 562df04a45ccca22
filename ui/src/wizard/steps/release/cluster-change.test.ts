import { describe, expect, it } from "vitest";

import type { BundleDetail } from "../../../bindings/BundleDetail";
import type { SiteNodes } from "../../../bindings/SiteNodes";
import { sampleBundles } from "../../../platform/memory/sample-bundles";
import { clusterChangeOf, minorOf } from "./cluster-change";

const bundle = (versions: string[] | null): BundleDetail => {
  const [first] = sampleBundles();
  if (!first) throw new Error("no sample bundle");
  return { ...first, cluster: versions && { runtime: "kubeadm", versions, files: 1, bytes: 1 } };
};
const node = (name: string) => ({ host: `root@${name}`, node: name, role: "worker" as const, version: "", ready: true, cordoned: false, reason: "" });
const nodes = (version: string, names: string[]): SiteNodes => ({ runtime: version ? "kubeadm" : "", version, nodes: names.map(node) });
const site = { name: "quarry", installed: null };
const installed = { slug: "tidewater", title: "T", icon: "", version: "1.0.0", channel: "", namespace: "", revision: 1, at: 0 };

it.each<[string, number | null]>([
  ["v1.35.4", 35],
  ["1.34.0", 34],
  ["v1.35.4+k0s.0", 35],
  ["35", null],
  ["", null],
])("minorOf %s", (version, minor) => expect(minorOf(version)).toBe(minor));

describe("clusterChangeOf", () => {
  it.each<[string, BundleDetail, SiteNodes | null, typeof installed | null, string, string]>([
    ["bare hosts", bundle(["v1.35.4"]), nodes("", ["", ""]), null, "info", "brings Kubernetes v1.35.4 by kubeadm"],
    ["no cluster carried, nothing there", bundle(null), nodes("", [""]), null, "bad", "carries no cluster"],
    ["no cluster carried, one there", bundle(null), nodes("v1.34.3", ["a"]), installed, "info", "carries no cluster"],
    ["an upgrade", bundle(["v1.34.3", "v1.35.4"]), nodes("v1.34.3", ["a"]), installed, "warn", "v1.34.3 → v1.35.4"],
    ["the same", bundle(["v1.35.4"]), nodes("v1.35.4", ["a"]), installed, "info", "stays at Kubernetes v1.35.4"],
    ["an older one", bundle(["v1.34.3"]), nodes("v1.35.4", ["a"]), installed, "bad", "wants Kubernetes v1.34.3"],
    ["not read yet", bundle(["v1.35.4"]), null, installed, "info", "brings Kubernetes"],
  ])("%s", (_, release, there, app, tone, title) => {
    const told = clusterChangeOf(release, there, { ...site, installed: app });
    expect(told.tone).toBe(tone);
    expect(told.title).toContain(title);
  });

  it("says how many hosts join, and that no minor is skipped", () => {
    expect(clusterChangeOf(bundle(["v1.35.4"]), nodes("v1.35.4", ["a", "", ""]), { ...site, installed }).text).toBe("2 hosts not in it yet join.");
    expect(clusterChangeOf(bundle(["v1.35.4"]), nodes("v1.33.1", ["a"]), { ...site, installed }).text).toContain("every minor");
  });
});
