import { describe, expect, it } from "vitest";

import type { ConfigView } from "../../../bindings/ConfigView";
import { sampleItem as item } from "../../../platform/memory/sample-form";
import { errorsOf } from "./errors";

const view: ConfigView = {
  groups: [
    {
      name: "g",
      title: "Database",
      description: "",
      items: [
        item("a", "text", "A", { error: "empty" }),
        item("b", "text", "B", { repeatable: true, repetitions: [{ name: "b-1", value: "", isSet: true }] }),
        item("c", "text", "C", { error: "old" }),
      ],
    },
  ],
  errors: [{ field: "a", message: "empty" }],
  removed: [],
  base: null,
};

describe("errorsOf", () => {
  it("counts per group, what the engine refused last over what the form says", () => {
    expect(errorsOf(view, { c: "new" })).toMatchObject({ items: { a: "empty", c: "new" }, groups: { g: 2 }, total: 2 });
  });

  it("gives a further value its own error, in the order of the form", () => {
    const errors = errorsOf(view, { "b-1": "no port" });
    expect(errors.items["b-1"]).toBe("no port");
    expect(errors.order).toEqual(["a", "b-1", "c"]);
  });

  it("tells apart what stands nowhere in the form", () => {
    expect(errorsOf(view, { gone: "is no config item" }).elsewhere).toEqual(["gone: is no config item"]);
  });
});
