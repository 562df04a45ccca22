import { expect, it } from "vitest";

import type { Phase } from "../../bindings/Phase";
import type { RunView } from "../../bindings/RunView";
import type { State } from "../../bindings/State";
import { MemoryPlatform } from "./platform";

const platform = () => new MemoryPlatform({ sites: 8, speed: 5000, large: false });

type Engine = ReturnType<typeof platform>;

async function siteOf(engine: Engine, name: string): Promise<string> {
  const { sites } = await engine.call("site_list", { search: "", tag: null });
  return sites.find((one) => one.name === name)?.id ?? "";
}

/** A configured run of the newest release, or of an older one. */
async function created(engine: Engine, name: string, workflow: "install" | "upgrade", version = "1.1.0"): Promise<string> {
  const { bundles } = await engine.call("bundle_list", {});
  const bundle = bundles.find((one) => one.version === version)?.id ?? null;
  const { summary } = await engine.call("run_create", { site: await siteOf(engine, name), workflow, bundle, revision: null, workersAtOnce: null });
  engine.world.run(summary.id).enter("ApplicationConfigured");
  return summary.id;
}

/** Goes on with a run and waits until nothing executes it. */
async function goOn(engine: Engine, run: string, until: Phase | null): Promise<RunView> {
  const { planDigest } = await engine.call("run_execute", { run, until, planDigest: null, bypass: null });
  expect(planDigest, "the plan is frozen when it starts").not.toBeNull();
  return settled(engine, run);
}

async function settled(engine: Engine, run: string): Promise<RunView> {
  return new Promise((resolve) => {
    const look = () => {
      const { view } = engine.world.run(run);
      if (view.summary.executing) return false;
      stop();
      resolve(view);
      return true;
    };
    const stop = engine.appEvents((event) => {
      if (event.type === "runChanged") look();
    });
    look();
  });
}

const states = (engine: Engine, run: string): State[] =>
  engine.world.run(run).events.flatMap(({ body }) => (body.type === "record" && body.record.type === "stateEntered" ? [body.record.state] : []));

it("installs on bare hosts through every state of the product", async () => {
  const engine = platform();
  const run = await created(engine, "lakeside-metal", "install");
  const choices = await engine.call("installation_choices", { run });
  expect(choices.hosts.map((one) => one.interfaces.length)).toEqual([2, 2, 2]);
  await engine.call("installation_set", { run, settings: { ...choices.defaults, dataDirectory: "/srv/data" } });
  const plan = await engine.call("run_plan", { run });
  expect(plan.cluster?.hosts.map((one) => [one.node, one.role, one.change])).toEqual([
    ["node-11", "controller", "add"],
    ["node-12", "worker", "add"],
    ["node-13", "worker", "add"],
  ]);
  const checked = await goOn(engine, run, "hostPreflights");
  expect(checked.summary.state).toBe("HostPreflightsSucceeded");
  expect(checked.allowed).toContain("runChecks");
  expect(new Set(checked.hostChecks?.results.map((one) => one.host)).size, "hosts that were judged").toBe(3);
  await goOn(engine, run, "appPreflights");
  await goOn(engine, run, null);
  expect(states(engine, run)).toEqual([
    "ApplicationConfigured",
    "InstallationConfigured",
    "HostConfiguring",
    "HostConfigured",
    "HostPreflightsRunning",
    "HostPreflightsSucceeded",
    "InfrastructureInstalling",
    "InfrastructureInstalled",
    "AirgapProcessing",
    "AirgapProcessed",
    "AppPreflightsRunning",
    "AppPreflightsSucceeded",
    "AppInstalling",
    "Succeeded",
  ]);
  const nodes = await engine.call("site_nodes", { site: await siteOf(engine, "lakeside-metal") });
  expect([nodes.runtime, nodes.version, nodes.nodes.filter((one) => one.ready).length]).toEqual(["kubeadm", "v1.35.4", 3]);
});

it("refuses a data directory that is no whole path", async () => {
  const engine = platform();
  const run = await created(engine, "lakeside-metal", "install");
  const { defaults } = await engine.call("installation_choices", { run });
  await expect(engine.call("installation_set", { run, settings: { ...defaults, dataDirectory: "data" } })).rejects.toMatchObject({ wire: { fields: [{ field: "dataDirectory" }] } });
});

it("waives failed host checks only where none is strict", async () => {
  const engine = platform();
  const run = await created(engine, "sawmill-edge", "upgrade");
  const failed = await goOn(engine, run, "hostPreflights");
  expect([failed.summary.state, failed.allowed.includes("bypass")]).toEqual(["HostPreflightsFailed", true]);
  const strict = platform();
  const { linux, summary } = await strict.call("site_get", { site: await siteOf(strict, "sawmill-edge") });
  if (!linux) throw new Error("no hosts");
  strict.world.site(summary.id).linux = { ...linux, hosts: linux.hosts.map((one) => ({ ...one, tags: ["small"] })) };
  const other = await goOn(strict, await created(strict, "sawmill-edge", "upgrade"), "hostPreflights");
  expect([other.summary.state, other.allowed.includes("bypass")]).toEqual(["HostPreflightsFailed", false]);
});

it("upgrades controllers one by one, then workers in turn, and stops at one that does not get ready", async () => {
  const engine = platform();
  const run = await created(engine, "sawmill-edge", "upgrade");
  await goOn(engine, run, "hostPreflights");
  await engine.call("run_bypass", { run, why: "tested" });
  const failed = await goOn(engine, run, "appPreflights");
  expect(failed.summary.state).toBe("InfrastructureUpgradeFailed");
  expect(failed.steps.filter((one) => one.phase === "infrastructure" && !one.id.startsWith("files:")).map((one) => [one.id, one.status])).toEqual([
    ["backup:node-11", "succeeded"],
    ["upgrade:node-11", "succeeded"],
    ["drain:node-21", "succeeded"],
    ["upgrade:node-21", "succeeded"],
    ["uncordon:node-21", "succeeded"],
    ["drain:node-22", "succeeded"],
    ["upgrade:node-22", "succeeded"],
    ["uncordon:node-22", "failed"],
    ["remove-extension:node-exporter", "pending"],
    ["extension:ingress-nginx", "pending"],
    ["extension:metrics-server", "pending"],
    ["storage-class", "pending"],
  ]);
  const nodes = await engine.call("site_nodes", { site: failed.summary.site });
  expect(nodes.nodes.map((one) => [one.node, one.version, one.cordoned])).toEqual([
    ["node-11", "v1.35.4", false],
    ["node-21", "v1.35.4", false],
    ["node-22", "v1.35.4", true],
  ]);
  await engine.call("run_retry", { run, step: null, why: "" });
  expect((await settled(engine, run)).summary.state).toBe("Succeeded");
});

it("lets a host join by an upgrade to what is installed", async () => {
  const engine = platform();
  const run = await created(engine, "quarry-metal", "upgrade", "1.0.0");
  const { cluster } = await engine.call("run_plan", { run });
  expect(cluster?.hosts.map((one) => [one.node, one.change, one.toVersion])).toEqual([["node-23", "add", "v1.34.3"]]);
  expect((await goOn(engine, run, null)).summary.state).toBe("Succeeded");
  const nodes = await engine.call("site_nodes", { site: await siteOf(engine, "quarry-metal") });
  expect(nodes.nodes.filter((one) => one.node === "")).toEqual([]);
});

it("resets one host, then all, and says what stays", async () => {
  const engine = platform();
  const site = await siteOf(engine, "quarry-metal");
  await expect(engine.call("site_reset", { site, hosts: [], confirm: "quarry", force: false })).rejects.toMatchObject({ wire: { fields: [{ field: "confirm" }] } });
  const one = await engine.call("site_reset", { site, hosts: ["root@10.0.50.22"], confirm: "quarry-metal", force: false });
  const ended = await settled(engine, one.summary.id);
  expect([ended.summary.state, ended.steps.map((step) => step.outcome?.type)]).toEqual(["Reset", ["warning"]]);
  const left = await engine.call("site_nodes", { site });
  expect(left.nodes.find((node) => node.host === "root@10.0.50.22")?.node, "it has not joined any more").toBe("");
  const all = await engine.call("site_reset", { site, hosts: [], confirm: "quarry-metal", force: false });
  await settled(engine, all.summary.id);
  const after = await engine.call("site_get", { site });
  expect([after.summary.installed, (await engine.call("site_nodes", { site })).version]).toEqual([null, ""]);
});

it("brings the cluster back from a backup, and refuses one that cannot be", async () => {
  const engine = platform();
  const site = await siteOf(engine, "sawmill-edge");
  const { backups } = await engine.call("site_backups", { site });
  expect(backups.map((one) => [one.version, one.refusal !== ""])).toEqual([
    ["v1.33.6", false],
    ["v1.32.9", true],
  ]);
  const several = await engine.call("site_backups", { site: await siteOf(engine, "quarry-metal") });
  expect(several.backups[0]?.refusal, "one of several controllers alone is not brought back").toContain("3 controllers");
  const [good, old] = backups.map((one) => one.label);
  await expect(engine.call("site_restore", { site, backup: old ?? "", confirm: "sawmill-edge" })).rejects.toMatchObject({ wire: { code: "badInput" } });
  const run = await engine.call("site_restore", { site, backup: good ?? "", confirm: "sawmill-edge" });
  expect((await settled(engine, run.summary.id)).summary.state).toBe("Restored");
  const nodes = await engine.call("site_nodes", { site });
  expect([nodes.version, new Set(nodes.nodes.filter((one) => one.node !== "").map((one) => one.version))]).toEqual(["v1.33.6", new Set(["v1.33.6"])]);
});
