import { expect, it } from "vitest";

import type { AppEvent } from "../../bindings/AppEvent";
import { MemoryPlatform } from "./platform";
import { parsed } from "./host-lines";
import { SSH } from "./sample-hosts";
import { FINGERPRINT } from "./sample-preflights";

const platform = () => new MemoryPlatform({ sites: 8, speed: 1000, large: false });

it("reads lines as the engine does", () => {
  const found = parsed("root@a controller\n# none\nb, worker; tag=x jump=c+d\na\ne frobnicate\n!!", null);
  expect(found.hosts).toEqual([
    { address: "root@a", roles: ["controller"], tags: [], bastion: "" },
    { address: "b", roles: ["worker"], tags: ["x"], bastion: "c,d" },
    { address: "a", roles: [], tags: [], bastion: "" },
  ]);
  expect(found.problems.map((one) => one.slice(0, 7))).toEqual(["Line 5:", "Line 6:"]);
});

it("tests hosts step by step, and takes keys that were accepted", async () => {
  const one = platform();
  const told: AppEvent[] = [];
  one.appEvents((event) => told.push(event));
  const hosts = [{ address: "app-new", roles: [], tags: [], bastion: "" }];
  const { summary } = await one.call("site_add", { name: "n", tags: [], kubernetes: null, linux: { hosts, ssh: { ...SSH, password: "p" }, stored: [] } });
  const first = await one.call("host_test", { site: summary.id, hosts: [], acceptedKeys: [] });
  expect(first.hosts[0]).toMatchObject({ unknownKey: FINGERPRINT, facts: null });
  const second = await one.call("host_test", { site: summary.id, hosts: [], acceptedKeys: [FINGERPRINT] });
  expect(second.hosts[0]).toMatchObject({ unknownKey: "", facts: { name: "app-new" } });
  expect(told.filter((event) => event.type === "hostTested").length).toBeGreaterThan(8);
  const { linux, summary: after } = await one.call("site_get", { site: summary.id });
  expect(linux).toMatchObject({ stored: ["password"], ssh: { password: null } });
  expect(after.reachability).toEqual({ type: "hosts", ready: 1, total: 1, reason: "" });
});
