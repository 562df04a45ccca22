import type { RunEvent } from "../bindings/RunEvent";
import type { Unsubscribe } from "./types";

const KEPT = 2000;

/** One stream of a run's events for several listeners; those who come later are first told what they missed. */
export class SharedStream {
  private readonly listeners = new Set<(event: RunEvent) => void>();
  private kept: RunEvent[] = [];
  private last: number;

  constructor(since: number) {
    this.last = since;
  }

  push(event: RunEvent): void {
    if (event.seq <= this.last) return;
    this.last = event.seq;
    this.kept.push(event);
    if (this.kept.length > KEPT) this.kept = this.kept.slice(-KEPT / 2);
    for (const listener of [...this.listeners]) listener(event);
  }

  subscribe(since: number, listener: (event: RunEvent) => void): Unsubscribe {
    for (const event of this.kept) {
      if (event.seq > since) listener(event);
    }
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
