import type { ConfigItem } from "../../../bindings/ConfigItem";
import type { Draft } from "./draft";

/**
 * The name of a further value: the item's and eight hex digits. They count seconds, so that the engine, which keeps values
 * by their name, gives them back in the order in which they were added.
 */
export function repetitionName(item: string, taken: readonly string[], now: number): string {
  let count = Math.floor(now / 1000);
  const named = () => `${item}-${count.toString(16).padStart(8, "0").slice(-8)}`;
  while (taken.includes(named())) count += 1;
  return named();
}

export interface Rows {
  /** Further values, in order, as items that are edited like any other. */
  rows: ConfigItem[];
  /** Names of stored values that go when the draft is stored. */
  removed: string[];
}

/** The further values of an item: those that are stored, then those that the draft adds. */
export function rowsOf(stored: ConfigItem, item: ConfigItem, draft: Draft): Rows {
  const known = stored.repetitions.map((one) => one.name);
  const added = Object.keys(draft).filter((name) => isOf(item.name, draft, name) && !known.includes(name));
  const removed = known.filter((name) => draft[name]?.type === "clear");
  // The vendor gave a value that stays when what a person said of it goes.
  const stays = (name: string) => !removed.includes(name) || item.repetitions.some((one) => one.name === name && !one.isSet);
  const names = [...known.filter(stays), ...added];
  const title = item.title || item.name;
  const rows = names.map((name, at): ConfigItem => {
    const now = item.repetitions.find((one) => one.name === name) ?? stored.repetitions.find((one) => one.name === name);
    const isSet = stored.repetitions.some((one) => one.name === name && one.isSet);
    return { ...item, name, title: `${title} ${at + 2}`, value: now?.value ?? "", default: "", filename: "", isSet, required: false, helpText: "", note: null, baseValue: null, repetitions: [] };
  });
  return { rows, removed: removed.filter((name) => !names.includes(name)) };
}

function isOf(item: string, draft: Draft, name: string): boolean {
  const sent = draft[name];
  return sent?.type === "set" && sent.repeatableItem === item;
}

/** What a draft says of an item and of its further values. */
export function partOf(draft: Draft, item: ConfigItem): Draft {
  const about = ([name]: [string, unknown]) => name === item.name || isOf(item.name, draft, name) || item.repetitions.some((one) => one.name === name);
  return Object.fromEntries(Object.entries(draft).filter(about));
}

/** Whether it says anything. */
export function isTouched(item: ConfigItem, draft: Draft): boolean {
  if (item.name in draft) return true;
  return item.repeatable && Object.keys(partOf(draft, item)).length > 0;
}
