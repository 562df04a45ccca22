import { describe, expect, it } from "vitest";

import type { HostInterfaces } from "../../../bindings/HostInterfaces";
import type { InstallationSettings } from "../../../bindings/InstallationSettings";
import { clashWith, halves, networkErrors, networksOf, networkWord, overlap, parseNetwork, type Network } from "./networks";

const NONE: InstallationSettings = {
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
const DEFAULTS = { ...NONE, globalCidr: "10.244.0.0/16" };

const host = (name: string, addresses: string[], routes: string[] = []): HostInterfaces => ({
  host: name,
  interfaces: [{ name: "eno1", addresses, default: true }],
  routes,
  problem: "",
});

const network = (text: string): Network => {
  const found = parseNetwork(text);
  if (!found) throw new Error(`${text} is no network`);
  return found;
};

describe("parseNetwork", () => {
  it.each(["10.244.0.0/16", "0.0.0.0/0", "192.168.1.1/32", "255.255.255.0/24"])("reads %s and says it again", (text) => {
    expect(networkWord(network(text))).toBe(text);
  });
  it("takes an address as its network", () => expect(networkWord(network("10.0.20.11/24"))).toBe("10.0.20.0/24"));
  it.each(["", "10.244.0.0", "10.244.0.0/33", "10.256.0.0/16", "fe80::1/64", "10.244.0/16", "a.b.c.d/8"])("refuses “%s”", (text) => {
    expect(parseNetwork(text)).toBeNull();
  });
});

describe("overlap", () => {
  it.each<[string, string, boolean]>([
    ["10.0.0.0/8", "10.244.0.0/16", true],
    ["10.244.0.0/17", "10.244.128.0/17", false],
    ["0.0.0.0/0", "192.168.0.0/24", true],
    ["10.0.0.0/24", "10.0.1.0/24", false],
    ["10.0.0.255/32", "10.0.0.0/24", true],
  ])("%s and %s: %s", (one, other, expected) => {
    expect([overlap(network(one), network(other)), overlap(network(other), network(one))], "whichever is named first").toEqual([expected, expected]);
  });
  it("halves lie beside each other and make up the whole", () => {
    const [pods, services] = halves(network("172.16.0.0/12"));
    expect([networkWord(pods), networkWord(services), overlap(pods, services)]).toEqual(["172.16.0.0/13", "172.24.0.0/13", false]);
  });
});

describe("clashWith", () => {
  it("names the host and what it has", () => {
    expect(clashWith(network("10.0.0.0/16"), [host("a", ["192.168.1.2/24"]), host("b", ["10.0.20.12/24"])])).toContain("b, which has 10.0.20.12/24 on eno1");
    expect(clashWith(network("172.20.0.0/16"), [host("c", [], ["172.20.5.0/24"])])).toContain("c, which has a route to 172.20.5.0/24");
  });
  it("passes over default routes, IPv6 and hosts that told nothing", () => {
    expect(clashWith(network("10.244.0.0/16"), [host("a", ["fe80::1/64"], ["0.0.0.0/0", "default"]), host("b", [])])).toBeNull();
  });
});

describe("networkErrors", () => {
  const hosts = [host("root@10.0.20.11", ["10.0.20.11/24"], ["10.0.20.0/24", "172.20.0.0/16"])];
  const of = (more: Partial<InstallationSettings>, split = false) => networkErrors({ ...NONE, ...more }, DEFAULTS, hosts, split);

  it.each<[string, string | null]>([
    ["", null],
    ["10.32.0.0/14", null],
    ["10.244.0.1/16", "write 10.244.0.0/16"],
    ["10.244.0.0/17", "too small"],
    ["8.8.0.0/16", "must lie in"],
    ["0.0.0.0/0", "must lie in"],
    ["10.0.0.0/9", "clashes with root@10.0.20.11"],
    ["172.16.0.0/12", "has a route to 172.20.0.0/16"],
    ["nonsense", "Write a network as"],
  ])("one network %s: %s", (globalCidr, error) => {
    const found = of({ globalCidr });
    if (error === null) expect(found).toEqual({});
    else expect(found.globalCidr).toContain(error);
  });

  it("says that the default clashes, too", () => {
    const found = networkErrors(NONE, DEFAULTS, [host("h", ["10.244.3.1/24"])], false);
    expect(found.globalCidr).toContain("clashes with h");
  });

  it("wants both networks, apart from each other and from the hosts", () => {
    expect(of({ podCidr: "10.64.0.0/16" }, true).serviceCidr).toContain("both");
    expect(of({ serviceCidr: "10.65.0.0/16" }, true).podCidr).toContain("both");
    expect(of({ podCidr: "10.64.0.0/16", serviceCidr: "10.64.128.0/17" }, true).serviceCidr).toContain("overlaps the network of pods, 10.64.0.0/16");
    expect(of({ podCidr: "10.0.20.0/24", serviceCidr: "10.65.0.0/16" }, true)).toEqual({ podCidr: expect.stringContaining("clashes with") as string });
    expect(of({ podCidr: "10.64.0.0/16", serviceCidr: "10.65.0.0/20" }, true)).toEqual({});
  });
});

describe("networksOf", () => {
  it("halves one network, or takes the two", () => {
    const words = (more: Partial<InstallationSettings>) => {
      const found = networksOf({ ...NONE, ...more }, DEFAULTS);
      return found && [networkWord(found.pods), networkWord(found.services)];
    };
    expect(words({})).toEqual(["10.244.0.0/17", "10.244.128.0/17"]);
    expect(words({ podCidr: "10.64.0.0/16", serviceCidr: "10.65.0.0/20" })).toEqual(["10.64.0.0/16", "10.65.0.0/20"]);
    expect(words({ podCidr: "10.64.0.0/16" }), "one of the two").toBeNull();
    expect(words({ globalCidr: "x" })).toBeNull();
  });
});
