import { describe, expect, it } from "vitest";

import { bytes, count, duration, middle, rate, relative } from "./format";

describe("bytes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 KB"],
    [1_000_000, "1.0 MB"],
    [214_300_000, "214.3 MB"],
    [999_940_000, "999.9 MB"],
    [999_960_000, "1.0 GB"],
    [1_234_000_000, "1.2 GB"],
  ])("%i is %s", (input, output) => expect(bytes(input)).toBe(output));

  it("says rates per second", () => expect(rate(11_449_999.6)).toBe("11.4 MB/s"));
});

describe("duration", () => {
  it.each([
    [0, "0 s"],
    [-5, "0 s"],
    [42_900, "42 s"],
    [60_000, "1 m"],
    [84_000, "1 m 24 s"],
    [7_500_000, "2 h 5 m"],
    [273_600_000, "3 d 4 h"],
  ])("%i ms is %s", (input, output) => expect(duration(input)).toBe(output));
});

describe("relative", () => {
  const now = Date.UTC(2025, 2, 14, 12);
  it.each([
    [10, "just now"],
    [60, "1 minute ago"],
    [300, "5 minutes ago"],
    [7200, "2 hours ago"],
    [86_400, "yesterday"],
    [5 * 86_400, "5 days ago"],
    [60 * 86_400, "13 Jan 2025"],
  ])("%i s ago is %s", (seconds, output) => expect(relative(now - seconds * 1000, now)).toBe(output));
});

describe("middle", () => {
  it("keeps both ends", () => expect(middle("sha256:0123456789abcdef", 12)).toBe("sha256…bcdef"));
  it("leaves what fits", () => expect(middle("short", 12)).toBe("short"));
});

describe("count", () => {
  it("agrees in number", () => {
    expect(count(1, "chart")).toBe("1 chart");
    expect(count(1200, "site")).toBe("1,200 sites");
    expect(count(2, "registry", "registries")).toBe("2 registries");
  });
});
