import type { ConfigGroup } from "../../bindings/ConfigGroup";
import type { ConfigItem } from "../../bindings/ConfigItem";
import type { ConfigView } from "../../bindings/ConfigView";
import type { SentValue } from "../../bindings/SentValue";

export type Values = Record<string, { value: string; filename: string }>;

function item(name: string, kind: string, title: string, more: Partial<ConfigItem> = {}): ConfigItem {
  return {
    name,
    kind,
    title,
    helpText: "",
    value: "",
    default: "",
    filename: "",
    isSet: false,
    required: false,
    readonly: false,
    recommended: false,
    affix: "",
    options: [],
    note: null,
    error: null,
    ...more,
  };
}

const GENERAL: ConfigItem[] = [
  item("about", "label", "Tidewater keeps an eye on the **tides**."),
  item("title", "text", "Title of the page", { default: "Tidewater", required: true }),
  item("motd", "textarea", "Message of the day", { default: "High water at noon" }),
  item("tier", "radio", "Tier", {
    default: "standard",
    options: [
      { name: "standard", title: "Standard" },
      { name: "premium", title: "Premium" },
    ],
    recommended: true,
  }),
  item("replicas", "text", "Pods", { default: "1", affix: "pods", helpText: "Between 1 and 5." }),
];

const DATABASE: ConfigItem[] = [
  item("db_embedded", "bool", "Use the embedded database", { default: "1" }),
  item("db_host", "text", "Host", { required: true, helpText: "Name or address, with the port when it is not 5432." }),
  item("db_password", "password", "Password", { required: true }),
  item("db_pool", "dropdown", "Connections", {
    default: "10",
    options: [
      { name: "10", title: "Ten" },
      { name: "50", title: "Fifty" },
    ],
    note: "defaultChanged",
  }),
];

const CONTACT: ConfigItem[] = [
  item("contact_heading", "heading", "Who is told"),
  item("contact_email", "text", "E-mail", {
    required: true,
    helpText: "Told when a gauge stops. *Required since 1.1.0.*",
    note: "newlyRequired",
  }),
  item("tls_ca", "file", "Certificate authority", { note: "added", helpText: "PEM, for gauges behind a private authority." }),
];

/** Old values of an installed 1.0.0, one of which 1.1.0 no longer takes. */
export const INSTALLED: Values = {
  title: { value: "Tidewater at the quay", filename: "" },
  tier: { value: "premium", filename: "" },
  db_password: { value: "kept by the engine", filename: "" },
};

export function apply(stored: Values, sent: Record<string, SentValue | undefined>): Values {
  const next = new Map(Object.entries(stored));
  for (const [name, value] of Object.entries(sent)) {
    if (value?.type === "set") next.set(name, { value: value.value, filename: value.filename });
    if (value?.type === "clear") next.delete(name);
  }
  return Object.fromEntries(next);
}

/** The form of Tidewater 1.1.0 with these values: what is switched off is left out, what would be refused says why. */
export function formOf(values: Values, upgrade: boolean): ConfigView {
  const embedded = (values["db_embedded"]?.value ?? "1") === "1";
  const groups: ConfigGroup[] = [
    { name: "general", title: "General", description: "What people see.", items: GENERAL },
    { name: "database", title: "Database", description: "", items: DATABASE.filter((one) => !embedded || one.name !== "db_host") },
    { name: "contact", title: "Contact", description: "", items: CONTACT },
  ].map((group) => ({ ...group, items: group.items.map((one) => filled(one, values, upgrade)) }));
  const errors = groups.flatMap((group) => group.items).flatMap((one) => (one.error ? [{ field: one.name, message: one.error }] : []));
  return { groups, errors, removed: upgrade ? ["legacy_mode"] : [] };
}

function filled(base: ConfigItem, values: Values, upgrade: boolean): ConfigItem {
  const stored = values[base.name];
  const secret = base.kind === "password";
  return {
    ...base,
    value: secret || base.kind === "file" ? "" : (stored?.value ?? ""),
    filename: stored?.filename ?? "",
    isSet: stored !== undefined,
    note: upgrade ? base.note : null,
    error: refusal(base, stored?.value ?? ""),
  };
}

function refusal(base: ConfigItem, value: string): string | null {
  if (base.required && value === "" && base.default === "") return `${base.title} is required.`;
  if (base.name === "replicas" && value !== "" && !/^[1-5]$/.test(value)) return "Between 1 and 5.";
  if (base.name === "contact_email" && !/^[^@ ]+@[^@ ]+$/.test(value)) return "An e-mail address.";
  return null;
}
