import { takerAt, type Point } from "../components/drop-target";
import type { Platform, Unsubscribe } from "../platform/types";

export interface Drops {
  /** Paths of bundles, or of what is taken for some. */
  bundles: (paths: string[]) => void;
  /** Whether something is held over the window that would be imported. */
  over: (bundles: boolean) => void;
  /** A file that a field would have taken cannot be read. */
  failed: (error: unknown) => void;
}

/** Gives what is dropped on the window to the field under it, and everything else to the import of bundles. */
export function windowDrop(platform: Platform, { bundles, over, failed }: Drops): Unsubscribe | undefined {
  const { readDropped } = platform;
  const taker = (at: Point, paths: string[]) => (readDropped ? takerAt(at, paths) : null);
  return platform.onFileDrop?.(
    (paths, at) => {
      const takes = taker(at, paths);
      if (!takes || !readDropped) return bundles(paths);
      Promise.all(paths.map((path) => readDropped.call(platform, path))).then(takes, failed);
    },
    (at, paths) => over(at !== null && taker(at, paths) === null),
  );
}
