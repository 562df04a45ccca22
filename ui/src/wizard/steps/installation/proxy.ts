import type { HostInterfaces } from "../../../bindings/HostInterfaces";
import type { InstallationSettings } from "../../../bindings/InstallationSettings";
import { networksOf, networkWord, overlap, parseNetwork } from "./networks";

/** What nothing in a cluster may ask a proxy for, as embedded-cluster's installer has it. */
const ALWAYS = ["localhost", "127.0.0.1", ".cluster.local", ".svc", "169.254.169.254"];

/**
 * The address of each host on the interface by which hosts reach each other: the named one, else that of the default route,
 * else the only one; IPv4 before IPv6, and none that is of the link alone.
 */
export function addressesOn(name: string, hosts: readonly HostInterfaces[]): { host: string; address: string | null; problem: string }[] {
  return hosts.map(({ host, interfaces, problem }) => {
    const only = interfaces.length === 1 ? interfaces[0] : undefined;
    const own = name === "" ? (interfaces.find((one) => one.default) ?? only) : interfaces.find((one) => one.name === name);
    const usable = own?.addresses.filter((one) => !/^(fe80:|::1\/|127\.|169\.254\.)/i.test(one)) ?? [];
    return { host, address: usable.find((one) => parseNetwork(one) !== null) ?? usable[0] ?? null, problem };
  });
}

/**
 * What is reached without the proxy once everything that must be is in it: what the operator names, pods, services, and the
 * networks of hosts that these do not hold yet. Empty where there is no proxy.
 */
export function noProxyOf(settings: InstallationSettings, defaults: InstallationSettings, hosts: readonly HostInterfaces[]): string[] {
  if (settings.httpProxy.trim() === "" && settings.httpsProxy.trim() === "") return [];
  const named = settings.noProxy.split(/[,\s]+/).filter(Boolean);
  const networks = networksOf(settings, defaults);
  const all = [...ALWAYS, ...(networks ? [networkWord(networks.pods), networkWord(networks.services)] : []), ...named];
  for (const { address } of addressesOn(settings.networkInterface, hosts)) {
    const own = address === null ? null : parseNetwork(address);
    if (!own) continue;
    const held = all.some((one) => {
      const there = parseNetwork(one);
      return there !== null && there.prefix <= own.prefix && overlap(there, own);
    });
    if (!held) all.push(networkWord(own));
  }
  return [...new Set(all)];
}
