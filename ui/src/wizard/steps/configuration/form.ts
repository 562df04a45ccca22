import { createContext, useCallback, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";

import type { ConfigItem } from "../../../bindings/ConfigItem";
import type { SentValue } from "../../../bindings/SentValue";
import { useAsk, useDo } from "../../../engine/ask";
import { fieldErrors } from "../../../engine/problem";
import { Store } from "../../../store";
import { NO_DRAFT, sameDraft, withValue, type Draft } from "./draft";
import { Keeper } from "./keeper";
import { partOf } from "./repeat";

// What is typed stays while one looks elsewhere in the window. It may hold secrets, so it is in memory and nowhere else.
const drafts = new Map<string, Store<Draft>>();

function draftOf(run: string): Store<Draft> {
  const store = drafts.get(run) ?? new Store(NO_DRAFT);
  drafts.set(run, store);
  return store;
}

/** The way for a field to what is typed. It never changes, so a key renders the field it goes to and no other. */
export interface Door {
  draft: Store<Draft>;
  send: (name: string, value: SentValue | undefined) => void;
}

export const FormDoor = createContext<Door>({ draft: new Store(NO_DRAFT), send: () => undefined });

/** What is typed in one field. */
export function useSent(name: string): SentValue | undefined {
  const { draft } = useContext(FormDoor);
  return useSyncExternalStore(draft.subscribe, () => draft.get()[name]);
}

/** What is typed in an item and in its further values; the same object for as long as that is the same. */
export function useSentOf(stored: ConfigItem): Draft {
  const { draft } = useContext(FormDoor);
  const part = useMemo(() => new Part(draft, stored), [draft, stored]);
  return useSyncExternalStore(draft.subscribe, part.get);
}

class Part {
  private last = NO_DRAFT;

  constructor(
    private readonly draft: Store<Draft>,
    private readonly item: ConfigItem,
  ) {}

  get = (): Draft => {
    const next = partOf(this.draft.get(), this.item);
    if (!sameDraft(this.last, next)) this.last = next;
    return this.last;
  };
}

/** A value once it had stayed the same for a while, without rendering on the way there. */
function useSettled<T>(store: Store<T>, ms: number): T {
  const [settled, setSettled] = useState(store.get);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(() => setSettled(store.get), ms);
    };
    heard();
    const unsubscribe = store.subscribe(heard);
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [store, ms]);
  return settled;
}

type Refused = Readonly<Record<string, string>>;
const NONE: Refused = {};

/** The form of a run: as stored, and as it would be with what is typed, asked a moment after the last key. */
export function useConfigForm(run: string) {
  const draft = useMemo(() => draftOf(run), [run]);
  const asked = useSettled(draft, 250);
  const load = useAsk("config_get", { run });
  const some = Object.keys(asked).length > 0;
  const template = useAsk("config_template", { run, values: asked }, { enabled: some, keep: true, gcTime: 0 });
  const set = useDo("config_set");
  const bring = useDo("config_import");
  const [refused, setRefused] = useState(NONE);
  const [keeper] = useState(() => new Keeper());
  const older = some && template.isPlaceholderData;
  const answer = some ? template.data : load.data;
  const seen = useMemo(() => keeper.see(load.data, answer, older ? null : asked), [keeper, load.data, answer, asked, older]);
  const errors = useMemo(() => seen && keeper.errors(seen.view, refused), [keeper, seen, refused]);
  const send = useCallback(
    (name: string, value: SentValue | undefined) => {
      draft.set(withValue(draft.get(), name, value));
      setRefused((before) => (name in before ? without(before, name) : before));
    },
    [draft],
  );
  const door = useMemo<Door>(() => ({ draft, send }), [draft, send]);
  const onSuccess = (onStored: () => void) => () => {
    draft.set(NO_DRAFT);
    setRefused(NONE);
    onStored();
  };
  const onError = (onRefused: OnRefused) => (error: Error) => {
    const fields = fieldErrors(error);
    setRefused(fields);
    onRefused(Object.keys(fields));
  };
  const save = (onStored: () => void, onRefused: OnRefused) => {
    bring.reset();
    set.mutate({ run, values: { ...draft.get() } }, { onSuccess: onSuccess(onStored), onError: onError(onRefused) });
  };
  /** Stores the values of a file. What is typed and not stored is gone then. */
  const importFile = (content: string, onStored: () => void, onRefused: OnRefused) => {
    set.reset();
    bring.mutate({ run, content }, { onSuccess: onSuccess(onStored), onError: onError(onRefused) });
  };
  /** What was said of the file before, once another is chosen. */
  const forget = bring.reset;
  return { seen, errors, asked, door, save, importFile, forget, saving: set.isPending, importing: bring.isPending, error: set.error, importError: bring.error, load, template };
}

/** Hears which fields were refused; none when it was something else. */
type OnRefused = (fields: string[]) => void;

function without(refused: Refused, name: string): Refused {
  return Object.fromEntries(Object.entries(refused).filter(([one]) => one !== name));
}

export type ConfigForm = ReturnType<typeof useConfigForm>;
