import { Store, useStore } from "../store";

/** Where one is. There is no URL: a place is only ids, kept in the history entry so that a reload comes back to it. */
export type Place =
  | { screen: "sites" }
  | { screen: "site"; site: string; tab?: string; host?: string }
  | { screen: "start"; site: string | null; bundle: string | null }
  | { screen: "run"; run: string; look?: string }
  | { screen: "runs"; site?: string }
  | { screen: "preflights" }
  | { screen: "preflight"; preflight: string; against?: string }
  | { screen: "checkhosts"; like?: string; accept?: string[]; site?: string }
  | { screen: "supports"; asking?: "collect" | "open"; path?: string }
  | { screen: "support"; support: string; tab?: string; file?: string; line?: number }
  | { screen: "bases" }
  | { screen: "base"; base: string; tab?: string }
  | { screen: "library" }
  | { screen: "bundle"; bundle: string }
  | { screen: "compare"; bundle: string; from?: string; site?: string }
  | { screen: "settings" };

interface Entry {
  place: Place;
  index: number;
}

const HOME: Place = { screen: "sites" };

function isEntry(state: unknown): state is Entry {
  return typeof state === "object" && state !== null && "place" in state && "index" in state;
}

/** The way taken through the screens, on top of the history that the window and its buttons already have. */
export class Way {
  private readonly entry: Store<Entry>;
  private top: number;

  constructor(private readonly history: History) {
    const state: unknown = history.state;
    const first = isEntry(state) ? state : { place: HOME, index: 0 };
    this.entry = new Store(first);
    this.top = first.index;
    if (!isEntry(state)) history.replaceState(first, "");
  }

  /** Hears the window's own back and forward. */
  listen(target: EventTarget): () => void {
    const heard = (event: Event) => {
      const state: unknown = (event as PopStateEvent).state;
      if (isEntry(state)) this.entry.set(state);
    };
    target.addEventListener("popstate", heard);
    return () => target.removeEventListener("popstate", heard);
  }

  get store(): Store<Entry> {
    return this.entry;
  }

  go(place: Place): void {
    if (same(place, this.entry.get().place)) return;
    const next = { place, index: this.entry.get().index + 1 };
    this.top = next.index;
    this.history.pushState(next, "");
    this.entry.set(next);
  }

  /** Another view of the same place, which back need not undo. */
  turn(place: Place): void {
    const next = { place, index: this.entry.get().index };
    this.history.replaceState(next, "");
    this.entry.set(next);
  }

  back(): void {
    if (this.canGoBack()) this.history.back();
  }

  forward(): void {
    if (this.canGoForward()) this.history.forward();
  }

  canGoBack(): boolean {
    return this.entry.get().index > 0;
  }

  canGoForward(): boolean {
    return this.entry.get().index < this.top;
  }
}

function same(one: Place, other: Place): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

export const way = new Way(window.history);

export function usePlace(): Place {
  return useStore(way.store).place;
}

export function go(place: Place): void {
  way.go(place);
}
