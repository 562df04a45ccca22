import { useEffect, useState, type RefObject } from "react";

export function headingId(group: string): string {
  return `group-${group}`;
}

/** Brings a group to the top and gives it the focus. */
export function showGroup(group: string): void {
  const heading = document.getElementById(headingId(group));
  heading?.scrollIntoView({ block: "start" });
  heading?.focus({ preventScroll: true });
}

/**
 * The group one reads: the one that has the focus while it is in sight, else the one under a line that goes from the top
 * to the bottom as one scrolls from the beginning to the end, so that every group comes under it.
 */
export function useCurrentGroup(form: RefObject<HTMLElement | null>, version: unknown): string | null {
  const [current, setCurrent] = useState<string | null>(null);
  useEffect(() => {
    const element = form.current;
    if (!element) return undefined;
    let frame = 0;
    const look = () => {
      frame = 0;
      setCurrent(currentOf(element));
    };
    const later = () => {
      frame = frame || requestAnimationFrame(look);
    };
    later();
    // Scrolling does not bubble; it is heard on its way down, whatever it is that scrolls.
    document.addEventListener("scroll", later, { capture: true, passive: true });
    document.addEventListener("focusin", later);
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener("scroll", later, { capture: true });
      document.removeEventListener("focusin", later);
    };
  }, [form, version]);
  return current;
}

export interface Span {
  name: string;
  top: number;
  bottom: number;
}

/** The current group at this moment: what a form shows follows by a frame, and keys may come faster. */
export function currentGroup(): string | null {
  const first = document.querySelector<HTMLElement>("[data-group]");
  return first && currentOf(first, document);
}

function currentOf(form: HTMLElement, within: ParentNode = form): string | null {
  const spans = [...within.querySelectorAll<HTMLElement>("[data-group]")].map((one): Span => {
    const { top, bottom } = one.getBoundingClientRect();
    return { name: one.dataset["group"] ?? "", top, bottom };
  });
  const scroller = scrollerOf(form);
  const { top, bottom } = scroller.getBoundingClientRect();
  const hidden = scroller.scrollHeight - scroller.clientHeight;
  const focused = document.activeElement?.closest<HTMLElement>("[data-group]")?.dataset["group"];
  return groupAt(spans, { top, bottom, progress: hidden > 0 ? scroller.scrollTop / hidden : 0 }, focused);
}

/** Which of the groups is the current one in a view from `top` to `bottom`, scrolled so far. */
export function groupAt(spans: Span[], view: { top: number; bottom: number; progress: number }, focused?: string): string | null {
  const inSight = spans.find((one) => one.name === focused && one.bottom > view.top && one.top < view.bottom);
  if (inSight) return inSight.name;
  const line = view.top + 8 + (view.bottom - view.top - 16) * Math.min(1, Math.max(0, view.progress));
  const under = spans.filter((one) => one.top <= line).at(-1);
  return (under ?? spans[0])?.name ?? null;
}

/** What scrolls an element: the nearest thing around it, or itself, that may. */
export function scrollerOf(element: HTMLElement): HTMLElement {
  for (let one: HTMLElement | null = element; one; one = one.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(one).overflowY)) return one;
  }
  return document.documentElement;
}

/** The group before or after another. */
export function neighbour(names: readonly string[], current: string | null, by: 1 | -1): string | undefined {
  const at = current === null ? -1 : names.indexOf(current);
  return names[Math.min(names.length - 1, Math.max(0, at + by))];
}
