import type { BaseComparison } from "../../bindings/BaseComparison";
import type { BaseDifference } from "../../bindings/BaseDifference";
import type { BaseSummary } from "../../bindings/BaseSummary";
import type { BaseView } from "../../bindings/BaseView";
import type { FieldError } from "../../bindings/FieldError";
import type { SentValue } from "../../bindings/SentValue";
import type { Handlers } from "./commands";
import { imported } from "./config-file";
import { refuse } from "./refuse";
import { valuesAt, type HeldValue, type MemoryBase } from "./sample-bases";
import { itemsOf, type SampleItem } from "./sample-form";
import { WHO } from "./sample-sites";
import type { World } from "./world";

/** Bases of the sample engine. */
export function baseCommands(world: World) {
  const find = (id: string): MemoryBase => {
    const base = world.bases.find((one) => one.id === id || one.name === id);
    if (!base) throw refuse("notFound", `There is no base ${id}.`, "Go back to the list of bases.");
    return base;
  };
  const changed = (base: MemoryBase): BaseView => {
    Object.assign(base, { changedAt: Date.now(), changedBy: WHO });
    world.tell({ type: "baseChanged", base: base.id });
    return viewOf(world, base);
  };
  const add = (name: string | null, slug: string | null): MemoryBase => {
    const made = { id: `base-${world.bases.length + 1}-${name}`, name: name ?? "", slug: slug ?? "", values: {}, sites: [], changedAt: 0, changedBy: "" };
    const refused: FieldError[] = [];
    if (!made.name) refused.push({ field: "name", message: "must not be empty" });
    if (world.bases.some((one) => one.name === made.name)) refused.push({ field: "name", message: "is taken" });
    if (!made.slug) refused.push({ field: "slug", message: "must not be empty: it says which application the values are for" });
    if (refused.length > 0) throw refuse("badInput", "The base was refused.", "Nothing was stored.", refused);
    return made;
  };
  const keep = (base: MemoryBase, values: Record<string, HeldValue>): BaseView => {
    base.values = values;
    if (!world.bases.includes(base)) world.bases.push(base);
    return changed(base);
  };
  return {
    base_list: () => ({ bases: world.bases.map((one) => summaryOf(world, one)).sort((a, b) => a.name.localeCompare(b.name)) }),
    base_get: ({ base }) => viewOf(world, find(base)),
    base_put: ({ base: id, name, slug, replace, content, values }) => {
      const base = id === null ? add(name, slug) : find(id);
      const sent = { ...(content === null ? {} : imported(world.form, content)), ...values };
      const refused = Object.entries(sent).flatMap(([field, value]) => refusalOf(world, field, value));
      if (refused.length > 0) throw refuse("badInput", refused.length === 1 ? "One value of the base was refused." : `${refused.length} values of the base were refused.`, "Nothing was stored.", refused);
      return keep(base, withSent(replace ? {} : base.values, sent));
    },
    base_take: ({ site, base: id, name }) => {
      const { summary } = world.site(site);
      if (summary.reachability.type === "offline") throw refuse("unreachable", `${summary.name} does not answer: ${summary.reachability.reason}`, "Check the network, then try again.");
      const base = id === null ? add(name, summary.installed?.slug ?? null) : find(id);
      const passwords = new Set(itemsOf(world.form).filter((item) => item.kind === "password").map((item) => item.name));
      const taken = Object.entries({ ...world.form.installed, ...valuesAt(summary.name, undefined).values }).filter(([item]) => !passwords.has(item));
      const held = taken.map(([item, one]): [string, HeldValue] => [item, { value: one.value, filename: one.filename, at: Date.now(), who: WHO }]);
      return keep(base, { ...base.values, ...Object.fromEntries(held) });
    },
    base_remove: ({ base }) => {
      const gone = find(base);
      world.bases.splice(world.bases.indexOf(gone), 1);
      world.tell({ type: "baseChanged", base: gone.id });
      return {};
    },
    base_assign: ({ base: id, sites }) => {
      const base = find(id);
      for (const other of world.bases.filter((one) => one.slug === base.slug)) other.sites = other.sites.filter((site) => !sites.includes(site));
      base.sites = [...base.sites, ...sites];
      return changed(base);
    },
    base_unassign: ({ base: id, sites }) => {
      const base = find(id);
      base.sites = base.sites.filter((site) => !sites.includes(site));
      return changed(base);
    },
    base_compare: ({ base }) => compared(world, find(base)),
  } satisfies Partial<Handlers>;
}

function refusalOf(world: World, field: string, value: SentValue | undefined): FieldError[] {
  if (value?.type !== "set") return [];
  const item = itemsOf(world.form).find((one) => one.name === field);
  const message = item ? world.form.refuses(item, value.value) : "is no config item of this release";
  return message ? [{ field, message }] : [];
}

function withSent(values: Record<string, HeldValue>, sent: Record<string, SentValue | undefined>): Record<string, HeldValue> {
  const next = new Map(Object.entries(values));
  for (const [name, value] of Object.entries(sent)) {
    if (value?.type === "clear") next.delete(name);
    if (value?.type === "set") next.set(name, { value: value.value, filename: value.filename, at: Date.now(), who: WHO });
  }
  return Object.fromEntries(next);
}

function summaryOf(world: World, { id, name, slug, values, sites, changedAt, changedBy }: MemoryBase): BaseSummary {
  const named = world.sites.filter((one) => sites.includes(one.summary.id)).map((one) => ({ id: one.summary.id, name: one.summary.name }));
  return { id, name, slug, values: Object.keys(values).length, sites: named.sort((a, b) => a.name.localeCompare(b.name)), changedAt, changedBy };
}

const isSecret = (item: SampleItem | undefined) => !item || item.kind === "password" || item.kind === "file";

function viewOf(world: World, base: MemoryBase): BaseView {
  const items = itemsOf(world.form).filter((item) => item.kind !== "label" && item.kind !== "heading");
  const order = (name: string) => items.findIndex((item) => item.name === name) >>> 0;
  const values = Object.entries(base.values).sort(([a], [b]) => order(a) - order(b));
  return {
    summary: summaryOf(world, base),
    values: values.map(([name, held]) => {
      const item = items.find((one) => one.name === name);
      const secret = isSecret(item);
      return { name, title: item?.title ?? "", kind: item?.kind ?? "", value: secret ? "" : held.value, filename: held.filename, secret, changedAt: held.at, changedBy: held.who };
    }),
    items: items.map(({ name, title, kind, options }) => ({ name, title, kind, options })),
    release: "1.1.0",
    notes: values.filter(([name]) => !items.some((item) => item.name === name)).map(([field]) => ({ field, message: "is no config item of 1.1.0" })),
  };
}

function compared(world: World, base: MemoryBase): BaseComparison {
  const items = new Map<string, BaseDifference>();
  const form = itemsOf(world.form);
  const sites = summaryOf(world, base).sites.map(({ id, name }) => {
    const { installed, reachability } = world.site(id).summary;
    // One that never answered is not known at all; the others are known as they were.
    const problem = reachability.type === "offline" ? `${name} does not answer: ${reachability.reason}` : reachability.type === "credentialDied" ? reachability.reason : "";
    const known = reachability.type !== "credentialDied";
    const { values, inherited } = valuesAt(name, base);
    const names = known ? [...new Set([...Object.keys(base.values), ...Object.keys(values)])].filter((one) => form.some((item) => item.name === one) && base.values[one]?.value !== values[one]?.value) : [];
    for (const one of names) {
      const item = form.find((known_) => known_.name === one);
      const secret = isSecret(item);
      const shown = (value: string | undefined) => (value === undefined ? null : secret ? "" : value);
      const difference = items.get(one) ?? { name: one, title: item?.title ?? "", kind: item?.kind ?? "", secret, base: shown(base.values[one]?.value), sites: [] };
      difference.sites.push({ site: id, value: shown(values[one]?.value), behind: inherited.has(one) });
      items.set(one, difference);
    }
    const behind = names.filter((one) => inherited.has(one)).length;
    const readAt = known ? Date.now() - (problem ? 40 * 3_600_000 : 1000) : null;
    return { id, name, version: known ? (installed?.version ?? "") : "", differing: names.length, behind, readAt, problem };
  });
  const place = (name: string) => form.findIndex((item) => item.name === name);
  return { summary: summaryOf(world, base), sites, items: [...items.values()].sort((a, b) => place(a.name) - place(b.name)) };
}
