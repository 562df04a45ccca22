import { expect, it } from "vitest";

import type { Outcome } from "../../../bindings/Outcome";
import type { StepView } from "../../../bindings/StepView";
import { leftoversOf } from "./leftovers";

const step = (id: string, outcome: Outcome | null): StepView => ({
  id,
  kind: "resetHost",
  title: `Title of ${id}`,
  phase: "reset",
  status: outcome ? "succeeded" : "pending",
  attempt: 1,
  startedAt: 0,
  endedAt: 0,
  outcome,
  failure: null,
  progress: [],
  pointOfNoReturn: true,
  maySkip: false,
});

it("lists what stays, a line for each, once for all hosts that have it, and what was not done", () => {
  const view = {
    left: ["the load balancer still names the hosts"],
    steps: [
      step("remove-app", { type: "warning", message: "a volume" }),
      step("reset:a", { type: "warning", message: "one\n\ntwo\n" }),
      step("reset:b", { type: "changed" }),
      step("reset:c", { type: "skipped", reason: "it is away" }),
      step("reset:d", { type: "warning", message: "one\ntwo" }),
      step("reset:e", null),
    ],
  };
  expect(leftoversOf(view, ["a", "b", "c", "d", "e"])).toEqual([
    { where: ["Title of remove-app"], what: ["a volume"] },
    { where: ["a", "d"], what: ["one", "two"] },
    { where: ["c"], what: ["Not done: it is away"] },
    { where: [], what: ["the load balancer still names the hosts"] },
  ]);
});
