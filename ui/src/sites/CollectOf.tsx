import { lazy, Suspense } from "react";

// Its fields come from screens that are not seen when the window opens.
const Collect = lazy(async () => ({ default: (await import("../support/Collect")).Collect }));

/** Asks what is to be in a support bundle of a site. */
export function CollectOf({ site, onClose }: { site: string; onClose: () => void }) {
  return (
    <Suspense fallback={null}>
      <Collect site={site} onClose={onClose} />
    </Suspense>
  );
}
