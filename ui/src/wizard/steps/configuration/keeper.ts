import { replaceEqualDeep } from "@tanstack/react-query";

import type { ConfigItem } from "../../../bindings/ConfigItem";
import type { ConfigView } from "../../../bindings/ConfigView";
import type { Draft } from "./draft";
import { errorsOf, type Errors } from "./errors";
import { isTouched } from "./repeat";

export interface Seen {
  view: ConfigView;
  /** Items as they are stored, also those that only what was typed has switched on. */
  stored: ReadonlyMap<string, ConfigItem>;
}

/**
 * Remembers the form between answers: items that did not change keep their identity, so that they are not rendered again,
 * and the form before stays while there is no other.
 */
export class Keeper {
  private last: Seen | null = null;
  private before: ConfigView | undefined;
  private refused: Errors | undefined;

  /** `answer` is the form with the values of `draft`, `stored` the one without; `draft` is null while the answer is an older one. */
  see(stored: ConfigView | undefined, answer: ConfigView | undefined, draft: Draft | null): Seen | null {
    const shown = answer ?? this.last?.view ?? stored;
    if (!shown) return null;
    const view = replaceEqualDeep(this.last?.view, shown) as ConfigView;
    if (this.last && view === this.last.view && stored === this.before) return this.last;
    const items = new Map(this.last?.stored);
    const untouched = itemsOf(view).filter((item) => draft && !isTouched(item, draft));
    for (const item of [...untouched, ...(stored ? itemsOf(stored) : [])]) items.set(item.name, item);
    this.before = stored;
    this.last = { view, stored: this.last && sameItems(this.last.stored, items) ? this.last.stored : items };
    return this.last;
  }

  /** What is refused; the same object where it is the same. */
  errors(view: ConfigView, refused: Readonly<Record<string, string>>): Errors {
    this.refused = replaceEqualDeep(this.refused, errorsOf(view, refused)) as Errors;
    return this.refused;
  }
}

function itemsOf(view: ConfigView): ConfigItem[] {
  return view.groups.flatMap((group) => group.items);
}

function sameItems(one: ReadonlyMap<string, ConfigItem>, other: ReadonlyMap<string, ConfigItem>): boolean {
  return one.size === other.size && [...one].every(([name, item]) => other.get(name) === item);
}
