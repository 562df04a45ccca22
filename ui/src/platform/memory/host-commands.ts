import type { FieldError } from "../../bindings/FieldError";
import type { HostTests } from "../../bindings/HostTests";
import type { HostTestRequest } from "../../bindings/HostTestRequest";
import type { LinuxSite } from "../../bindings/LinuxSite";
import type { SiteDetail } from "../../bindings/SiteDetail";
import { clocksApart } from "../../engine/hosts";
import type { Handlers } from "./commands";
import { parsed } from "./host-lines";
import { reachOf, STEPS, testAt, waitingTest } from "./sample-hosts";
import { refuse } from "./refuse";
import type { World } from "./world";

const TICK = 320;

const listed = ({ linux, hosts }: SiteDetail): HostTests => {
  const tests = (linux?.hosts ?? []).flatMap((one) => hosts.filter((test) => test.host === one.address));
  return { hosts: tests, clocksApart: clocksApart(tests) };
};

export function hostCommands(world: World) {
  return {
    host_parse: ({ lines, sshConfig }) => parsed(lines, sshConfig),
    host_list: ({ site }) => listed(world.site(site)),
    host_test: (request) => testHosts(world, request),
  } satisfies Partial<Handlers>;
}

/** Moves every host by a step with every tick, each beginning a little after the one before. */
export async function testHosts(world: World, { site: id, hosts, acceptedKeys }: HostTestRequest): Promise<HostTests> {
  const site = world.site(id);
  if (!site.linux) throw refuse("badInput", `${site.summary.name} is a cluster, not a site of Linux hosts`);
  const wanted = site.linux.hosts.filter((one) => hosts.length === 0 || hosts.includes(one.address));
  for (const key of acceptedKeys) world.acceptedKeys.add(key);
  const keys = [...world.acceptedKeys];
  const first = wanted.map((one) => waitingTest(one.address, Date.now(), site.hosts.find((test) => test.host === one.address)));
  const ended = await Promise.all(
    wanted.map(async (one, at) => {
      let test = first[at] ?? waitingTest(one.address, Date.now(), undefined);
      world.tell({ type: "hostTested", site: id, host: test });
      await pass(world, (at % 5) * 90);
      for (let done = 0; done <= STEPS.length; done += 1) {
        const next = testAt(one, first[at] ?? test, keys, done);
        const over = test.steps.some((step) => step.state === "failed");
        test = next;
        if (over) break;
        world.tell({ type: "hostTested", site: id, host: test });
        await pass(world, TICK);
      }
      return test;
    }),
  );
  site.hosts = [...site.hosts.filter((one) => !ended.some((test) => test.host === one.host)), ...ended];
  site.summary = { ...site.summary, reachability: reachOf(site), seenAt: Date.now() };
  world.tell({ type: "siteChanged", site: id });
  return listed(site);
}

function pass(world: World, ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms / world.options.speed));
}

/** Hosts as the engine keeps them: refused when they cannot be used, passwords put away. */
export function settled(linux: LinuxSite, stored: string[]): LinuxSite {
  const fields: FieldError[] = linux.hosts.flatMap(({ address }, at): FieldError[] => {
    const field = `linux.hosts.${at}`;
    if (linux.hosts.findIndex((one) => one.address === address) !== at) return [{ field, message: "is named twice" }];
    return parsed(address, null).problems.map(() => ({ field, message: `"${address}" is no host: write [user@]host[:port], or a name from ssh_config` }));
  });
  if (linux.hosts.length === 0) fields.push({ field: "linux.hosts", message: "name at least one host" });
  if (fields.length > 0) throw refuse("badInput", "The hosts cannot be used as they are", "", fields);
  const { ssh } = linux;
  const kept = (["password", "passphrase", "rootPassword"] as const).filter((name) => (ssh[name] === null ? stored.includes(name) : ssh[name] !== ""));
  return { hosts: linux.hosts, ssh: { ...ssh, password: null, passphrase: null, rootPassword: null }, stored: kept };
}
