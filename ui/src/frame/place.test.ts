// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";

import { Way, type Place } from "./place";

const SITE: Place = { screen: "site", site: "s1" };

/** A history that goes back at once, as a window does a moment later. */
function fakeHistory(target: EventTarget) {
  const entries: unknown[] = [null];
  let at = 0;
  const move = (by: number) => {
    at += by;
    target.dispatchEvent(Object.assign(new Event("popstate"), { state: entries[at] }));
  };
  return {
    get state() {
      return entries[at];
    },
    pushState: (state: unknown) => {
      entries.splice(at + 1, entries.length, state);
      at += 1;
    },
    replaceState: (state: unknown) => (entries[at] = state),
    back: () => move(-1),
    forward: () => move(1),
  } as unknown as History;
}

describe("Way", () => {
  let target: EventTarget;
  let way: Way;
  let history: History;

  beforeEach(() => {
    target = new EventTarget();
    history = fakeHistory(target);
    way = new Way(history);
    way.listen(target);
  });

  it("goes, comes back and goes forward again", () => {
    way.go(SITE);
    expect(way.canGoForward()).toBe(false);
    way.back();
    expect(way.store.get().place).toEqual({ screen: "sites" });
    expect(way.canGoBack()).toBe(false);
    way.forward();
    expect(way.store.get().place).toEqual(SITE);
  });

  it("does not go where it is", () => {
    way.go({ screen: "sites" });
    expect(way.canGoBack()).toBe(false);
  });

  it("turns in place without a step to undo", () => {
    way.go(SITE);
    way.turn({ ...SITE, tab: "runs" });
    way.back();
    expect(way.store.get().place).toEqual({ screen: "sites" });
  });

  it("comes back to where it was after a reload", () => {
    way.go(SITE);
    expect(new Way(history).store.get().place).toEqual(SITE);
  });
});
