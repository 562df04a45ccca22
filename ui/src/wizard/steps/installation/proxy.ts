import type { HostInterfaces } from "../../../bindings/HostInterfaces";
import type { InstallationSettings } from "../../../bindings/InstallationSettings";
import { networksOf, networkWord, overlap, parseNetwork } from "./networks";

/** What nothing in a cluster may ask a proxy for, as embedded-cluster's installer has it. */
const ALWAYS = ["localhost", "127.0.0.1", ".cluster.local", ".svc", "169.254.169.254"];

/** The addresses of hosts on the interface by which they reach each other, without those that could not be asked. */
export function addressesOn(name: string, hosts: readonly HostInterfaces[]): { host: string; address: string | null; problem: string }[] {
  return hosts.map(({ host, interfaces, problem }) => {
    const own = name === "" ? interfaces.find((one) => one.default) : interfaces.find((one) => one.name === name);
    return { host, address: own?.addresses.find((one) => parseNetwork(one) !== null) ?? null, problem };
  });
}

/**
 * What is reached without the proxy once everything that must be is in it: what the operator names, pods, services, and the
 * networks of hosts that these do not hold yet. Empty where there is no proxy.
 */
export function noProxyOf(settings: InstallationSettings, defaults: InstallationSettings, hosts: readonly HostInterfaces[]): string[] {
  if (settings.httpProxy.trim() === "" && settings.httpsProxy.trim() === "") return [];
  const named = settings.noProxy.split(",").map((one) => one.trim()).filter(Boolean);
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
