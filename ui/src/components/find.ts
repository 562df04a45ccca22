export interface Findable {
  id: string;
  title: string;
  group: string;
  /** More to find it by, not shown. */
  words?: string;
}

export interface Found<T> {
  title: string;
  items: T[];
}

const AT_MOST = 60;

/** What contains every word typed, titles that begin with them first, in groups as they come. */
export function find<T extends Findable>(items: readonly T[], text: string): Found<T>[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const ranked = items
    .map((item, at) => ({ item, at, rank: rankOf(item, words) }))
    .filter((one) => one.rank >= 0)
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .slice(0, AT_MOST);
  const groups = new Map<string, T[]>();
  for (const { item } of ranked) groups.set(item.group, [...(groups.get(item.group) ?? []), item]);
  return [...groups].map(([title, found]) => ({ title, items: found }));
}

function rankOf(item: Findable, words: string[]): number {
  const title = item.title.toLowerCase();
  const all = `${title} ${(item.words ?? "").toLowerCase()} ${item.group.toLowerCase()}`;
  if (!words.every((word) => all.includes(word))) return -1;
  const [first = ""] = words;
  if (title.startsWith(first)) return 0;
  return title.includes(first) ? 1 : 2;
}
