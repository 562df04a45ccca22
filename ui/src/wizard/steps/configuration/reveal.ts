import { useCallback, useEffect, useMemo, useRef, type RefObject } from "react";
import { flushSync } from "react-dom";

const CONTROL = ":is(input:not([type=file]), textarea, button)";

export interface Reveal {
  /** The first of these items, from top to bottom. */
  firstOf: (names: readonly string[]) => void;
  /** The next refused field after the one that had the focus last, from the top again after the last one. */
  nextOf: (order: readonly string[]) => void;
  /** The first field that is shown. */
  first: () => void;
}

/** Brings fields into sight and gives them the focus; what hides them is cleared first. */
export function useReveal(page: RefObject<HTMLElement | null>, clear: () => void): Reveal {
  const focus = useCallback(
    (choose: (fields: HTMLElement[]) => HTMLElement | undefined) => {
      const fields = [...(page.current?.querySelectorAll<HTMLElement>("[data-item]") ?? [])];
      const control = choose(fields)?.querySelector<HTMLElement>(CONTROL);
      control?.scrollIntoView({ block: "center" });
      control?.focus({ preventScroll: true });
    },
    [page],
  );
  const last = useRef<string | null>(null);
  useEffect(() => {
    const heard = ({ target }: FocusEvent) => {
      const field = target instanceof Element ? target.closest<HTMLElement>("[data-item]") : null;
      if (field) last.current = named(field);
    };
    document.addEventListener("focusin", heard);
    return () => document.removeEventListener("focusin", heard);
  }, []);
  return useMemo(
    () => ({
      firstOf: (names) => {
        flushSync(clear);
        focus((fields) => fields.find((one) => names.includes(named(one))));
      },
      nextOf: (order) => {
        flushSync(clear);
        focus((fields) => {
          const after = fields.findIndex((one) => named(one) === last.current) + 1;
          const isRefused = (one: HTMLElement) => order.includes(named(one));
          return fields.slice(after).find(isRefused) ?? fields.find(isRefused);
        });
      },
      first: () => focus((fields) => fields.find((one) => one.querySelector(CONTROL))),
    }),
    [focus, clear],
  );
}

function named(field: HTMLElement): string {
  return field.dataset["item"] ?? "";
}
