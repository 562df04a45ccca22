import { describe, expect, it, vi } from "vitest";

import type { RunList } from "../bindings/RunList";
import type { RunSummary } from "../bindings/RunSummary";
import { makeClient } from "./client";
import { hear } from "./live";
import { tested } from "../platform/memory/sample-hosts";

const run = (id: string, more: Partial<RunSummary> = {}): RunSummary => ({
  id,
  site: "s",
  siteName: "acme",
  workflow: "upgrade",
  target: "kubernetes",
  release: { slug: "t", title: "T", version: "1", bundle: null },
  fromVersion: null,
  state: "New",
  executing: false,
  orphaned: false,
  discarded: false,
  stepsDone: 0,
  stepsTotal: 0,
  createdAt: 0,
  updatedAt: 0,
  failure: "",
  ...more,
});
const FACTS = { name: "", os: "", kernel: "", machine: "", cpus: 1, memory: 1, swap: 0, disks: [], runtimes: [], kubernetes: [], addresses: [], skew: 0, uptime: 0, user: "", privilege: "" };
const KEY = ["run_list", { site: null, state: null, limit: 0 }];

describe("hear", () => {
  it("writes a run's news into the list that shows it", () => {
    const client = makeClient();
    client.setQueryData<RunList>(KEY, { runs: [run("1"), run("2")] });
    hear(client, { type: "runChanged", run: run("2", { stepsDone: 3 }) });
    expect(client.getQueryData<RunList>(KEY)?.runs.map((one) => one.stepsDone)).toEqual([0, 3]);
    expect(client.getQueryState(KEY)?.isInvalidated).toBe(false);
  });

  it("reads a list again that does not know the run", () => {
    const client = makeClient();
    client.setQueryData<RunList>(KEY, { runs: [] });
    hear(client, { type: "runChanged", run: run("1") });
    expect(client.getQueryState(KEY)?.isInvalidated).toBe(true);
  });

  it("reads sites again when a run takes or leaves a lease", () => {
    const client = makeClient();
    const sites = ["site_list", { search: "", tag: null }];
    client.setQueryData(KEY, { runs: [run("1")] });
    client.setQueryData(sites, { sites: [] });
    hear(client, { type: "runChanged", run: run("1", { stepsDone: 1 }) });
    expect(client.getQueryState(sites)?.isInvalidated).toBe(false);
    hear(client, { type: "runChanged", run: run("1", { executing: true }) });
    expect(client.getQueryState(sites)?.isInvalidated).toBe(true);
  });

  it("writes a host's news into the list of its site, and measures the clocks again", () => {
    const client = makeClient();
    const key = ["host_list", { site: "s" }];
    const test = (host: string, skew: number) => ({ ...tested({ address: host, roles: ["worker"], tags: [], bastion: "" }, [], 0), facts: { ...FACTS, skew } });
    vi.useFakeTimers();
    hear(client, { type: "hostTested", site: "s", host: test("a", 0) });
    vi.advanceTimersByTime(200);
    expect(client.getQueryData(key), "a list that nobody looks at").toBeUndefined();
    client.setQueryData(key, { hosts: [test("a", 0)], clocksApart: null });
    hear(client, { type: "hostTested", site: "s", host: test("b", 1500) });
    hear(client, { type: "hostTested", site: "s", host: test("a", 7) });
    hear(client, { type: "hostTested", site: "s", host: test("a", -500) });
    vi.advanceTimersByTime(200);
    vi.useRealTimers();
    expect(client.getQueryData(key)).toMatchObject({ hosts: [{ host: "a" }, { host: "b" }], clocksApart: 2000 });
  });

  it("shows an import it had not heard of", () => {
    const client = makeClient();
    client.setQueryData(["bundle_list", {}], { bundles: [], imports: [], librarySize: 0 });
    const status = { id: "i", file: "f", path: null, state: "running", beganAt: 0, holder: null, done: 1, total: 2, rate: 0, kept: null, bundle: null, error: null } as const;
    hear(client, { type: "importChanged", import: status });
    hear(client, { type: "importChanged", import: { ...status, done: 2 } });
    expect(client.getQueryData(["bundle_list", {}])).toMatchObject({ imports: [{ done: 2 }] });
  });

  it("writes a preflight run's news into the list at once, and reads it again once in a while", () => {
    vi.useFakeTimers();
    const client = makeClient();
    const preflight = { id: "p", at: 0, progress: "running", specs: [], site: null, siteName: "", hosts: 2, passed: 0, warned: 0, failed: 0, unjudged: 0 } as const;
    const key = ["preflight_get", { preflight: "p" }];
    client.setQueryData(["preflight_list", {}], { preflights: [{ ...preflight, specs: [] }] });
    client.setQueryData(key, {});
    const read = vi.spyOn(client, "invalidateQueries");
    for (const passed of [1, 2, 3]) hear(client, { type: "preflightChanged", preflight: { ...preflight, specs: [], passed } });
    expect(client.getQueryData(["preflight_list", {}])).toMatchObject({ preflights: [{ passed: 3 }] });
    expect(client.getQueryState(key)?.isInvalidated).toBe(false);
    vi.advanceTimersByTime(300);
    expect(client.getQueryState(key)?.isInvalidated).toBe(true);
    expect(read).toHaveBeenCalledTimes(1);
    vi.useRealTimers();
  });

  it("writes a support bundle's news into the list while it is collected, and reads the list again when it may have gone", () => {
    vi.useFakeTimers();
    const client = makeClient();
    const support = { id: "b", at: 0, progress: "running", site: "s", name: "acme", own: true, size: 0, files: 0, passed: 0, warned: 0, failed: 0, unjudged: 0, masked: 0, cut: 0 } as const;
    const list = ["support_list", {}];
    const view = ["support_get", { support: "b" }];
    client.setQueryData(list, { bundles: [support] });
    client.setQueryData(view, {});
    hear(client, { type: "supportChanged", support: { ...support, files: 3 } });
    expect(client.getQueryData(list)).toMatchObject({ bundles: [{ files: 3 }] });
    expect(client.getQueryState(list)?.isInvalidated).toBe(false);
    vi.advanceTimersByTime(300);
    vi.useRealTimers();
    expect(client.getQueryState(view)?.isInvalidated).toBe(true);
    hear(client, { type: "supportChanged", support: { ...support, progress: "done" } });
    expect(client.getQueryState(list)?.isInvalidated).toBe(true);
  });
});
