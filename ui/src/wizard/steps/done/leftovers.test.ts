import { expect, it } from "vitest";

import type { Outcome } from "../../../bindings/Outcome";
import type { RunView } from "../../../bindings/RunView";
import { leftoversOf } from "./leftovers";

const step = (id: string, outcome: Outcome | null) => ({ id, title: `Reset ${id}`, outcome });

it("lists what stays by the step that left it, a line for each, and what was not done", () => {
  const view = {
    left: ["the load balancer still names the hosts"],
    steps: [step("a", { type: "warning", message: "one\n\ntwo\n" }), step("b", { type: "changed" }), step("c", { type: "skipped", reason: "it is away" }), step("d", null)],
  } as unknown as RunView;
  expect(leftoversOf(view)).toEqual([
    { step: "a", title: "Reset a", what: ["one", "two"] },
    { step: "c", title: "Reset c", what: ["Not done: it is away"] },
    { step: "", title: "", what: ["the load balancer still names the hosts"] },
  ]);
});
