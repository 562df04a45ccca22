import type { HostsFound } from "../../bindings/HostsFound";
import type { SiteHost } from "../../bindings/SiteHost";

const ADDRESS = /^([\w.-]+@)?[\w.-]+(:\d{1,5})?$/;

/** What the sample user has in an ssh_config. */
const NAMED = ["gate.lakeside", "press-old", "press-new", "press-down", "build-runner", ...Array.from({ length: 24 }, (_, at) => `rack-c-${String(at + 1).padStart(2, "0")}`)];

/** Hosts as the engine reads them from lines and from an ssh_config. */
export function parsed(lines: string, sshConfig: string | null): HostsFound {
  const found: HostsFound = { hosts: [], problems: [] };
  const add = (host: SiteHost, from: string) => {
    if (found.hosts.some((one) => one.address === host.address)) found.problems.push(`${from}: ${host.address} is named twice`);
    else found.hosts.push(host);
  };
  lines.split("\n").forEach((line, at) => {
    const words = line.replace(/#.*$/, "").split(/[\s,;]+/).filter(Boolean);
    const host = words.length > 0 ? hostOf(words) : null;
    if (typeof host === "string") found.problems.push(`Line ${at + 1}: ${host}`);
    else if (host) add(host, `Line ${at + 1}`);
  });
  if (sshConfig === null) return found;
  if (sshConfig !== "" && !sshConfig.endsWith("config")) found.problems.push(`${sshConfig} cannot be read: No such file or directory`);
  else for (const address of NAMED) add({ address, roles: [], tags: [], bastion: "" }, address);
  return found;
}

function hostOf([address = "", ...words]: string[]): SiteHost | string {
  if (!ADDRESS.test(address)) return `"${address}" is no host: write [user@]host[:port], or a name from ssh_config`;
  const host: SiteHost = { address, roles: [], tags: [], bastion: "" };
  for (const word of words) {
    if (word.startsWith("jump=")) host.bastion = word.slice(5).replaceAll("+", ",");
    else if (word.startsWith("tag=")) host.tags.push(word.slice(4));
    else if (word === "controller" || word === "worker") host.roles.push(word);
    else return `“${word}” means nothing here; after the host come controller, worker, jump=HOST and tag=TAG`;
  }
  return host;
}
