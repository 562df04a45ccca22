import type { ConfigItem } from "../../../bindings/ConfigItem";
import type { ConfigView } from "../../../bindings/ConfigView";
import type { SentValue } from "../../../bindings/SentValue";

/** What was changed in the form and is not stored yet. */
export type Draft = Readonly<Record<string, SentValue>>;

export const NO_DRAFT: Draft = {};

/** What a field shows: what was typed, else what is stored, else nothing. */
export function shownValue(item: ConfigItem, draft: Draft): string {
  const sent = draft[item.name];
  if (sent?.type === "set") return sent.value;
  return sent?.type === "clear" ? "" : item.value;
}

/** What is chosen where one thing always is: the vendor's default when nobody chose. */
export function chosenValue(item: ConfigItem, draft: Draft): string {
  return shownValue(item, draft) || item.default;
}

/** A draft with a text typed; an emptied field goes back to the vendor's default. */
export function typed(draft: Draft, item: ConfigItem, value: string): Draft {
  const sent: SentValue = value === "" ? { type: "clear" } : { type: "set", value, filename: "" };
  if (value === item.value && item.kind !== "password") return untouched(draft, item.name);
  return { ...draft, [item.name]: sent };
}

/** A draft in which an item is as it is stored. */
export function untouched(draft: Draft, name: string): Draft {
  return Object.fromEntries(Object.entries(draft).filter(([one]) => one !== name));
}

export interface Errors {
  /** By item: what is wrong with its present value. */
  items: Readonly<Record<string, string>>;
  /** By group: how many of its items are refused. */
  groups: Readonly<Record<string, number>>;
  total: number;
}

/** Everything that would be refused, from the form and from the last attempt to store it. */
export function errorsOf(view: ConfigView, refused: Readonly<Record<string, string>>): Errors {
  const items: Record<string, string> = {};
  const groups: Record<string, number> = {};
  for (const group of view.groups) {
    for (const item of group.items) {
      const error = refused[item.name] ?? item.error ?? view.errors.find((one) => one.field === item.name)?.message;
      if (!error) continue;
      items[item.name] = error;
      groups[group.name] = (groups[group.name] ?? 0) + 1;
    }
  }
  return { items, groups, total: Object.keys(items).length };
}

/** A form with only what is looked for; headings stay with what they head. */
export function matching(view: ConfigView, search: string): ConfigView {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return view;
  const groups = view.groups.map((group) => {
    const all = group.title.toLowerCase();
    const items = group.items.filter((item) => {
      const text = `${all} ${item.name} ${item.title} ${item.helpText}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    return { ...group, items };
  });
  return { ...view, groups: groups.filter((group) => group.items.length > 0) };
}
