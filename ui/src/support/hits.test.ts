import { describe, expect, it } from "vitest";

import { byFile, excerpt, marked } from "./hits";

describe("byFile", () => {
  it("gathers the lines of each file and gives each its own id", () => {
    const groups = byFile([
      { path: "a", line: 1, offset: 0, text: "x" },
      { path: "a", line: 1, offset: 0, text: "x again" },
      { path: "b", line: 7, offset: 0, text: "x" },
    ]);
    expect(groups.map(({ path, hits }) => [path, hits.map((one) => one.line)])).toEqual([
      ["a", [1, 1]],
      ["b", [7]],
    ]);
    expect(new Set(groups.flatMap(({ hits }) => hits.map((one) => one.id))).size).toBe(3);
  });
});

describe("marked", () => {
  const found = (text: string, search: string, exact = false) => marked(text, search, exact).map((one) => (one.found ? `[${one.text}]` : one.text)).join("");

  it("cuts at every place, in the letters of the text", () => {
    expect(found("Pull failed: ErrImagePull", "pull")).toBe("[Pull] failed: ErrImage[Pull]");
    expect(found("Pull failed: ErrImagePull", "pull", true)).toBe("Pull failed: ErrImagePull");
  });

  it("leaves alone what nothing is looked for in, and letters that have no small ones of the same length", () => {
    expect(found("text", "")).toBe("text");
    expect(found("İstanbul pull", "pull")).toBe("İstanbul pull");
  });
});

describe("excerpt", () => {
  it("brings what is found to the front of a long line", () => {
    const line = `${"x".repeat(200)} ImagePullBackOff ${"y".repeat(20)}`;
    expect(excerpt(line, "imagepull", false)).toBe(`…${"x".repeat(15)} ImagePullBackOff ${"y".repeat(20)}`);
    expect(excerpt("pts/0\u0000\u0000ops\u0007", "pts", false)).toBe("pts/0 ops");
    expect(excerpt("   short ImagePull", "imagepull", false)).toBe("short ImagePull");
  });
});
