import { given, sampleItem as item, type Read, type SampleForm, type SampleGroup } from "./sample-form";

const TITLES = [
  "Ingress",
  "Identity",
  "Database",
  "Cache",
  "Queue",
  "Search index",
  "Object storage",
  "Mail",
  "Metrics",
  "Logs",
  "Traces",
  "Alerts",
  "Backups",
  "Scheduler",
  "Workers",
  "Reports",
  "Maps",
  "Gauges",
  "Forecasts",
  "Licensing",
];

const MODES = [
  { name: "simple", title: "Simple" },
  { name: "advanced", title: "Advanced" },
];

const keyOf = (title: string) => title.toLowerCase().replaceAll(" ", "_");

/** A dozen items and what depends on them; some of it stands above what it depends on. */
function group(title: string, at: number): SampleGroup {
  const key = keyOf(title);
  const is = (name: string, value: string) => (read: Read) => read(`${key}_${name}`) === value;
  return {
    name: key,
    title,
    description: at % 4 === 0 ? `How **${title.toLowerCase()}** is reached and what it may use.` : "",
    items: [
      item(`${key}_enabled`, "bool", `Run ${title.toLowerCase()} in the cluster`, { default: at % 3 === 0 ? "0" : "1" }),
      item(`${key}_mode`, "dropdown", "Mode", { default: "simple", options: MODES }),
      item(`${key}_zone`, "text", "Zone of the internal name", {
        helpText: "Asked for because the host is an internal name.",
        when: (read) => read(`${key}_host`).endsWith(".internal"),
      }),
      item(`${key}_host`, "text", "Host", { default: `${key.replaceAll("_", "-")}.example`, helpText: "Name or address." }),
      item(`${key}_port`, "text", "Port", { default: String(8000 + at), required: true }),
      item(`${key}_user`, "text", "User", { required: at % 7 === 2, note: at % 7 === 2 ? "newlyRequired" : null }),
      item(`${key}_password`, "password", "Password"),
      item(`${key}_tls`, "bool", "Use TLS", { default: "0", note: at % 9 === 4 ? "defaultChanged" : null }),
      item(`${key}_ca`, "file", "Certificate authority", { helpText: "PEM.", when: is("tls", "1") }),
      item(`${key}_memory`, "text", "Memory", { default: "512", affix: "MiB" }),
      item(`${key}_replicas`, "text", "Pods", { default: "1", affix: "pods" }),
      item(`${key}_timeout`, "text", "Timeout", { default: "30", affix: "s" }),
      item(`${key}_peer`, "text", "Peer", { repeatable: true, minimumCount: at % 5 === 0 ? 2 : 0, default: at % 5 === 0 ? `peer-0.${key}` : "", repetitions: at % 5 === 0 ? [{ name: `${key}_peer-first`, value: `peer-1.${key}`, isSet: false }] : [] }),
      item(`${key}_limit`, "text", "Requests at once", { default: "100", when: is("mode", "advanced") }),
      item(`${key}_notes`, "textarea", "Extra settings", { when: is("mode", "advanced"), helpText: "YAML, merged into the values of the chart." }),
    ],
  };
}

/** A form of twenty groups and more than two hundred items, for what only shows when there is much of it. */
export const LARGE: SampleForm = {
  groups: TITLES.map(group),
  removed: [],
  installed: { database_host: given("db-1.acme.example"), mail_port: given("2525"), cache_memory: given("2048") },
  refuses: (base, value) => {
    const port = Number(value);
    if (base.name.endsWith("_port") && value !== "" && !(Number.isInteger(port) && port > 0 && port < 65536)) return "A port: a number from 1 to 65535.";
    return null;
  },
  charts: (read, all) =>
    TITLES.map((title) => {
      const key = keyOf(title);
      const peers = all(`${key}_peer`).map((one) => `  - ${JSON.stringify(one)}\n`);
      const lines = ["enabled", "mode", "host", "port", "user", "password", "tls", "memory", "limit"].map((name) => `${name}: ${JSON.stringify(read(`${key}_${name}`))}\n`);
      return { release: `breakwater-${key.replaceAll("_", "-")}`, values: `${lines.join("")}peers:\n${peers.join("")}` };
    }),
  manifests: () => "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: breakwater\n",
  objects: (release, read) => [{ kind: "ConfigMap", name: release, text: `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${release}\ndata:\n  host: ${JSON.stringify(read(`${release.slice(11).replaceAll("-", "_")}_host`))}\n` }],
};
