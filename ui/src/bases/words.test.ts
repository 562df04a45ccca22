import { describe, expect, it } from "vitest";

import type { BaseDifference } from "../bindings/BaseDifference";
import type { BaseItem } from "../bindings/BaseItem";
import type { BaseSiteState } from "../bindings/BaseSiteState";
import { baseWord, columnsOf, differenceWord, plainWord, stateWord } from "./words";

const site = (more: Partial<BaseSiteState>): BaseSiteState => ({ id: "s", name: "s", version: "1.0.0", differing: 0, behind: 0, readAt: 1, problem: "", ...more });
const item = (kind: string, options: BaseItem["options"] = []): BaseItem => ({ name: "i", title: "I", kind, options });
const difference = (secret: boolean, base: string | null): BaseDifference => ({ name: "i", title: "I", kind: "text", secret, base, sites: [] });

describe("words about bases", () => {
  it.each([
    ["as the base", site({}), "As the base"],
    ["own and behind", site({ differing: 3, behind: 1 }), "2 values of its own, 1 behind"],
    ["behind only", site({ differing: 1, behind: 1 }), "1 behind"],
    ["never read", site({ readAt: null, problem: "it does not answer" }), "Not known"],
    ["nothing there", site({ readAt: null }), "Nothing installed"],
  ])("say how a site stands: %s", (_, state, word) => expect(stateWord(state)).toBe(word));

  it("show a choice by its title and a switch by its state", () => {
    expect(plainWord("l", item("dropdown", [{ name: "l", title: "Large" }]))).toBe("Large");
    expect([plainWord("1", item("bool")), plainWord("0", item("bool"))]).toEqual(["On", "Off"]);
    expect(plainWord("", undefined)).toBe("Empty");
  });

  it("say of a secret only that it is another", () => {
    const secret = difference(true, "");
    expect(differenceWord(secret, { site: "s", value: "", behind: false }, undefined)).toBe("Another one");
    expect(differenceWord(secret, { site: "s", value: null, behind: true }, undefined)).toBe("Not set");
    expect(baseWord(secret, undefined)).toBe("Set, not shown");
    expect(baseWord(difference(false, null), undefined)).toBe("Not set");
  });

  it("leave sites without a difference out of the matrix", () => {
    const sites = [site({ id: "a", differing: 1 }), site({ id: "b" })];
    expect(columnsOf({ sites, items: [], summary: {} as never }).map((one) => one.id)).toEqual(["a"]);
  });
});
