import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

type Rgb = [number, number, number];

const source = readFileSync("src/tokens.css", "utf8");

/** The declarations of every rule with this selector that no media query wraps, the later ones over the earlier. */
function declared(selector: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, selectors = "", body = ""] of source.replace(/@media[\s\S]*?\n}\n/g, "").matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    if (!selectors.split(",").some((one) => one.trim().endsWith(selector))) continue;
    for (const [, name = "", value = ""] of body.matchAll(/(--[\w-]+):\s*([^;]+);/g)) found.set(name, value.trim());
  }
  return found;
}

const light = new Map([...declared(":root"), ...declared(':root[data-theme="light"]')]);
const dark = new Map([...light, ...declared(':root[data-theme="dark"]')]);

function colour(theme: Map<string, string>, name: string): Rgb {
  const value = theme.get(name);
  if (!value) throw new Error(`There is no token ${name}.`);
  const alias = /^var\((--[\w-]+)\)$/.exec(value);
  if (alias?.[1]) return colour(theme, alias[1]);
  const parts = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(value);
  if (!parts) throw new Error(`${name} is no opaque oklch colour: ${value}`);
  return linear(Number(parts[1]), Number(parts[2]), (Number(parts[3]) * Math.PI) / 180);
}

/** OKLCH to linear sRGB, as CSS Color 4 defines it, cut at the gamut. */
function linear(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const rgb: Rgb = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return rgb.map((part) => Math.min(1, Math.max(0, part))) as Rgb;
}

function contrast(one: Rgb, other: Rgb): number {
  const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const [high, low] = [luminance(one), luminance(other)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ["--page", "--raised", "--sunken", "--hover", "--pressed"];
const PLAIN = ["--text", "--text-soft", "--text-faint", "--accent-text"];
const MEANINGS = ["good", "warn", "bad", "busy"];
const CODE = ["--code-key", "--code-string", "--code-number", "--code-comment"];

const PAIRS: [string, string][] = [
  ...PLAIN.flatMap((text) => GROUNDS.map((ground): [string, string] => [text, ground])),
  ...PLAIN.map((text): [string, string] => [text, "--accent-surface"]),
  ...MEANINGS.flatMap((meaning) =>
    [...GROUNDS, `--${meaning}-surface`, "--accent-surface"].map((ground): [string, string] => [`--${meaning}-text`, ground]),
  ),
  ...MEANINGS.flatMap((meaning) =>
    ["--text", "--text-soft", "--text-faint"].map((text): [string, string] => [text, `--${meaning}-surface`]),
  ),
  ...CODE.flatMap((text) =>
    ["--raised", "--good-surface", "--bad-surface"].map((ground): [string, string] => [text, ground]),
  ),
  ["--on-accent", "--accent-solid"],
  ["--on-accent", "--accent-solid-hover"],
  ["--on-bad", "--bad-solid"],
  ["--on-bad", "--bad-solid-hover"],
];

describe.each([
  ["light", light],
  ["dark", dark],
])("%s", (_, theme) => {
  it.each(PAIRS)("%s is readable on %s", (text, ground) => {
    expect(contrast(colour(theme, text), colour(theme, ground))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["--line-control", "--focus"])("%s is seen on every ground (3:1)", (name) => {
    for (const ground of ["--page", "--raised", "--sunken"]) {
      expect(contrast(colour(theme, name), colour(theme, ground)), ground).toBeGreaterThanOrEqual(3);
    }
  });
});

describe("the reading of colours", () => {
  it("knows the ends of the scale", () => {
    expect(contrast(linear(1, 0, 0), linear(0, 0, 0))).toBeCloseTo(21, 1);
  });
});
