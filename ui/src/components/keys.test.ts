import { describe, expect, it } from "vitest";

import { matches, type Stroke } from "./keys";

const stroke = (key: string, held: Partial<Stroke> = {}): Stroke => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe("matches", () => {
  it("takes mod for ⌘ on Apple machines and Ctrl elsewhere", () => {
    expect(matches("mod+k", stroke("k", { metaKey: true }), true)).toBe(true);
    expect(matches("mod+k", stroke("k", { ctrlKey: true }), true)).toBe(false);
    expect(matches("mod+k", stroke("k", { ctrlKey: true }), false)).toBe(true);
  });

  it("refuses more modifiers than asked for", () => {
    expect(matches("mod+k", stroke("k", { ctrlKey: true, altKey: true }), false)).toBe(false);
    expect(matches("g", stroke("g", { ctrlKey: true }), false)).toBe(false);
  });

  it("does not care how a layout makes a sign", () => {
    expect(matches("?", stroke("?", { shiftKey: true }), false)).toBe(true);
    expect(matches("?", stroke("?"), false)).toBe(true);
  });

  it("finds digits by their place", () => {
    expect(matches("alt+1", stroke("¡", { altKey: true, code: "Digit1" }), true)).toBe(true);
  });
});
