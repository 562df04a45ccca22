import { describe, expect, it } from "vitest";

import type { ConfigItem } from "../../../bindings/ConfigItem";
import type { ConfigView } from "../../../bindings/ConfigView";
import { sampleItem as item } from "../../../platform/memory/sample-form";
import { NO_DRAFT, setTo, type Draft } from "./draft";
import { changedNames, itemCount, matching, only } from "./narrow";

const view = (items: ConfigItem[]): ConfigView => ({ groups: [{ name: "g", title: "Database", description: "", items }], errors: [], removed: [], base: null });
const names = (form: ConfigView) => form.groups.flatMap((group) => group.items.map((one) => one.name));

describe("matching", () => {
  const form = view([item("host", "text", "host"), item("port", "text", "port", { helpText: "Of the HOST" })]);

  it("finds items by their group, title or help", () => {
    expect(names(matching(form, "host"))).toEqual(["host", "port"]);
    expect(names(matching(form, "database port"))).toEqual(["port"]);
    expect(matching(form, "nothing").groups).toEqual([]);
    expect(matching(form, " "), "the form itself, so that nothing is rendered again").toBe(form);
  });

  it("keeps the heading of what it finds, and no other", () => {
    const headed = view([item("h1", "heading", "One"), item("a", "text", "Alpha"), item("h2", "heading", "Two"), item("b", "text", "Beta")]);
    expect(names(matching(headed, "beta"))).toEqual(["h2", "b"]);
    expect(itemCount(headed), "headings are nothing to fill").toBe(2);
  });
});

describe("changedNames", () => {
  const rows = [{ name: "peer-1", value: "x", isSet: false }];
  const cases: [string, ConfigItem, Draft, boolean][] = [
    ["typed and not stored", item("i", "text", "I"), { i: setTo("x") }, true],
    ["other than the default", item("i", "text", "I", { value: "x", isSet: true }), NO_DRAFT, true],
    ["the same as the default", item("i", "text", "I", { value: "d", default: "d", isSet: true }), NO_DRAFT, false],
    ["never set", item("i", "text", "I", { default: "d" }), NO_DRAFT, false],
    ["a stored secret", item("i", "password", "I", { isSet: true }), NO_DRAFT, true],
    ["touched by the upgrade", item("i", "text", "I", { note: "newlyRequired" }), NO_DRAFT, true],
    ["merely kept by it", item("i", "text", "I", { note: "kept" }), NO_DRAFT, false],
    ["the vendor's further values", item("i", "text", "I", { repeatable: true, repetitions: rows }), NO_DRAFT, false],
    ["a further value typed", item("i", "text", "I", { repeatable: true }), { "i-1": setTo("x", { repeatableItem: "i" }) }, true],
    ["a further value taken away", item("i", "text", "I", { repeatable: true, repetitions: rows }), { "peer-1": { type: "clear" } }, true],
    ["a label", item("i", "label", "I", { note: "added" }), NO_DRAFT, false],
  ];
  it.each(cases)("%s", (_, one, draft, expected) => {
    expect(changedNames(view([one]), draft)).toEqual(expected ? ["i"] : []);
  });

  it("is what the form is narrowed to", () => {
    expect(names(only(view([item("a", "text", "A"), item("b", "text", "B")]), new Set(["b"])))).toEqual(["b"]);
  });
});
