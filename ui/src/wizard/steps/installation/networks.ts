import type { HostInterfaces } from "../../../bindings/HostInterfaces";
import type { InstallationSettings } from "../../../bindings/InstallationSettings";

/** An IPv4 network: its first address as a number, and how many bits of it are fixed. */
export interface Network {
  first: number;
  prefix: number;
}

export type NetworkField = "globalCidr" | "podCidr" | "serviceCidr";

const FORM = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

const size = (prefix: number) => 2 ** (32 - prefix);

/** Reads `10.244.0.0/16`, and an address within a network as that network. Null for what is no IPv4 network. */
export function parseNetwork(text: string): Network | null {
  const found = FORM.exec(text.trim());
  if (!found) return null;
  const [a, b, c, d, prefix] = found.slice(1).map(Number) as [number, number, number, number, number];
  if ([a, b, c, d].some((part) => part > 255) || prefix > 32) return null;
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  return { first: address - (address % size(prefix)), prefix };
}

export function networkWord({ first, prefix }: Network): string {
  const parts = [24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256);
  return `${parts.join(".")}/${prefix}`;
}

export function overlap(one: Network, other: Network): boolean {
  return one.first < other.first + size(other.prefix) && other.first < one.first + size(one.prefix);
}

/** The two halves of a network: the first is for pods, the second for services. */
export function halves({ first, prefix }: Network): [Network, Network] {
  const half = prefix + 1;
  return [
    { first, prefix: half },
    { first: first + size(half), prefix: half },
  ];
}

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].flatMap((text) => parseNetwork(text) ?? []);

/** The fewest addresses that halve into networks of use. */
const GLOBAL_PREFIX = 16;

function formError(text: string, network: Network | null): string | null {
  if (!network) return "Write a network as 10.244.0.0/16.";
  if (networkWord(network) !== text.trim()) return `It begins at another address: write ${networkWord(network)}.`;
  const within = PRIVATE.some((one) => overlap(one, network) && one.prefix <= network.prefix);
  return within ? null : "It must lie in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, which nobody outside uses.";
}

/** What of a host a network clashes with, in a sentence, or null. Its default route clashes with nothing. */
export function clashWith(network: Network, hosts: readonly HostInterfaces[]): string | null {
  for (const { host, interfaces, routes } of hosts) {
    const addresses = interfaces.flatMap((one) => one.addresses.map((address) => ({ what: `has ${address} on ${one.name}`, text: address })));
    const ways = routes.map((route) => ({ what: `has a route to ${route}`, text: route }));
    const clash = [...addresses, ...ways].find(({ text }) => {
      const there = parseNetwork(text);
      return there !== null && there.prefix > 0 && overlap(there, network);
    });
    if (clash) return `${networkWord(network)} clashes with ${host}, which ${clash.what}. Choose addresses that no host reaches yet.`;
  }
  return null;
}

/** Whether pods and services have networks of their own, in place of halves of one. */
export function isSplit({ podCidr, serviceCidr }: InstallationSettings): boolean {
  return podCidr.trim() !== "" || serviceCidr.trim() !== "";
}

/** The networks that settings mean, what is empty taken from the defaults. */
export function networksOf(settings: InstallationSettings, defaults: InstallationSettings): { pods: Network; services: Network } | null {
  if (isSplit(settings)) {
    const [pods, services] = [parseNetwork(settings.podCidr), parseNetwork(settings.serviceCidr)];
    return pods && services ? { pods, services } : null;
  }
  const global = parseNetwork(settings.globalCidr || defaults.globalCidr);
  if (!global || global.prefix > 31) return null;
  const [pods, services] = halves(global);
  return { pods, services };
}

/**
 * What is wrong with the networks of settings, by field. `split` says that pods and services are to have networks of their
 * own. The rules are those of embedded-cluster's installer; clashes are with what was found on the hosts.
 */
export function networkErrors(
  settings: InstallationSettings,
  defaults: InstallationSettings,
  hosts: readonly HostInterfaces[],
  split: boolean,
): Partial<Record<NetworkField, string>> {
  const errors: Partial<Record<NetworkField, string>> = {};
  const judge = (field: NetworkField, text: string, more: (network: Network) => string | null) => {
    const network = parseNetwork(text);
    const error = formError(text, network) ?? (network && (more(network) ?? clashWith(network, hosts)));
    if (error) errors[field] = error;
  };
  if (!split) {
    judge("globalCidr", settings.globalCidr || defaults.globalCidr, ({ prefix }) =>
      prefix > GLOBAL_PREFIX ? `It is too small to be halved: /${GLOBAL_PREFIX} or larger.` : null,
    );
    return errors;
  }
  const both = "Pods and services need both: give the other network too.";
  const pods = parseNetwork(settings.podCidr);
  if (settings.podCidr.trim() === "") errors.podCidr = both;
  else judge("podCidr", settings.podCidr, () => null);
  if (settings.serviceCidr.trim() === "") errors.serviceCidr = both;
  else judge("serviceCidr", settings.serviceCidr, (network) => (pods && overlap(pods, network) ? `It overlaps the network of pods, ${networkWord(pods)}.` : null));
  return errors;
}
