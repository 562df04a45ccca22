import type { ConfigFile } from "../../bindings/ConfigFile";
import type { SentValue } from "../../bindings/SentValue";
import { refuse } from "./refuse";
import { itemsOf, type SampleForm, type Values } from "./sample-form";

/** Values as a ConfigValues document, without passwords. */
export function exported(form: SampleForm, values: Values): ConfigFile {
  const passwords = itemsOf(form).filter((item) => item.kind === "password");
  const lines = itemsOf(form).flatMap((item) => {
    if (item.kind === "password" || item.kind === "label" || item.kind === "heading") return [];
    const own = values[item.name];
    const parts = [
      ...(own ? [`      value: ${JSON.stringify(own.value)}`] : []),
      ...(item.default ? [`      default: ${JSON.stringify(item.default)}`] : []),
      ...(own?.filename ? [`      filename: ${JSON.stringify(own.filename)}`] : []),
    ];
    const rows = Object.entries(values).filter(([, one]) => one.repeatableItem === item.name);
    return [
      ...(parts.length > 0 ? [`    ${item.name}:`, ...parts] : []),
      ...rows.flatMap(([name, one]) => [`    ${name}:`, `      value: ${JSON.stringify(one.value)}`, `      repeatableItem: ${item.name}`]),
    ];
  });
  const head = ["apiVersion: kots.io/v1beta1", "kind: ConfigValues", "metadata:", "  name: kots-app-config", "spec:", "  values:"];
  return { content: `${[...head, ...lines].join("\n")}\n`, leftOut: passwords.map((item) => item.name) };
}

/** The values of a document of the shape that `exported` writes: two spaces a level, one value a line. */
export function imported(form: SampleForm, content: string): Record<string, SentValue> {
  if (!/^kind: ["']?ConfigValues["']?\s*$/m.test(content)) {
    throw refuse("badInput", "This is no ConfigValues document: kind is another one, or missing.", "It needs kind: ConfigValues, and values under spec.values.");
  }
  const entries = entriesOf(content);
  const known = new Set(itemsOf(form).map((item) => item.name));
  const strange = [...entries].filter(([name, fields]) => !known.has(name) && !known.has(fields.get("repeatableItem") ?? ""));
  if (strange.length > 0) {
    const fields = strange.map(([field]) => ({ field, message: "is no config item of this release" }));
    throw refuse("badInput", `${fields.length} values were refused; nothing was stored.`, "Correct the file.", fields);
  }
  const given = [...entries].filter(([, fields]) => fields.has("value") || fields.has("valuePlaintext"));
  return Object.fromEntries(
    given.map(([name, fields]): [string, SentValue] => {
      const value = fields.get("value") ?? fields.get("valuePlaintext") ?? "";
      return [name, { type: "set", value, filename: fields.get("filename") ?? "", repeatableItem: fields.get("repeatableItem") ?? "" }];
    }),
  );
}

function entriesOf(content: string): Map<string, Map<string, string>> {
  const entries = new Map<string, Map<string, string>>();
  let fields = new Map<string, string>();
  for (const line of content.split("\n")) {
    const entry = /^ {4}([^\s:#]+):\s*(?:\{\})?$/.exec(line);
    const field = /^ {6}(\w+): ?(.*)$/.exec(line);
    if (entry?.[1]) entries.set(entry[1], (fields = new Map()));
    else if (field?.[1]) fields.set(field[1], scalar(field[2] ?? ""));
  }
  return entries;
}

function scalar(text: string): string {
  if (text.startsWith('"')) return String(JSON.parse(text));
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  return text.trim();
}
