import type { ConfigItem } from "../../../bindings/ConfigItem";
import type { SentValue } from "../../../bindings/SentValue";

/** What was changed in the form and is not stored yet. */
export type Draft = Readonly<Record<string, SentValue>>;

export const NO_DRAFT: Draft = {};

/** The one way to spell a new value: a text, or a file's content in base64 with its name. */
export function setTo(value: string, more: { filename?: string; repeatableItem?: string } = {}): SentValue {
  return { type: "set", value, filename: more.filename ?? "", repeatableItem: more.repeatableItem ?? "" };
}

export const CLEAR: SentValue = { type: "clear" };

/** What a field shows: what was typed, else what is stored, else nothing. */
export function shownValue(item: ConfigItem, sent: SentValue | undefined): string {
  if (sent?.type === "set") return sent.value;
  return sent?.type === "clear" ? (item.baseValue ?? "") : item.value;
}

/** What is chosen where one thing always is: the vendor's default when nobody chose. */
export function chosenValue(item: ConfigItem, sent: SentValue | undefined): string {
  return shownValue(item, sent) || item.default;
}

/**
 * What typing a text means for an item as it is stored: nothing when that is what is stored, and the vendor's default
 * when the field is emptied. A further value of a repeatable item has no default to go back to; it stays, empty. So does
 * an item that has a value in the base: emptied, it is another than the base's.
 */
export function typed(stored: ConfigItem, value: string, repeatableItem = ""): SentValue | undefined {
  const known = repeatableItem === "" || stored.isSet || stored.value !== "";
  if (known && value === stored.value && stored.kind !== "password") return undefined;
  return value === "" && repeatableItem === "" && stored.baseValue === null ? CLEAR : setTo(value, { repeatableItem });
}

/** A draft with a value for an item, or in which the item is as it is stored. */
export function withValue(draft: Draft, name: string, sent: SentValue | undefined): Draft {
  if (sent) return { ...draft, [name]: sent };
  return Object.fromEntries(Object.entries(draft).filter(([one]) => one !== name));
}

export function sameDraft(one: Draft, other: Draft): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
