import { useMemo, useState } from "react";

import type { ConfigView } from "../../../bindings/ConfigView";
import { useAsk, useDo } from "../../../engine/ask";
import { fieldErrors } from "../../../engine/problem";
import { useLater } from "../../../sites/later";
import { Store, useStore } from "../../../store";
import { errorsOf, NO_DRAFT, type Draft } from "./draft";

// What is typed stays while one looks elsewhere in the window. It may hold secrets, so it is in memory and nowhere else.
const drafts = new Map<string, Store<Draft>>();

function draftOf(run: string): Store<Draft> {
  const store = drafts.get(run) ?? new Store(NO_DRAFT);
  drafts.set(run, store);
  return store;
}

/** The form of a run: as stored, and as it would be with what is typed, asked a moment after the last key. */
export function useConfigForm(run: string) {
  const store = useMemo(() => draftOf(run), [run]);
  const draft = useStore(store);
  const asked = useLater(draft, 250);
  const stored = useAsk("config_get", { run });
  const some = Object.keys(asked).length > 0;
  const templated = useAsk("config_template", { run, values: asked }, { enabled: some, keep: true, gcTime: 0 });
  const set = useDo("config_set");
  const [refused, setRefused] = useState<Readonly<Record<string, string>>>({});
  const view: ConfigView | undefined = some ? (templated.data ?? stored.data) : stored.data;
  const errors = useMemo(() => view && errorsOf(view, refused), [view, refused]);
  const change = (name: string, next: Draft) => {
    store.set(next);
    setRefused((before) => Object.fromEntries(Object.entries(before).filter(([one]) => one !== name)));
  };
  const save = (onSaved: () => void, onRefused: (first: string | undefined) => void) =>
    set.mutate(
      { run, values: { ...draft } },
      {
        onSuccess: () => {
          store.set(NO_DRAFT);
          setRefused({});
          onSaved();
        },
        onError: (error) => {
          const fields = fieldErrors(error);
          setRefused(fields);
          onRefused(Object.keys(fields)[0]);
        },
      },
    );
  return { view, errors, draft, change, save, saving: set.isPending, error: set.error, load: stored, template: templated };
}

export type ConfigForm = ReturnType<typeof useConfigForm>;
