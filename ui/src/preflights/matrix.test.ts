import { describe, expect, it } from "vitest";

import type { CheckResult } from "../bindings/CheckResult";
import type { HostChecks } from "../bindings/HostChecks";
import type { PreflightView } from "../bindings/PreflightView";
import { answerAt, axesOf, cellLabel, chosenAt, headingLabel } from "./axis";
import { filtered, hostsAreRows, matrixOf, shareOf } from "./matrix";

const host = (name: string, progress: HostChecks["progress"] = "done", done = 4): HostChecks => ({ host: name, progress, problem: "", unknownKey: "", done, of: 4, notes: [] });

const result = (at: string, title: string, state: CheckResult["state"] = "pass"): CheckResult => ({ host: at, title, state, message: `${title} of ${at}`, uri: "", strict: false });

function view(hosts: HostChecks[], results: CheckResult[], more: Partial<PreflightView["summary"]> = {}): PreflightView {
  const summary = { id: "p", at: 0, progress: "done" as const, specs: [], site: null, siteName: "", hosts: hosts.length, passed: 0, warned: 0, failed: 0, unjudged: 0, ...more };
  return { summary, hosts, results };
}

describe("matrixOf", () => {
  it("takes the order of the checks from a host that is done, not from one whose answers come", () => {
    const half = [result("a", "disk"), result("b", "cpu"), result("b", "memory"), result("b", "disk")];
    const matrix = matrixOf(view([host("a", "checking", 1), host("b")], half, { progress: "running" }));
    expect(matrix.checks.map((one) => one.title)).toEqual(["cpu", "memory", "disk"]);
    expect(matrix.lines.map((one) => one.open)).toEqual([true, false]);
  });

  it("keeps several checks of one title apart", () => {
    const matrix = matrixOf(view([host("a")], [result("a", "disk"), result("a", "disk", "fail")]));
    expect(matrix.checks.map((one) => one.title)).toEqual(["disk", "disk (2)"]);
    expect([...(matrix.lines[0]?.answers.values() ?? [])].map((one) => one.state)).toEqual(["pass", "fail"]);
  });

  it("has the cluster last, with its checks after those of hosts", () => {
    const matrix = matrixOf(view([host("a")], [result("", "nodes"), result("a", "cpu")], { site: "s", siteName: "acme" }));
    expect(matrix.lines.map((one) => one.title)).toEqual(["a", "Cluster of acme"]);
    expect(matrix.checks.map((one) => one.title)).toEqual(["cpu", "nodes"]);
  });
});

describe("filtered", () => {
  const matrix = matrixOf(view([host("db1"), host("app1")], [result("db1", "cpu"), result("db1", "memory", "fail"), result("app1", "cpu", "warn"), result("app1", "memory")]));
  it.each([
    ["all", "", ["db1", "app1"], ["cpu", "memory"]],
    ["fail", "", ["db1"], ["memory"]],
    ["bad", "", ["db1", "app1"], ["cpu", "memory"]],
    ["error", "", [], []],
    ["all", "APP1", ["app1"], ["cpu", "memory"]],
    ["bad", "cpu of", ["app1"], ["cpu"]],
  ] as const)("%s %j", (filter, search, lines, checks) => {
    const shown = filtered(matrix, filter, search);
    expect(shown.lines.map((one) => one.title)).toEqual(lines);
    expect(shown.checks.map((one) => one.title)).toEqual(checks);
  });
});

it("few hosts stand beside each other, many below each other", () => {
  const of = (count: number) => matrixOf(view(Array.from({ length: count }, (_, at) => host(`h${at}`)), []));
  expect([3, 6, 7, 50].map((count) => hostsAreRows(of(count)))).toEqual([false, false, true, true]);
});

it("says what a cell and a heading are, whichever way they stand", () => {
  const matrix = matrixOf(view([host("db1"), host("app1", "checking", 1)], [result("db1", "Memory", "fail")], { progress: "running" }));
  for (const turned of [true, false]) {
    const { rows, columns } = axesOf(matrix, turned);
    const at = (row: number, column: number) => {
      const [one, other] = turned ? [rows[row], columns[column]] : [rows[column], columns[row]];
      if (!one || !other) throw new Error("There is no such cell.");
      return [one, other] as const;
    };
    expect(cellLabel(...at(0, 0))).toBe("db1, Memory: failed");
    expect(cellLabel(...at(1, 0))).toBe("app1, Memory: no answer yet");
    expect(answerAt(...at(1, 0))).toEqual({ none: "waiting" });
    expect(chosenAt(...at(0, 0))).toEqual({ line: "db1", check: "Memory" });
  }
  expect(axesOf(matrix, true).rows.map((one) => headingLabel(one, matrix))).toEqual(["db1: 1 failed", "app1: checking 25 %, 0 answers, nothing found"]);
});

it("counts hosts that are over as done, whatever came of them", () => {
  expect(shareOf([host("a"), host("b", "unreached", 0), host("c", "checking", 1), host("d", "waiting", 0)])).toBe(56);
  expect(shareOf([])).toBeNull();
});
