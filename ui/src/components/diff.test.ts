import { describe, expect, it } from "vitest";

import { diffLines, fold, pairs, type DiffLine } from "./diff";

const SIGN = { same: " ", add: "+", remove: "-" };
const text = (lines: DiffLine[]) => lines.map((line) => SIGN[line.kind] + line.text).join("\n");

/** The text before or after, put together from a diff again. */
const side = (lines: DiffLine[], without: DiffLine["kind"]) =>
  lines.filter((line) => line.kind !== without).map((line) => line.text);

describe("diffLines", () => {
  it.each([
    ["", "", ""],
    ["a\nb\n", "a\nb\n", " a\n b"],
    ["", "a\nb", "+a\n+b"],
    ["a\nb", "", "-a\n-b"],
    ["a\nb\nc", "a\nx\nc", " a\n-b\n+x\n c"],
    ["a\nb\nc\nd", "b\nc\nd\ne", "-a\n b\n c\n d\n+e"],
  ])("of %j and %j", (before, after, expected) => expect(text(diffLines(before, after))).toBe(expected));

  it("gives both texts back, whatever they are", () => {
    let seed = 7;
    const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
    for (let round = 0; round < 200; round += 1) {
      const make = () => Array.from({ length: Math.floor(random() * 12) }, () => "abc"[Math.floor(random() * 3)] ?? "a");
      const [a, b] = [make(), make()];
      const lines = diffLines(a.join("\n"), b.join("\n"));
      expect(side(lines, "add"), `before, round ${round}`).toEqual(a);
      expect(side(lines, "remove"), `after, round ${round}`).toEqual(b);
    }
  });

  it("numbers lines on both sides", () => {
    const lines = diffLines("a\nb", "b\nc");
    expect(lines.map((line) => [line.left, line.right])).toEqual([
      [1, null],
      [2, 1],
      [null, 2],
    ]);
  });
});

describe("fold", () => {
  it("keeps three lines around a change and puts the rest away", () => {
    const before = Array.from({ length: 30 }, (_, i) => `line ${i}`).join("\n");
    const hunks = fold(diffLines(before, before.replace("line 15", "line x")));
    expect(hunks.map((hunk) => [hunk.kind, hunk.lines.length])).toEqual([
      ["fold", 12],
      ["lines", 8],
      ["fold", 11],
    ]);
  });
});

describe("pairs", () => {
  it("puts what comes beside what leaves", () => {
    const rows = pairs(diffLines("a\nb\nc", "a\nx\ny\nc"));
    expect(rows.map((row) => [row.left?.text ?? null, row.right?.text ?? null])).toEqual([
      ["a", "a"],
      ["b", "x"],
      [null, "y"],
      ["c", "c"],
    ]);
  });
});
