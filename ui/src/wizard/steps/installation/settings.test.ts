import { describe, expect, it } from "vitest";

import type { HostInterfaces } from "../../../bindings/HostInterfaces";
import type { InstallationSettings } from "../../../bindings/InstallationSettings";
import type { HostRole } from "../../../bindings/HostRole";
import { addressesOn, noProxyOf } from "./proxy";
import { controllersOf, interfaceNames, plainErrors } from "./settings";

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

const HOSTS: HostInterfaces[] = [
  {
    host: "a",
    interfaces: [
      { name: "eno2", addresses: ["192.168.7.1/24"], default: false },
      { name: "eno1", addresses: ["fe80::1/64", "10.0.20.11/24"], default: true },
    ],
    routes: [],
    problem: "",
  },
  { host: "b", interfaces: [{ name: "eno1", addresses: ["10.0.30.12/24"], default: true }], routes: [], problem: "" },
  { host: "c", interfaces: [], routes: [], problem: "no answer" },
];

it("counts controllers as the engine does", () => {
  const host = (...roles: HostRole[]) => ({ address: "h", roles, tags: [], bastion: "" });
  expect(controllersOf([host(), host(), host("worker")]), "the first without a role").toBe(1);
  expect(controllersOf([host("controller"), host("controller", "worker"), host()])).toBe(2);
  expect(controllersOf([])).toBe(0);
});

it("lists interfaces, that with the default route first, with how many hosts have it", () => {
  expect(interfaceNames(HOSTS)).toEqual([
    { name: "eno1", on: 2, default: true },
    { name: "eno2", on: 1, default: false },
  ]);
});

it("says which address an interface means on each host", () => {
  expect(addressesOn("", HOSTS).map((one) => one.address), "the default one").toEqual(["10.0.20.11/24", "10.0.30.12/24", null]);
  expect(addressesOn("eno2", HOSTS).map((one) => one.address)).toEqual(["192.168.7.1/24", null, null]);
  expect(addressesOn("", HOSTS)[2]?.problem).toBe("no answer");
  const one = (...addresses: string[]) => [{ host: "d", interfaces: [{ name: "ens3", addresses, default: false }], routes: [], problem: "" }];
  expect(addressesOn("", one("169.254.3.4/16", "10.9.0.4/24"))[0]?.address, "the only one, without a default route").toBe("10.9.0.4/24");
  expect(addressesOn("", one("fe80::1/64", "fd00::4/64"))[0]?.address, "IPv6 where there is nothing else").toBe("fd00::4/64");
});

describe("noProxyOf", () => {
  it("is nothing without a proxy", () => expect(noProxyOf({ ...NONE, noProxy: "a" }, DEFAULTS, HOSTS)).toEqual([]));

  it("holds what must be, what is named, and the hosts' networks, each once", () => {
    const settings = { ...NONE, httpProxy: "http://p:1", noProxy: " .corp.example , localhost,10.0.0.0/19" };
    expect(noProxyOf(settings, DEFAULTS, HOSTS)).toEqual([
      "localhost",
      "127.0.0.1",
      ".cluster.local",
      ".svc",
      "169.254.169.254",
      "10.244.0.0/17",
      "10.244.128.0/17",
      ".corp.example",
      "10.0.0.0/19",
    ]);
    expect(noProxyOf({ ...settings, noProxy: "" }, DEFAULTS, HOSTS).slice(-2), "what nothing else holds").toEqual(["10.0.20.0/24", "10.0.30.0/24"]);
  });
});

describe("plainErrors", () => {
  it.each<[Partial<InstallationSettings>, string[]]>([
    [{}, []],
    [{ dataDirectory: "/var/lib/x", endpoint: "api.example:6443", httpProxy: "http://p:3128" }, []],
    [{ dataDirectory: "var/lib" }, ["dataDirectory"]],
    [{ dataDirectory: "/var/my data" }, ["dataDirectory"]],
    [{ httpProxy: "proxy:3128", httpsProxy: "ftp://x" }, ["httpProxy", "httpsProxy"]],
    [{ endpoint: "[fd00::1]:6443" }, []],
    [{ endpoint: "10.0.0.1:70000" }, ["endpoint"]],
    [{ endpoint: "https://api" }, ["endpoint"]],
    [{ endpoint: "api:0" }, ["endpoint"]],
  ])("%j: %j", (more, fields) => {
    expect(Object.keys(plainErrors({ ...NONE, ...more })).sort()).toEqual(fields);
  });
});
