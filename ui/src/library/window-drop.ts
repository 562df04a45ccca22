import { isSupportBundle, takerAt, type Point } from "../components/drop-target";
import type { Platform, Unsubscribe } from "../platform/types";

export interface Drops {
  /** Paths of bundles, or of what is taken for some. */
  bundles: (paths: string[]) => void;
  /** The path of a support bundle; of several, of the first. */
  support: (path: string) => void;
  /** What would become of what is held over the window: imported, opened, or nothing. */
  over: (over: "bundles" | "support" | null) => void;
  /** A file that a field would have taken cannot be read. */
  failed: (error: unknown) => void;
}

/** Gives what is dropped on the window to the field under it, support bundles to be opened, and everything else to the import of bundles. */
export function windowDrop(platform: Platform, { bundles, support, over, failed }: Drops): Unsubscribe | undefined {
  const { readDropped } = platform;
  const taker = (at: Point, paths: string[]) => (readDropped ? takerAt(at, paths) : null);
  return platform.onFileDrop?.(
    (paths, at) => {
      const takes = taker(at, paths);
      const opened = paths.find(isSupportBundle);
      if (!takes && opened !== undefined) return support(opened);
      if (!takes || !readDropped) return bundles(paths);
      Promise.all(paths.map((path) => readDropped.call(platform, path))).then(takes, failed);
    },
    (at, paths) => {
      if (at === null || taker(at, paths) !== null) return over(null);
      over(paths.some(isSupportBundle) ? "support" : "bundles");
    },
  );
}
