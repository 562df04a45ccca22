import { expect, it } from "vitest";

import { RateMeter } from "./rate";

it("knows a rate after two readings, and smooths it", () => {
  const meter = new RateMeter();
  expect(meter.read("a", 0, 0)).toBeNull();
  expect(meter.read("a", 1000, 1000)).toBe(1000);
  const smoothed = meter.read("a", 5000, 2000) ?? 0;
  expect(smoothed).toBeGreaterThan(1000);
  expect(smoothed).toBeLessThan(4000);
});

it("does not read twice in a moment, and begins anew when the count does", () => {
  const meter = new RateMeter();
  meter.read("a", 0, 0);
  meter.read("a", 1000, 1000);
  expect(meter.read("a", 1100, 1010)).toBe(1000);
  expect(meter.read("a", 10, 2000)).toBeNull();
});
