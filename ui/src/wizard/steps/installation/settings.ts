import type { HostInterfaces } from "../../../bindings/HostInterfaces";
import type { InstallationChoices } from "../../../bindings/InstallationChoices";
import type { InstallationSettings } from "../../../bindings/InstallationSettings";
import type { SiteHost } from "../../../bindings/SiteHost";

export type SettingName = keyof InstallationSettings;

/** What a field of a setting is given. */
export type FieldOf = (name: SettingName) => {
  value: string;
  onChange: (value: string) => void;
  error: string | undefined;
  isReadOnly: boolean;
  mono: boolean;
};

/** What settings are chosen from and compared with. */
export interface Found extends InstallationChoices {
  controllers: number;
}

const EMPTY: InstallationSettings = {
  namespace: "",
  httpProxy: "",
  httpsProxy: "",
  noProxy: "",
  dataDirectory: "",
  networkInterface: "",
  globalCidr: "",
  podCidr: "",
  serviceCidr: "",
  endpoint: "",
};

/** On a cluster that is there nothing has to be found. */
export const NOTHING_FOUND: Found = { defaults: EMPTY, hosts: [], controllers: 0 };

const ENDPOINT = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)(:(\d{1,5}))?$/;

/** How many of a site's hosts are controllers. Without a role a host is one when none before it is, as the engine says. */
export function controllersOf(hosts: readonly SiteHost[]): number {
  return hosts.reduce((number, { roles }) => {
    const is = roles.length > 0 ? roles.includes("controller") : number === 0;
    return number + Number(is);
  }, 0);
}

/** Interfaces by name: the one with the default route first, and how many of the hosts that could be asked have it. */
export function interfaceNames(hosts: readonly HostInterfaces[]): { name: string; on: number; default: boolean }[] {
  const found = new Map<string, { name: string; on: number; default: boolean }>();
  for (const one of hosts.flatMap((host) => host.interfaces)) {
    const before = found.get(one.name) ?? { name: one.name, on: 0, default: false };
    found.set(one.name, { name: one.name, on: before.on + 1, default: before.default || one.default });
  }
  return [...found.values()].sort((a, b) => Number(b.default) - Number(a.default) || a.name.localeCompare(b.name, "en", { numeric: true }));
}

/** What is wrong with settings besides the networks, by field. */
export function plainErrors(settings: InstallationSettings): Partial<Record<SettingName, string>> {
  const errors: Partial<Record<SettingName, string>> = {};
  const { dataDirectory, endpoint } = settings;
  if (dataDirectory !== "" && !/^\/[^\s]*$/.test(dataDirectory)) errors.dataDirectory = "Write a whole path without blanks, as /var/lib/tidewater.";
  for (const name of ["httpProxy", "httpsProxy"] as const) {
    if (settings[name] !== "" && !/^https?:\/\/[^\s/]+/.test(settings[name])) errors[name] = "Write it with its scheme, as http://proxy.example:3128.";
  }
  const found = ENDPOINT.exec(endpoint);
  if (endpoint !== "" && (!found || Number(found[4] ?? 1) > 65_535 || Number(found[4] ?? 1) === 0)) errors.endpoint = "Write a name or an address, with a port if it is not 6443.";
  return errors;
}
