import { useCallback, useMemo, useState } from "react";

import type { ConfigView } from "../../../bindings/ConfigView";
import type { Draft } from "./draft";
import { changedNames, matching, only } from "./narrow";

/** What of the form is shown. */
export function useNarrowing(view: ConfigView | undefined, draft: Draft) {
  const [search, setSearch] = useState("");
  const [changed, setChanged] = useState<ReadonlySet<string> | null>(null);
  if (changed && view) {
    // Only ever more while it is on: a field that is changed back must not leave from under the fingers.
    const more = changedNames(view, draft).filter((name) => !changed.has(name));
    if (more.length > 0) setChanged(new Set([...changed, ...more]));
  }
  const shown = useMemo(() => view && matching(changed ? only(view, changed) : view, search), [view, changed, search]);
  const setOnlyChanged = useCallback((on: boolean) => setChanged(on ? NONE : null), []);
  const toggleChanged = useCallback(() => setChanged((before) => (before ? null : NONE)), []);
  const clear = useCallback(() => {
    setSearch("");
    setChanged(null);
  }, []);
  return { shown, search, setSearch, onlyChanged: changed !== null, setOnlyChanged, toggleChanged, clear };
}

const NONE: ReadonlySet<string> = new Set();

export type Narrowing = ReturnType<typeof useNarrowing>;
