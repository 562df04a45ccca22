import type { BundleSummary } from "../bindings/BundleSummary";
import type { InstalledApp } from "../bindings/InstalledApp";
import { compareVersions } from "../components/versions";

/**
 * The newest bundle of what is installed, when it is newer. A hint for where to look: whether it may be installed is the
 * engine's to say.
 */
export function newerBundle(bundles: BundleSummary[], installed: InstalledApp | null): BundleSummary | null {
  if (!installed) return null;
  const newer = bundles.filter(
    (bundle) => bundle.slug === installed.slug && compareVersions(bundle.version, installed.version) > 0,
  );
  return newer.sort((a, b) => compareVersions(b.version, a.version))[0] ?? null;
}
