import { expect, it } from "vitest";

import type { CheckChange } from "../bindings/CheckChange";
import { byHost, directionOf } from "./compare";

const change = (host: string, before: CheckChange["before"], after: CheckChange["after"]): CheckChange => ({ host, title: `${before} ${after}`, before, after, message: "" });

it.each([
  ["pass", "fail", "worse"],
  ["warn", "error", "worse"],
  ["fail", "error", "better"],
  ["warn", "pass", "better"],
  ["pass", "skipped", "other"],
  [null, "fail", "other"],
  ["fail", null, "other"],
] as const)("%s to %s is %s", (before, after, direction) => {
  expect(directionOf(change("a", before, after))).toBe(direction);
});

it("hosts have their changes together, the worst first", () => {
  const groups = byHost([change("a", "fail", "pass"), change("", null, "warn"), change("b", null, "pass"), change("a", "pass", "fail")]);
  expect(groups.map(({ host, changes }) => [host, changes.map((one) => one.title)])).toEqual([
    ["a", ["pass fail", "fail pass"]],
    ["b", ["null pass"]],
    ["", ["null warn"]],
  ]);
});
