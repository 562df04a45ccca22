import { describe, expect, it } from "vitest";

import { groupAt, neighbour } from "./groups";

// Three groups of 300 in a view of 400, of which the last can never come to the top.
const spans = (scrolled: number) => [0, 300, 600].map((at, number) => ({ name: "abc"[number] ?? "", top: at - scrolled, bottom: at + 300 - scrolled }));
const at = (scrolled: number, focused?: string) => groupAt(spans(scrolled), { top: 0, bottom: 400, progress: scrolled / 500 }, focused);

describe("groupAt", () => {
  it("marks every group on the way from the beginning to the end", () => {
    expect([0, 250, 500].map((scrolled) => at(scrolled))).toEqual(["a", "b", "c"]);
  });

  it("follows the focus while it is in sight", () => {
    expect(at(0, "b"), "in sight").toBe("b");
    expect(at(0, "c"), "below").toBe("a");
  });
});

describe("neighbour", () => {
  it("stays at the ends", () => {
    const names = ["a", "b", "c"];
    expect([neighbour(names, "a", 1), neighbour(names, "c", 1), neighbour(names, "a", -1), neighbour(names, null, 1), neighbour([], null, 1)]).toEqual(["b", "c", "a", "a", undefined]);
  });
});
