import { refuse } from "./refuse";
import { given, sampleItem as item, type Read, type SampleForm, type SampleItem } from "./sample-form";
import { deployment } from "./sample-plan";

const GENERAL: SampleItem[] = [
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

const DATABASE: SampleItem[] = [
  item("db_embedded", "bool", "Use the embedded database", { default: "1" }),
  item("db_host", "text", "Host", {
    required: true,
    helpText: "Name or address, with the port when it is not 5432.",
    when: (read) => read("db_embedded") !== "1",
  }),
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

const CONTACT: SampleItem[] = [
  item("contact_heading", "heading", "Who is told"),
  item("contact_email", "text", "E-mail", {
    required: true,
    helpText: "Told when a gauge stops. *Required since 1.1.0.*",
    note: "newlyRequired",
  }),
  item("tls_ca", "file", "Certificate authority", { note: "added", helpText: "PEM, for gauges behind a private authority." }),
  item("gauge", "text", "Gauge", {
    default: "quay.gauges:4840",
    helpText: "Address and port of each gauge that is read.",
    repeatable: true,
    minimumCount: 2,
    repetitions: [{ name: "gauge-north", value: "north.gauges:4840", isSet: false }],
  }),
];

function webValues(read: Read): string {
  const replicas = read("replicas");
  if (!/^\d+$/.test(replicas)) {
    throw refuse("badInput", `The values of chart tidewater-web cannot be rendered: line 3: "${replicas}" is no number.`, "Correct Pods, or tell the vendor that the chart does not say so itself.");
  }
  return [
    `title: ${JSON.stringify(read("title"))}`,
    `motd: ${JSON.stringify(read("motd"))}`,
    `replicas: ${replicas}`,
    `tier: ${read("tier")}`,
    "image:",
    "  repository: registry.acme.example:5000/acme/tidewater/web",
    "  pullPolicy: IfNotPresent",
    "service:",
    "  type: ClusterIP",
    "  port: 8080",
    `contact: ${JSON.stringify(read("contact_email"))}`,
    "",
  ].join("\n");
}

function dataValues(read: Read): string {
  const embedded = read("db_embedded") === "1";
  const host = embedded ? "" : `host: ${JSON.stringify(read("db_host"))}\n`;
  return `embedded: ${embedded}\n${host}password: ${JSON.stringify(read("db_password"))}\npool: ${read("db_pool")}\n`;
}

/** The form of Tidewater 1.1.0. */
export const TIDEWATER: SampleForm = {
  groups: [
    { name: "general", title: "General", description: "What people see.", items: GENERAL },
    { name: "database", title: "Database", description: "", items: DATABASE },
    { name: "contact", title: "Contact", description: "", items: CONTACT },
  ],
  removed: ["legacy_mode"],
  // Of an installed 1.0.0.
  installed: { title: given("Tidewater at the quay"), tier: given("premium"), db_password: given("kept by the engine") },
  refuses: (base, value) => {
    if (base.name === "replicas" && value !== "" && !/^[1-5]$/.test(value)) return "Between 1 and 5.";
    if (base.name === "contact_email" && !/^[^@ ]+@[^@ ]+$/.test(value)) return "An e-mail address.";
    return null;
  },
  charts: (read, all) => [
    ...(read("tier") === "premium" ? [{ release: "tidewater-cache", values: "size: 256Mi\n" }] : []),
    { release: "tidewater-data", values: dataValues(read) },
    { release: "tidewater-gauge", values: `gauges:\n${all("gauge").map((one) => `  - ${JSON.stringify(one)}\n`).join("")}ca: ${JSON.stringify(read("tls_ca"))}\n` },
    { release: "tidewater-web", values: webValues(read) },
  ],
  manifests: (read) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: tidewater-motd\n  namespace: tidewater\ndata:\n  motd: ${JSON.stringify(read("motd"))}\n`,
  objects: (release, read) => {
    const env = release === "tidewater-web" ? `          env:\n            - name: TITLE\n              value: ${JSON.stringify(read("title"))}\n` : "";
    const text = deployment(release, "1.1.0", release === "tidewater-web" ? Number(read("replicas")) : 1, env);
    const secret = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${release}\nstringData:\n  password: ${JSON.stringify(read("db_password"))}\n`;
    return [{ kind: "Deployment", name: release, text }, ...(release === "tidewater-data" ? [{ kind: "Secret", name: release, text: secret }] : [])];
  },
};
