import { describe, expect, it } from "vitest";

import { isBinary, linesOf, shownOf, widest } from "./text";

describe("linesOf", () => {
  it("joins a line that two pieces share", () => {
    expect(linesOf(["one\ntw", "o\r\nthree\n"], true)).toEqual(["one", "two", "three"]);
  });

  it("shows no line after the last line end, and empty ones between", () => {
    expect(linesOf(["one\n\n"], true)).toEqual(["one", ""]);
    expect(linesOf(["one\n"], false)).toEqual(["one"]);
    expect(linesOf([""], true)).toEqual([]);
  });
});

describe("isBinary", () => {
  it("knows zeros and what is no UTF-8 from text with a foreign letter", () => {
    expect(isBinary("\u007fELF\u0000\u0001")).toBe(true);
    expect(isBinary("\ufffd".repeat(10) + "a".repeat(50))).toBe(true);
    expect(isBinary(`${"a line of a log, with one \ufffd in it. ".repeat(20)}`)).toBe(false);
    expect(isBinary("")).toBe(false);
  });
});

describe("shownOf", () => {
  it("cuts a line of megabytes and says by how much", () => {
    expect(shownOf("x".repeat(20_007))).toMatchObject({ more: 7 });
    expect(shownOf("short")).toEqual({ text: "short", more: 0 });
    expect(widest(["a", "x".repeat(30_000), "bbb"])).toBe(20_000);
  });
});
