import { useCallback, useEffect, useRef } from "react";

/** Takes files that are dropped on an element. */
type Takes = (files: File[]) => void;

export interface Point {
  x: number;
  y: number;
}

const places = new Map<Element, { takes: Takes; elsewhere: boolean }>();

/**
 * Names an element as one that takes files. `elsewhere` takes those too that are dropped where nobody takes any, unless they
 * are bundles or support bundles. In a window, which hears of drops as a whole, this is how a field hears of its own.
 */
export function useDropTarget(takes: Takes, elsewhere = false): (element: Element | null) => (() => void) | undefined {
  const now = useRef(takes);
  useEffect(() => {
    now.current = takes;
  }, [takes]);
  return useCallback(
    (element: Element | null) => {
      if (!element) return undefined;
      places.set(element, { takes: (files) => now.current(files), elsewhere });
      return () => void places.delete(element);
    },
    [elsewhere],
  );
}

/** What takes a drop of paths at a point of the page, if anything does. Nothing behind a dialog takes any. */
export function takerAt(point: Point, paths: string[], page: Document = document): Takes | null {
  const under = page.elementFromPoint(point.x, point.y);
  for (let element: Element | null = under; element; element = element.parentElement) {
    const place = places.get(element);
    if (place) return place.takes;
  }
  if (paths.some((path) => isBundle(path) || isSupportBundle(path)) || page.querySelector("[role=dialog], [role=alertdialog]")) return null;
  return [...places.values()].find((place) => place.elsewhere)?.takes ?? null;
}

function isBundle(path: string): boolean {
  return /\.airgap$/i.test(path);
}

export function isSupportBundle(path: string): boolean {
  return /\.(tar\.gz|tgz)$/i.test(path);
}
