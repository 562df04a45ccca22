import type { ConfigView } from "../../../bindings/ConfigView";

export interface Errors {
  /** By item, or by further value of one: what is wrong with its present value. */
  items: Readonly<Record<string, string>>;
  /** By group: how many of its fields are refused. */
  groups: Readonly<Record<string, number>>;
  /** Refused fields from top to bottom. */
  order: readonly string[];
  /** What is refused and stands nowhere in the form, as `name: why`. */
  elsewhere: readonly string[];
  total: number;
}

/** Everything that would be refused, from the form and from the last attempt to store it. */
export function errorsOf(view: ConfigView, refused: Readonly<Record<string, string>>): Errors {
  const told = new Map(view.errors.map((one) => [one.field, one.message]));
  const items: Record<string, string> = {};
  const groups: Record<string, number> = {};
  const order: string[] = [];
  const seen = new Set<string>();
  for (const group of view.groups) {
    const fields = group.items.flatMap((item) => [{ name: item.name, error: item.error }, ...item.repetitions.map((one) => ({ name: one.name, error: null }))]);
    for (const { name, error: own } of fields) {
      seen.add(name);
      const error = refused[name] ?? own ?? told.get(name);
      if (!error) continue;
      items[name] = error;
      order.push(name);
      groups[group.name] = (groups[group.name] ?? 0) + 1;
    }
  }
  const elsewhere = Object.entries(refused).filter(([name]) => !seen.has(name));
  return { items, groups, order, elsewhere: elsewhere.map(([name, why]) => (name ? `${name}: ${why}` : why)), total: order.length };
}
