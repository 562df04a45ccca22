import { expect, it } from "vitest";

import type { BundleDetail } from "../bindings/BundleDetail";
import { sampleBundles } from "../platform/memory/sample-bundles";
import { compareBundles } from "./compare";

function bundle(charts: string[], images: [string, string][]): BundleDetail {
  const [like] = sampleBundles();
  if (!like) throw new Error("There is no sample bundle.");
  return { ...like, charts, images: images.map(([reference, digest]) => ({ reference, digest, size: 100 })) };
}

it("names what comes, goes and becomes another version", () => {
  const left = bundle(["a-web-1.0.0", "legacy-1.0.0", "gauge-0.9.2"], [["host:5000/web:1", "x"]]);
  const right = bundle(["a-web-1.1.0-beta.1", "cache-1.1.0", "gauge-0.9.2"], [["host:5000/web:2", "y"], ["cache@sha256:1", "x"]]);
  expect(compareBundles(left, right)).toEqual({
    charts: [
      { name: "a-web", left: "1.0.0", right: "1.1.0-beta.1" },
      { name: "cache", left: null, right: "1.1.0" },
      { name: "legacy", left: "1.0.0", right: null },
    ],
    images: [
      { name: "cache", left: null, right: "sha256:1" },
      { name: "host:5000/web", left: "1", right: "2" },
    ],
    newBytes: 100,
  });
});

it("has nothing to say of a bundle and itself", () => {
  const same = bundle(["a-1.0.0"], [["web:1", "x"]]);
  expect(compareBundles(same, same)).toEqual({ charts: [], images: [], newBytes: 0 });
});
