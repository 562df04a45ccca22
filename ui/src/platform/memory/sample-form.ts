import type { ChartRendering } from "../../bindings/ChartRendering";
import type { ConfigItem } from "../../bindings/ConfigItem";
import type { ConfigRendering } from "../../bindings/ConfigRendering";
import type { ConfigView } from "../../bindings/ConfigView";
import type { ObjectDiff } from "../../bindings/ObjectDiff";
import type { SentValue } from "../../bindings/SentValue";
import { digest } from "./sample-bundles";

export interface StoredValue {
  value: string;
  filename: string;
  /** The repeatable item that this is a further value of. */
  repeatableItem: string;
}

export type Values = Readonly<Record<string, StoredValue>>;

/** A base as a run keeps it. */
export interface MemoryBaseOfRun {
  id: string;
  name: string;
  values: Values;
}

/** Asks for what an item comes to: what a person gave, else the vendor's default. */
export type Read = (name: string) => string;

export type SampleItem = ConfigItem & { when?: (read: Read) => boolean };

export interface SampleGroup {
  name: string;
  title: string;
  description: string;
  items: SampleItem[];
}

export interface SampleChart {
  release: string;
  values: string;
}

/** A made-up package's form, and what its charts make of the values. */
export interface SampleForm {
  groups: SampleGroup[];
  /** Items of the installed release that this one no longer has. */
  removed: string[];
  /** What was given to the installed release. */
  installed: Values;
  refuses: (item: ConfigItem, value: string) => string | null;
  charts: (read: Read, all: (item: string) => string[]) => SampleChart[];
  manifests: (read: Read) => string;
  objects: (release: string, read: Read) => { kind: string; name: string; text: string }[];
}

export function sampleItem(name: string, kind: string, title: string, more: Partial<SampleItem> = {}): SampleItem {
  return {
    name,
    kind,
    title,
    helpText: "",
    value: "",
    default: "",
    filename: "",
    isSet: false,
    source: "default",
    baseValue: null,
    required: false,
    readonly: false,
    recommended: false,
    affix: "",
    options: [],
    repeatable: false,
    minimumCount: 0,
    repetitions: [],
    note: null,
    error: null,
    ...more,
  };
}

export function given(value: string, repeatableItem = ""): StoredValue {
  return { value, filename: "", repeatableItem };
}

export function itemsOf(form: SampleForm): SampleItem[] {
  return form.groups.flatMap((group) => group.items);
}

export function apply(stored: Values, sent: Record<string, SentValue | undefined>, base: MemoryBaseOfRun | null = null): Values {
  const next = new Map(Object.entries(stored));
  for (const [name, value] of Object.entries(sent)) {
    if (value?.type === "set") {
      const repeatableItem = value.repeatableItem || (stored[name]?.repeatableItem ?? "");
      next.set(name, { value: value.value, filename: value.filename, repeatableItem });
    }
    if (value?.type === "file") next.set(name, { value: value.content, filename: value.filename, repeatableItem: "" });
    if (value?.type === "clear") next.delete(name);
    const shared = base?.values[name];
    if (value?.type === "clear" && shared) next.set(name, shared);
  }
  return Object.fromEntries(next);
}

export function reader(form: SampleForm, values: Values): Read {
  const defaults = new Map(itemsOf(form).map((item) => [item.name, item.default]));
  return (name) => values[name]?.value || (defaults.get(name) ?? "");
}

/** The form with these values: what is switched off is left out, what would be refused says why. */
export function formOf(form: SampleForm, values: Values, upgrade: boolean, base: MemoryBaseOfRun | null = null): ConfigView {
  const read = reader(form, values);
  const groups = form.groups.map(({ name, title, description, items }) => ({
    name,
    title,
    description,
    items: items.filter((one) => one.when?.(read) ?? true).map((one) => sourced(filled(form, one, values, upgrade), values, base)),
  }));
  const errors = groups.flatMap((group) => group.items).flatMap((one) => (one.error ? [{ field: one.name, message: one.error }] : []));
  return { groups, errors, removed: upgrade ? form.removed : [], base: base && { id: base.id, name: base.name } };
}

/** Says of an item whom it has its value from. */
function sourced(item: ConfigItem, values: Values, base: MemoryBaseOfRun | null): ConfigItem {
  const shared = base?.values[item.name];
  const stored = values[item.name];
  const same = shared !== undefined && stored?.value === shared.value;
  const told = item.kind === "password" ? "" : item.kind === "file" ? (shared?.filename ?? "") : (shared?.value ?? "");
  return { ...item, source: !stored ? "default" : same ? "base" : "site", baseValue: shared ? told : null };
}

function filled(form: SampleForm, definition: SampleItem, values: Values, upgrade: boolean): ConfigItem {
  const base = { ...definition };
  delete base.when;
  const stored = values[base.name];
  const hidden = base.kind === "password" || base.kind === "file";
  const item: ConfigItem = {
    ...base,
    value: hidden ? "" : (stored?.value ?? ""),
    filename: stored?.filename ?? "",
    isSet: stored !== undefined,
    repetitions: repetitionsOf(base, values),
    note: upgrade ? base.note : null,
  };
  return { ...item, error: refusal(form, item, stored?.value ?? "") };
}

/** The vendor's further values, then those people gave, by name. */
function repetitionsOf(base: ConfigItem, values: Values) {
  if (!base.repeatable) return [];
  const names = Object.keys(values).filter((name) => values[name]?.repeatableItem === base.name);
  const added = names.filter((name) => !base.repetitions.some((one) => one.name === name)).sort();
  return [
    ...base.repetitions.map((one) => ({ ...one, value: values[one.name]?.value ?? one.value, isSet: one.name in values })),
    ...added.map((name) => ({ name, value: values[name]?.value ?? "", isSet: true })),
  ];
}

function refusal(form: SampleForm, item: ConfigItem, value: string): string | null {
  if (item.repeatable) {
    const own = value !== "" || item.default !== "" ? 1 : 0;
    const many = own + item.repetitions.filter((one) => one.value !== "").length;
    const least = Math.max(item.minimumCount, item.required ? 1 : 0);
    if (many < least) return least === 1 ? `${item.title} is required` : `${item.title} needs at least ${least} values`;
  } else if (item.required && value === "" && item.default === "") {
    return `${item.title} is required.`;
  }
  return form.refuses(item, value);
}

/** A secret as the engine shows it: another one is seen to be another. */
const mask = (secret: string) => `(secret, ${digest(secret).slice(0, 12)})`;

/** What values make of the charts, against what is stored. Secrets decide whether a chart changes, and are masked. */
export function renderingOf(form: SampleForm, stored: Values, sent: Values, objects: boolean): ConfigRendering {
  const [before, after] = [sideOf(form, stored), sideOf(form, sent)];
  const secrets = secretsOf(form, stored).concat(secretsOf(form, sent));
  const hide = (text: string) => secrets.reduce((shown, secret) => shown.replaceAll(secret, mask(secret)), text);
  const releases = [...new Set([...before.charts, ...after.charts].map((one) => one.release))].sort();
  const charts = releases.map((release): ChartRendering => {
    const [old, now] = [before, after].map((side) => side.charts.find((one) => one.release === release)?.values);
    const change = old === undefined ? "add" : now === undefined ? "remove" : old === now ? "keep" : "change";
    const wanted = objects && change !== "keep";
    return {
      release,
      chart: release,
      change,
      before: hide(old ?? ""),
      after: hide(now ?? ""),
      objects: wanted ? objectsOf(form.objects(release, before.read), form.objects(release, after.read), old, now).map((one) => ({ ...one, before: hide(one.before), after: hide(one.after) })) : [],
    };
  });
  return { charts, manifestsBefore: hide(before.manifests), manifestsAfter: hide(after.manifests) };
}

function sideOf(form: SampleForm, values: Values) {
  const read = reader(form, values);
  const all = (name: string) => {
    const base = itemsOf(form).find((one) => one.name === name);
    const own = read(name);
    return [own, ...(base ? repetitionsOf(base, values).map((one) => one.value) : [])].filter((value) => value !== "");
  };
  return { read, charts: form.charts(read, all), manifests: form.manifests(read) };
}

function secretsOf(form: SampleForm, values: Values): string[] {
  const hidden = itemsOf(form).filter((item) => item.kind === "password" || item.kind === "file");
  return hidden.map((item) => values[item.name]?.value ?? "").filter((value) => value !== "");
}

function objectsOf(before: { kind: string; name: string; text: string }[], after: typeof before, old?: string, now?: string): ObjectDiff[] {
  const names = [...new Set([...before, ...after].map((one) => `${one.kind}/${one.name}`))];
  return names.map((id) => {
    const [left, right] = [old === undefined ? [] : before, now === undefined ? [] : after].map((side) => side.find((one) => `${one.kind}/${one.name}` === id)?.text ?? "");
    const change = !left ? "add" : !right ? "remove" : left === right ? "keep" : "change";
    const [kind = "", name = ""] = id.split("/");
    return { kind, namespace: "tidewater", name, change, before: left ?? "", after: right ?? "" };
  });
}
