import { describe, expect, it } from "vitest";

import type { RunSummary } from "../bindings/RunSummary";
import type { State } from "../bindings/State";
import { clusterWord, isOpen, releaseChange, stateMark, stateWord, STATES, versionChange } from "./words";

const run = (state: State, title = "Tidewater", version = "1.1.0"): RunSummary => ({
  id: "r",
  site: "s",
  siteName: "quarry",
  workflow: "reset",
  target: "linux",
  release: { slug: "t", title, version, bundle: null },
  fromVersion: null,
  state,
  executing: false,
  orphaned: false,
  discarded: false,
  stepsDone: 0,
  stepsTotal: 0,
  createdAt: 0,
  updatedAt: 0,
  failure: "",
});

it("has a word for every state, each its own but for failures of one thing", () => {
  const words = STATES.map(stateWord);
  expect(words.every((word) => word !== "")).toBe(true);
  expect(words.length - new Set(words).size, "an infrastructure fails the same whether it is made or upgraded").toBe(1);
});

describe("a reset", () => {
  it.each<[State, string, boolean]>([
    ["Resetting", "running", true],
    ["Reset", "passed", false],
    ["ResetFailed", "failed", true],
  ])("%s looks %s, open: %s", (state, mark, open) => {
    expect([stateMark(state), isOpen(run(state))]).toEqual([mark, open]);
  });
  it("names no application where none came to run", () => expect(releaseChange(run("Reset", "", ""))).toBe("No application"));
});

it("names the cluster of a release, and what lies on the way", () => {
  expect(clusterWord({ runtime: "k0s", versions: ["v1.35.4+k0s.0"], files: 1, bytes: 1 })).toBe("Kubernetes v1.35.4+k0s.0 by k0s");
  expect(clusterWord({ runtime: "kubeadm", versions: ["v1.33.1", "v1.34.3", "v1.35.4"], files: 1, bytes: 1 })).toBe("Kubernetes v1.35.4 by kubeadm, by way of v1.33.1, v1.34.3");
});

it.each<[string | null, string | null, string]>([
  ["v1.34.3", "v1.35.4", "v1.34.3 → v1.35.4"],
  ["v1.35.4", "v1.35.4", "v1.35.4"],
  [null, "v1.35.4", "v1.35.4"],
  ["v1.35.4", null, "v1.35.4 → none"],
  [null, null, "–"],
])("versionChange %s, %s", (from, to, words) => expect(versionChange(from, to)).toBe(words));
