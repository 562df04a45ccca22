import { useSyncExternalStore } from "react";

import { duration, exact, relative } from "./format";

// One clock for the whole page: rows that each had their own would render at a thousand different times.
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const one of [...listeners]) one();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time, to the second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

/** When something was: relative, with the exact time on hover. */
export function Ago({ at }: { at: number | null }) {
  const time = useNow();
  if (at === null) return <span>never</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={exact(at)}>
      {relative(at, Math.max(time, at))}
    </time>
  );
}

/** How long something took, or has been going on. */
export function Elapsed({ from, to }: { from: number; to: number | null }) {
  return to === null ? <Running from={from} /> : <span>{duration(to - from)}</span>;
}

function Running({ from }: { from: number }) {
  return <span>{duration(useNow() - from)}</span>;
}
