import { describe, expect, it } from "vitest";

import type { CheckState } from "../../../bindings/CheckState";
import { byGravity } from "./gravity";

const result = (title: string, state: CheckState) => ({ title, state, message: "", uri: "", strict: false, host: "" });

describe("byGravity", () => {
  it("puts what failed before what could not be judged and what warns, each in its order", () => {
    const results = [result("a", "pass"), result("b", "warn"), result("c", "error"), result("d", "fail"), result("e", "skipped"), result("f", "fail")];
    const { open, rest, passed } = byGravity(results);
    expect(open.map((one) => one.title)).toEqual(["d", "f", "c", "b"]);
    expect(rest.map((one) => one.title)).toEqual(["a", "e"]);
    expect(passed, "skipped ones have not passed").toBe(1);
  });
});
