import { describe, expect, it } from "vitest";

import { find } from "./find";

const ITEMS = [
  { id: "1", title: "acme-dr", group: "Sites", words: "prod eu" },
  { id: "2", title: "Show acme-dr upgrade", group: "Runs" },
  { id: "3", title: "dr-test", group: "Sites" },
];
const ids = (text: string) => find(ITEMS, text).flatMap((group) => group.items.map((item) => item.id));

describe("find", () => {
  it("shows all in their order when nothing is typed", () => expect(ids("")).toEqual(["1", "3", "2"]));
  it("wants every word", () => expect(ids("acme upgrade")).toEqual(["2"]));
  it("puts titles that begin with it first", () => expect(ids("dr")).toEqual(["3", "1", "2"]));
  it("finds by words that are not shown", () => expect(ids("eu")).toEqual(["1"]));
});
