import type { BundleDetail } from "../../bindings/BundleDetail";
import type { LicenseView } from "../../bindings/LicenseView";
import type { SignatureState } from "../../bindings/SignatureState";
import { CARRIED } from "./sample-cluster";

const DAY = 86_400_000;

export const TIDEWATER_ICON =
  "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCA0OCA0OCI+PHJlY3Qgd2lkdGg9IjQ4IiBoZWlnaHQ9IjQ4IiByeD0iMTAiIGZpbGw9IiMwZTYyNzAiLz48cGF0aCBkPSJNNiAzMHEzLTYgNiAwdDYgMCA2IDAgNiAwIDYgMCA2IDAiIGZpbGw9Im5vbmUiIHN0cm9rZT0iI2ZmZiIgc3Ryb2tlLXdpZHRoPSIzIi8+PHBhdGggZD0iTTYgMjBxMy02IDYgMHQ2IDAgNiAwIDYgMCA2IDAgNiAwIiBmaWxsPSJub25lIiBzdHJva2U9IiM5ZmQ2ZGQiIHN0cm9rZS13aWR0aD0iMyIvPjwvc3ZnPg==";

export interface SampleImage {
  name: string;
  size: number;
  missing: number;
}

export const IMAGES: SampleImage[] = [
  { name: "tidewater/web", size: 96_400_000, missing: 41_200_000 },
  { name: "tidewater/migrate", size: 61_800_000, missing: 61_800_000 },
  { name: "tidewater/gauge", size: 122_000_000, missing: 88_300_000 },
  { name: "tidewater/cache", size: 38_500_000, missing: 23_000_000 },
  { name: "tidewater/pause", size: 740_000, missing: 0 },
];

/** A digest that looks like one and is always the same for the same words. */
export function digest(words: string): string {
  let hash = 0x811c9dc5;
  let out = "";
  for (let round = 0; out.length < 64; round += 1) {
    for (const sign of `${words}${round}`) hash = Math.imul(hash ^ sign.charCodeAt(0), 0x01000193) >>> 0;
    out += hash.toString(16).padStart(8, "0");
  }
  return out.slice(0, 64);
}

function tidewater(version: string, age: number, signature: SignatureState, notes: string): BundleDetail {
  const images = IMAGES.map((image) => ({
    reference: `${image.name}:${version}`,
    digest: `sha256:${digest(image.name + version)}`,
    size: image.size,
  }));
  return {
    summary: {
      id: digest(`tidewater-${version}`),
      file: `tidewater-stable-${version}.airgap`,
      slug: "tidewater",
      title: "Tidewater",
      icon: TIDEWATER_ICON,
      version,
      channel: "Stable",
      size: 321_400_000,
      uniqueSize: 214_300_000,
      images: images.length,
      charts: 4,
      signature,
      required: version === "1.1.0",
      importedAt: Date.now() - age * DAY,
    },
    releaseNotes: notes,
    images,
    charts: [`tidewater-data-${version}`, `tidewater-web-${version}`, `tidewater-cache-${version}`, "tidewater-gauge-0.9.2"],
    requiredReleases: version === "1.2.0" ? ["1.1.0"] : [],
    license: licenseOf(version),
    cluster: { runtime: "kubeadm", versions: CARRIED[version] ?? [], files: 12, bytes: 268 * 1024 * 1024 },
  };
}

/** One that ends soon, and an older one that is not signed. */
function licenseOf(version: string): LicenseView {
  if (version === "1.0.0") return { customer: "Acme", kind: "dev", signature: "unsigned", expiresAt: "", problem: "", warnings: [] };
  const end = new Date(Date.now() + 20 * DAY + 3_600_000).toISOString();
  return { customer: "Acme", kind: "paid", signature: "signed", expiresAt: end, problem: "", warnings: [`The license expires in 20 days, on ${end.slice(0, 10)}; ask the vendor for a new one.`] };
}

/** The key that is pinned for the application. */
export const PINNED = `sha256:${digest("tidewater-key")}`;

const SIGNED: SignatureState = { type: "signed", fingerprint: PINNED, comment: "", pinned: true };

export function sampleBundles(): BundleDetail[] {
  return [
    tidewater("1.1.0", 2, SIGNED, "## New\n\n- Contact e-mail, **required** from now on\n- A cache in front of the gauges\n\n## Removed\n\n- Legacy mode (`legacy_mode`)\n\nThe database is migrated; see [the guide](https://tidewater.example/1.1)."),
    tidewater("1.0.0", 40, { type: "unsigned" }, "First release."),
  ];
}
