import { expect, it } from "vitest";

import type { CheckState } from "../../../bindings/CheckState";
import { shared } from "./shared";

const result = (host: string, title: string, state: CheckState, message = "m") => ({ title, state, message, uri: "", strict: false, host });

it("says once what several hosts have in common, the gravest first", () => {
  const found = shared([
    result("a", "Clock", "warn"),
    result("b", "Clock", "warn"),
    result("a", "Memory", "pass"),
    result("b", "Memory", "fail"),
    result("c", "Clock", "warn", "another reason"),
    result("c", "Disk", "error"),
  ]);
  expect(found.map((one) => [one.title, one.state, one.hosts])).toEqual([
    ["Memory", "fail", ["b"]],
    ["Disk", "error", ["c"]],
    ["Clock", "warn", ["a", "b"]],
    ["Clock", "warn", ["c"]],
  ]);
});
