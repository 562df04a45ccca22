/** A host, and the key it offers when nobody has accepted that yet. */
export interface KeyShown {
  host: string;
  unknownKey: string;
}

/** Fingerprints that nobody has compared yet, each with the hosts that show it. */
export function keysOf(hosts: readonly KeyShown[]): { key: string; hosts: string[] }[] {
  const keys = [...new Set(hosts.map((one) => one.unknownKey).filter(Boolean))];
  return keys.map((key) => ({ key, hosts: hosts.filter((one) => one.unknownKey === key).map((one) => one.host) }));
}
