import type { ConfigItem } from "../../../bindings/ConfigItem";
import type { ConfigView } from "../../../bindings/ConfigView";
import type { Draft } from "./draft";
import { isTouched } from "./repeat";

export function isDecoration(item: ConfigItem): boolean {
  return item.kind === "label" || item.kind === "heading";
}

/** How many items there are to fill. */
export function itemCount(view: ConfigView): number {
  return view.groups.reduce((all, group) => all + group.items.filter((item) => !isDecoration(item)).length, 0);
}

/** A form with only some of its items; a heading stays while something it heads does. */
function narrowed(view: ConfigView, keeps: (item: ConfigItem, group: string) => boolean): ConfigView {
  const groups = view.groups.map((group) => {
    let heading: ConfigItem | null = null;
    const items: ConfigItem[] = [];
    for (const item of group.items) {
      if (item.kind === "heading") heading = item;
      if (item.kind === "heading" || !keeps(item, group.title)) continue;
      if (heading) items.push(heading);
      heading = null;
      items.push(item);
    }
    return { ...group, items };
  });
  return { ...view, groups: groups.filter((group) => group.items.length > 0) };
}

/** What is looked for, in names, titles and help. */
export function matching(view: ConfigView, search: string): ConfigView {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return view;
  return narrowed(view, (item, group) => {
    const text = `${group} ${item.name} ${item.title} ${item.helpText}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/**
 * Items that an operator has a reason to look at again: changed here and not stored yet, other than the vendor's default,
 * or touched by the upgrade. What the upgrade merely keeps is not among them unless it differs from the default.
 */
export function changedNames(view: ConfigView, draft: Draft): string[] {
  const items = view.groups.flatMap((group) => group.items).filter((item) => !isDecoration(item));
  return items.filter((item) => isTouched(item, draft) || differs(item)).map((item) => item.name);
}

function differs(item: ConfigItem): boolean {
  if (item.note !== null && item.note !== "kept") return true;
  if (item.repetitions.some((one) => one.isSet)) return true;
  const unseen = item.kind === "password" || item.kind === "file";
  return item.isSet && (unseen || item.value !== item.default);
}

export function only(view: ConfigView, names: ReadonlySet<string>): ConfigView {
  return narrowed(view, (item) => names.has(item.name));
}
