import type { LogLine } from "../bindings/LogLine";
import { Store } from "../store";

const KEPT = 5000;

/** Lines heard live, so that what is new need not be asked for. */
export interface Tail {
  /** Lines in the log in all, as far as heard. */
  total: number;
  lines: ReadonlyMap<number, LogLine>;
}

const tails = new Map<string, Store<Tail>>();

export function tailOf(run: string): Store<Tail> {
  const known = tails.get(run);
  if (known) return known;
  const fresh = new Store<Tail>({ total: 0, lines: new Map() });
  tails.set(run, fresh);
  return fresh;
}

export function hearLines(run: string, heard: LogLine[]): void {
  if (heard.length === 0) return;
  const store = tailOf(run);
  const lines = new Map(store.get().lines);
  let { total } = store.get();
  for (const line of heard) {
    lines.set(line.index, line);
    total = Math.max(total, line.index + 1);
  }
  for (const index of lines.keys()) {
    if (lines.size <= KEPT) break;
    lines.delete(index);
  }
  store.set({ total, lines });
}
