import { describe, expect, it } from "vitest";

import type { SiteHost } from "../../bindings/SiteHost";
import { clocksApart, failedStep, hostMark, isUnderWay } from "../../engine/hosts";
import { host, linuxSites, tested, testAt, waitingTest } from "../../platform/memory/sample-hosts";
import { FINGERPRINT } from "../../platform/memory/sample-preflights";
import { byReason, filterHosts, fullest, hostText, lengthWord, offClocks, paired, shortOs, skewWord, type Tested } from "./facts";

const row = (of: SiteHost): Tested => ({ host: of, test: tested(of, [], 0) });
const skewed = (address: string, skew: number): Tested => {
  const one = row(host(address, "worker"));
  if (one.test?.facts) one.test.facts.skew = skew;
  return one;
};

describe("how a host stands", () => {
  const of = host("db1", "worker");
  const waiting = waitingTest("db1", 0, undefined);
  it.each([
    [null, "unknown", "Not tested yet"],
    [waiting, "waiting", "Waiting"],
    [testAt(of, waiting, [], 0), "running", "Resolving"],
    [testAt(of, waiting, [], 4), "running", "Becoming root"],
    [testAt(of, waiting, [], 6), "passed", "Ready"],
    [tested(host("app-down", "worker"), [], 0), "failed", "Not reached"],
    [tested(host("app-new", "worker"), [], 0), "warning", "Key unknown"],
    [tested(host("app-new", "worker"), [FINGERPRINT], 0), "passed", "Ready"],
  ])("%#", (test, mark, word) => expect(hostMark(test)).toMatchObject({ mark, word }));

  it("is under way until its last step, also when one before failed", () => {
    const test = testAt(of, waiting, [], 6);
    const steps = test.steps.map((step) => (step.step === "privilege" ? { ...step, state: "failed" as const } : step.step === "facts" ? { ...step, state: "running" as const } : step));
    expect(isUnderWay({ ...test, steps })).toBe(true);
    expect(hostMark({ ...test, steps }).word).toBe("Reading facts");
    expect(failedStep({ ...test, steps })?.step).toBe("privilege");
  });
});

describe("clocks", () => {
  const tests = (...skews: number[]) => skews.map((skew, at) => skewed(`h${at}`, skew));
  const off = (...skews: number[]) => offClocks(tests(...skews)).map((one) => one.test?.facts?.skew);
  it("are apart by the furthest two", () => expect(clocksApart(tests(-300, 20, 900).flatMap(({ test }) => (test ? [test] : [])))).toBe(1200));
  it("of one host are not apart", () => expect(clocksApart(tests(900).flatMap(({ test }) => (test ? [test] : [])))).toBeNull());
  it("are off when most are elsewhere", () => expect(off(5, -8, 2412)).toEqual([2412]));
  it("may all be ahead of this machine without being off", () => expect(off(5000, 5010, 5020)).toEqual([]));
  it("of two hosts are off at the one further from here", () => expect(off(2412, 3)).toEqual([2412]));
  it("of none are not off", () => expect(off()).toEqual([]));
});

it.each([
  [0, "0 ms"],
  [12, "+12 ms"],
  [-999, "−999 ms"],
  [2412, "+2.4 s"],
  [-185_000, "−3 m 5 s"],
])("%j is %s", (ms, word) => expect(skewWord(ms)).toBe(word));
it.each([
  ["Debian GNU/Linux 12 (bookworm)", "Debian 12"],
  ["Ubuntu 22.04.5 LTS", "Ubuntu 22.04.5"],
  ["Red Hat Enterprise Linux 9.4 (Plow)", "Red Hat Enterprise Linux 9.4"],
])("%s is %s", (os, short) => expect(shortOs(os)).toBe(short));
it("a length has no sign", () => expect(lengthWord(1500)).toBe("1.5 s"));

it("the fullest disk has the least left by share", () => {
  const disk = (mount: string, size: number, free: number) => ({ mount, device: "", size, free });
  expect(fullest([disk("/", 100, 40), disk("/boot", 1, 0.5), disk("/data", 1000, 90), disk("/none", 0, 0)])?.mount).toBe("/data");
  expect(fullest([])).toBeNull();
});

it("a reason that hosts share is said once", () => {
  const all = [
    { host: "a", reason: "a: no answer" },
    { host: "b", reason: "the password is wrong" },
    { host: "c", reason: "c: no answer" },
  ];
  expect(byReason(all)).toEqual([
    { reason: "no answer", hosts: ["a", "c"] },
    { reason: "the password is wrong", hosts: ["b"] },
  ]);
});

it("hosts are found by what was found on them", () => {
  const [site] = linuxSites(0);
  const rows = paired(site?.linux?.hosts ?? [], site?.hosts ?? []);
  expect(filterHosts(rows, "debian rack-b").map((one) => one.host.address)).toEqual(["deploy@10.0.30.13"]);
  expect(filterHosts(rows, "")).toHaveLength(3);
});

it("a host is copied with its steps, its facts and its disks", () => {
  const text = hostText(row(host("deploy@10.0.30.13", "worker", { tags: ["rack-b"], bastion: "gate" })));
  expect(text).toContain("deploy@10.0.30.13: Ready\n");
  expect(text).toContain("  Connect: passed, answered in ");
  expect(text).toContain("  Jump hosts: gate\n");
  expect(text).toMatch(/ {2}Disk \/var\/lib\/embedded-cluster \(.*\): .* GB of 983.4 GB free\n/);
  expect(hostText({ host: host("a", "worker"), test: null })).toContain("a: Not tested yet\n");
});
