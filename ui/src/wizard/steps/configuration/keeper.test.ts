import { describe, expect, it } from "vitest";

import type { ConfigView } from "../../../bindings/ConfigView";
import { sampleItem as item } from "../../../platform/memory/sample-form";
import { NO_DRAFT, setTo } from "./draft";
import { Keeper } from "./keeper";

const view = (host: string, zone?: string): ConfigView => ({
  groups: [
    { name: "a", title: "A", description: "", items: [item("host", "text", "Host", { value: host }), ...(zone === undefined ? [] : [item("zone", "text", "Zone", { value: zone })])] },
    { name: "b", title: "B", description: "", items: [item("port", "text", "Port")] },
  ],
  errors: [],
  removed: [],
  base: null,
});

describe("the keeper", () => {
  it("gives back the same items and groups where nothing changed", () => {
    const keeper = new Keeper();
    const stored = view("old");
    const first = keeper.see(stored, stored, NO_DRAFT);
    const next = keeper.see(stored, view("new"), { host: setTo("new") });
    expect(next?.view.groups[1]).toBe(first?.view.groups[1]);
    expect(next?.view.groups[0]).not.toBe(first?.view.groups[0]);
  });

  it("gives back the same errors and stored items, so that no group is rendered for a key in another", () => {
    const keeper = new Keeper();
    const stored = view("old");
    const first = keeper.see(stored, stored, NO_DRAFT);
    const errors = keeper.errors(stored, { port: "no port" });
    const next = keeper.see(stored, view("new"), { host: setTo("new") });
    expect(next?.stored).toBe(first?.stored);
    expect(keeper.errors(view("new"), { port: "no port" })).toBe(errors);
  });

  it("knows an item as it is stored while something else is typed in it", () => {
    const keeper = new Keeper();
    const stored = view("old");
    keeper.see(stored, stored, NO_DRAFT);
    expect(keeper.see(stored, view("new"), { host: setTo("new") })?.stored.get("host")?.value).toBe("old");
  });

  it("knows how one is stored that only what was typed switched on", () => {
    const keeper = new Keeper();
    const stored = view("old");
    const host = setTo("x.internal");
    keeper.see(stored, view("x.internal", "kept"), { host });
    const typed = keeper.see(stored, view("x.internal", "typed"), { host, zone: setTo("typed") });
    expect(typed?.stored.get("zone")?.value).toBe("kept");
    const older = keeper.see(stored, view("y.internal", "typed"), null);
    expect(older?.stored.get("zone")?.value, "an answer to an older question says nothing of it").toBe("kept");
  });

  it("keeps the form before while there is no answer", () => {
    const keeper = new Keeper();
    const stored = view("old");
    const shown = keeper.see(stored, view("x.internal", ""), { host: setTo("x.internal") });
    expect(keeper.see(stored, undefined, { host: setTo("x.internal{{") })?.view).toBe(shown?.view);
  });
});
