import { describe, expect, it } from "vitest";

import { sampleItem } from "../../../platform/memory/sample-form";
import { CLEAR, NO_DRAFT, setTo } from "./draft";
import { repetitionName, rowsOf } from "./repeat";

describe("repetitionName", () => {
  it("is the item's and eight hex digits that sort by time", () => {
    const first = repetitionName("gauge", [], 1_760_000_000_000);
    expect(first).toBe("gauge-68e77800");
    expect(repetitionName("gauge", [first], 1_760_000_000_000), "two in one second").toBe("gauge-68e77801");
  });
});

describe("rowsOf", () => {
  const vendors = { name: "north", value: "n", isSet: false };
  const persons = { name: "south", value: "s", isSet: true };
  const stored = sampleItem("gauge", "text", "Gauge", { repeatable: true, default: "d", helpText: "help", repetitions: [vendors, persons] });
  const names = (draft: Parameters<typeof rowsOf>[2], now = stored) => rowsOf(stored, now, draft).rows.map((one) => one.name);

  it("makes an item of each further value, numbered after the first", () => {
    const { rows } = rowsOf(stored, stored, NO_DRAFT);
    expect(rows.map((one) => [one.title, one.value, one.isSet, one.default, one.helpText])).toEqual([
      ["Gauge 2", "n", false, "", ""],
      ["Gauge 3", "s", true, "", ""],
    ]);
  });

  it("puts what is typed below, in the order it was added, wherever the engine puts it", () => {
    const draft = { zeta: setTo("", { repeatableItem: "gauge" }), alpha: setTo("a", { repeatableItem: "gauge" }) };
    const now = { ...stored, repetitions: [{ name: "alpha", value: "a", isSet: true }, vendors, persons] };
    expect(names(draft, now)).toEqual(["north", "south", "zeta", "alpha"]);
  });

  it("drops a stored value that is taken away, before the engine has answered", () => {
    expect(rowsOf(stored, stored, { south: CLEAR })).toMatchObject({ rows: [{ name: "north" }], removed: ["south"] });
  });

  it("keeps the vendor's value where a person's is taken away from it", () => {
    const given = { ...stored, repetitions: [{ ...vendors, value: "mine", isSet: true }] };
    const now = { ...stored, repetitions: [vendors] };
    expect(rowsOf(given, now, { north: CLEAR })).toMatchObject({ rows: [{ name: "north", value: "n" }], removed: [] });
  });
});
