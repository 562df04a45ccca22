/** A host of a pasted list, and where it stands in it. */
export interface HostLine {
  /** `[user@]host[:port]`, or a name from ssh_config. */
  host: string;
  /** Line of the text, from 1. */
  line: number;
}

/** One host a line; empty lines and remarks (from a # at the beginning or after a space) are left out. */
export function parseHosts(text: string): HostLine[] {
  return text.split(/\r?\n/).flatMap((raw, at) => {
    const host = raw.replace(/(^|\s)#.*$/, "").trim();
    return host ? [{ host, line: at + 1 }] : [];
  });
}

/** Hosts that an earlier line names already: they are checked once. */
export function repeated(hosts: HostLine[]): HostLine[] {
  const seen = new Set<string>();
  return hosts.filter(({ host }) => seen.has(host) || !seen.add(host));
}

export interface LineError {
  line: number;
  host: string;
  message: string;
}

/** The engine's refusals (`hosts.2`) at the lines that the hosts were on when they were sent. */
export function lineErrors(errors: Record<string, string>, sent: HostLine[]): LineError[] {
  return sent.flatMap(({ host, line }, at) => {
    const message = errors[`hosts.${at}`];
    return message === undefined ? [] : [{ line, host, message }];
  });
}
