import { describe, expect, it } from "vitest";

import type { Change } from "../../../bindings/Change";
import type { ConfigRendering } from "../../../bindings/ConfigRendering";
import { renderingWords, unchangedWords } from "./preview";

const rendering = (changes: Change[], after = "same"): ConfigRendering => ({
  charts: changes.map((change, at) => ({ release: `chart-${at}`, chart: "", change, before: "", after: "", objects: [] })),
  manifestsBefore: "same",
  manifestsAfter: after,
});

describe("a rendering in words", () => {
  it.each([
    [rendering(["keep", "change", "add"]), "2 of 3 charts"],
    [rendering(["change"], "other"), "1 of 1 chart and plain manifests"],
    [rendering(["keep"], "other"), "Only plain manifests"],
    [rendering(["keep"]), "No chart and no manifest"],
  ])("%#: says what changes", (one, words) => {
    expect(renderingWords(one)).toBe(words);
  });

  it("names what does not", () => {
    expect(unchangedWords(rendering(["keep", "change", "keep"]))).toBe("3 unchanged: chart-0, chart-2, plain manifests");
    expect(unchangedWords(rendering(["add"], "other"))).toBe("");
  });
});
