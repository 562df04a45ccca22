import type { SiteDetail } from "../../bindings/SiteDetail";
import { given, type Values } from "./sample-form";
import { WHO } from "./sample-sites";

const DAY = 86_400_000;

export interface HeldValue {
  value: string;
  filename: string;
  at: number;
  who: string;
}

/** A base of the sample engine. */
export interface MemoryBase {
  id: string;
  name: string;
  slug: string;
  values: Record<string, HeldValue>;
  sites: string[];
  changedAt: number;
  changedBy: string;
}

function base(name: string, values: Record<string, string>, sites: string[], daysAgo: number): MemoryBase {
  const changedAt = Date.now() - daysAgo * DAY;
  const held = Object.entries(values).map(([item, value]): [string, HeldValue] => [item, { value, filename: item === "tls_ca" ? "quay-ca.pem" : "", at: changedAt, who: WHO }]);
  return { id: `base-${name}`, name, slug: "tidewater", values: Object.fromEntries(held), sites, changedAt, changedBy: WHO };
}

/** What was made before the window was opened: one base with sites that do not answer, one that a form begins with. */
export function sampleBases(sites: SiteDetail[]): MemoryBase[] {
  const idOf = (name: string) => sites.filter((one) => one.summary.name === name).map((one) => one.summary.id);
  return [
    base("emea", { title: "Tidewater at the quay", tier: "premium", replicas: "2", db_password: "the base's own", tls_ca: "LS0t", legacy_mode: "1" }, ["acme-dr", "globex-berlin", "initech-lab"].flatMap(idOf), 2),
    base("us-harbors", { title: "Tidewater of the harbors", motd: "Low water at six", replicas: "3", db_pool: "50" }, ["harbor-west", "site-0014"].flatMap(idOf), 9),
  ];
}

/** What sites of the sample have that is not the base's: their own, or what the base said before. */
const OTHERWISE: Record<string, { own: Values; behind: Values }> = {
  "acme-dr": { own: { title: given("Tidewater, stand-by"), db_password: given("its own") }, behind: { replicas: given("1") } },
  "globex-berlin": { own: { contact_email: given("tide@globex.example") }, behind: { replicas: given("1") } },
  "harbor-west": { own: { title: given("Harbor west") }, behind: {} },
  "site-0014": { own: { title: given("Harbor fourteen") }, behind: {} },
};

/** The values a site has, and which of them it has from its base. */
export function valuesAt(site: string, base: MemoryBase | undefined): { values: Values; inherited: Set<string> } {
  const { own, behind } = OTHERWISE[site] ?? { own: {}, behind: {} };
  const shared: Values = Object.fromEntries(Object.entries(base?.values ?? {}).map(([name, { value, filename }]) => [name, { value, filename, repeatableItem: "" }]));
  const inherited = new Set(Object.keys(shared).filter((name) => !(name in own)));
  return { values: { ...shared, ...behind, ...own }, inherited };
}
