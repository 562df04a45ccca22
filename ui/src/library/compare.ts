import type { BundleDetail } from "../bindings/BundleDetail";

export interface Difference {
  name: string;
  /** Version on the left, null when it is not there. */
  left: string | null;
  right: string | null;
}

export interface Comparison {
  charts: Difference[];
  images: Difference[];
  /** Bytes of the right's images that the left does not have. */
  newBytes: number;
}

/** What the right bundle has that the left has not, and the other way round. What is the same is left out. */
export function compareBundles(left: BundleDetail, right: BundleDetail): Comparison {
  const known = new Set(left.images.map((image) => image.digest));
  return {
    charts: differences(left.charts.map(chartParts), right.charts.map(chartParts)),
    images: differences(left.images.map((image) => imageParts(image.reference)), right.images.map((image) => imageParts(image.reference))),
    newBytes: right.images.reduce((all, image) => (known.has(image.digest) ? all : all + image.size), 0),
  };
}

type Named = [name: string, version: string];

function differences(left: Named[], right: Named[]): Difference[] {
  const [one, other] = [new Map(left), new Map(right)];
  const names = [...new Set([...one.keys(), ...other.keys()])].sort();
  return names
    .map((name) => ({ name, left: one.get(name) ?? null, right: other.get(name) ?? null }))
    .filter((difference) => difference.left !== difference.right);
}

/** `tidewater-web-1.1.0-beta.1` is the chart tidewater-web: the version begins with the first part that begins with a digit. */
function chartParts(chart: string): Named {
  const match = /^(.+?)-(v?\d+\..*)$/.exec(chart);
  return match ? [match[1] ?? chart, match[2] ?? ""] : [chart, ""];
}

/** Name and tag or digest of an image; a port before the last slash is no tag. */
function imageParts(reference: string): Named {
  const match = /^(.*?)(?:[:@]([^/]+))?$/.exec(reference);
  return [match?.[1] ?? reference, match?.[2] ?? ""];
}
