import { describe, expect, it } from "vitest";

import type { Progress } from "../../bindings/Progress";
import type { StepView } from "../../bindings/StepView";
import { barsOf, progressWords, shareOf } from "./progress";

const progress = (child: string, done: number, total: number | null, unit: Progress["unit"] = "bytes"): Progress => ({
  step: "s",
  child,
  done,
  total,
  unit,
  message: "",
});
const step = (all: Progress[]): StepView => ({
  id: "s",
  kind: "k",
  title: "S",
  phase: "airgap",
  status: "running",
  attempt: 1,
  startedAt: 0,
  endedAt: null,
  outcome: null,
  failure: null,
  progress: all,
  pointOfNoReturn: false,
  maySkip: false,
});

describe("shareOf", () => {
  it("takes the step's own count before its children's", () => {
    expect(shareOf(step([progress("", 10, 40), progress("a", 10, 10)]))).toBe(25);
  });
  it("adds children up", () => expect(shareOf(step([progress("a", 10, 10), progress("b", 5, 20)]))).toBe(50));
  it("says nothing when nothing is known", () => expect(shareOf(step([progress("a", 5, null)]))).toBeNull());
});

describe("progressWords", () => {
  it("says bytes and rate while they move", () => {
    expect(progressWords(progress("a", 12_400_000, 214_300_000), 11_400_000)).toBe("12.4 MB of 214.3 MB, 11.4 MB/s");
  });
  it("says no rate when all is there", () => {
    expect(progressWords(progress("a", 1000, 1000), 500)).toBe("1 KB of 1 KB");
  });
  it("prefers what is waited for over a count", () => {
    expect(progressWords({ ...progress("web", 2, 3, "pods"), message: "2 of 3 pods ready" }, null)).toBe("2 of 3 pods ready");
    expect(progressWords(progress("web", 2, 3, "pods"), null)).toBe("2 of 3 pods");
  });
});

it("barsOf leaves the step's own count to its line when there are children", () => {
  expect(barsOf(step([progress("", 5, 30), progress("a", 5, 30)])).open.map((one) => one.child)).toEqual(["a"]);
  expect(barsOf(step([progress("", 5, 30)])).open).toHaveLength(1);
});

it("barsOf puts away what is done", () => {
  const { open, done } = barsOf(step([progress("a", 10, 10), progress("b", 5, 20), progress("c", 0, null)]));
  expect([open.map((one) => one.child), done.map((one) => one.child)]).toEqual([["b", "c"], ["a"]]);
});
