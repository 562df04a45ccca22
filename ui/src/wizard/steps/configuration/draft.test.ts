import { describe, expect, it } from "vitest";

import type { ConfigItem } from "../../../bindings/ConfigItem";
import type { ConfigView } from "../../../bindings/ConfigView";
import { chosenValue, errorsOf, matching, NO_DRAFT, shownValue, typed, untouched } from "./draft";

const item = (name: string, more: Partial<ConfigItem> = {}): ConfigItem => ({
  name,
  kind: "text",
  title: name,
  helpText: "",
  value: "",
  default: "",
  filename: "",
  isSet: false,
  required: false,
  readonly: false,
  recommended: false,
  affix: "",
  options: [],
  note: null,
  error: null,
  ...more,
});
const view = (items: ConfigItem[]): ConfigView => ({
  groups: [{ name: "g", title: "Database", description: "", items }],
  errors: [],
  removed: [],
});

describe("a draft", () => {
  it("keeps what was typed", () => {
    const host = item("host", { value: "old" });
    expect(shownValue(host, typed(NO_DRAFT, host, "new"))).toBe("new");
  });

  it("is untouched again when the stored value is typed back", () => {
    const host = item("host", { value: "old" });
    expect(typed(typed(NO_DRAFT, host, "new"), host, "old")).toEqual({});
  });

  it("goes back to the vendor's default when a field is emptied", () => {
    const pool = item("pool", { value: "50", default: "10" });
    const draft = typed(NO_DRAFT, pool, "");
    expect(draft).toEqual({ pool: { type: "clear" } });
    expect([shownValue(pool, draft), chosenValue(pool, draft)]).toEqual(["", "10"]);
  });

  it("never takes an empty password for the stored one", () => {
    const secret = item("secret", { kind: "password", isSet: true });
    expect(typed(NO_DRAFT, secret, "")).toEqual({ secret: { type: "clear" } });
    expect(untouched({ secret: { type: "clear" } }, "secret")).toEqual({});
  });
});

describe("errorsOf", () => {
  it("counts per group, what the engine refused last over what the form says", () => {
    const errors = errorsOf(view([item("a", { error: "empty" }), item("b"), item("c", { error: "old" })]), { c: "new" });
    expect(errors).toEqual({ items: { a: "empty", c: "new" }, groups: { g: 2 }, total: 2 });
  });
});

describe("matching", () => {
  it("finds items by their group, title or help", () => {
    const form = view([item("host"), item("port", { helpText: "Of the HOST" })]);
    expect(matching(form, "host").groups[0]?.items.map((one) => one.name)).toEqual(["host", "port"]);
    expect(matching(form, "database port").groups[0]?.items.map((one) => one.name)).toEqual(["port"]);
    expect(matching(form, "nothing").groups).toEqual([]);
  });
});
