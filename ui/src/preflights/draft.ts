import type { PreflightRunRequest } from "../bindings/PreflightRunRequest";
import type { PreflightView } from "../bindings/PreflightView";
import type { SpecFile } from "../bindings/SpecFile";
import type { SshSettings } from "../bindings/SshSettings";
import { parseHosts } from "./host-lines";

/** How the engine calls this machine and its own checks among others. */
export const LOCAL = "this machine";
export const BUILTIN = "built-in host checks";

/** How hosts are reached, as it is being filled in. */
export interface SshDraft {
  config: string;
  identities: string;
  knownHosts: string;
  acceptedKeys: string[];
  password: string;
  passphrase: string;
  rootPassword: string;
  asUser: boolean;
}

/** What is being filled in before a preflight run starts. */
export interface Draft extends SshDraft {
  hosts: string;
  local: boolean;
  builtin: boolean;
  specs: SpecFile[];
  /** Bundle whose release's own checks are run as well. */
  bundle: string | null;
  site: string | null;
}

export const EMPTY_SSH: SshDraft = {
  config: "",
  identities: "",
  knownHosts: "",
  acceptedKeys: [],
  password: "",
  passphrase: "",
  rootPassword: "",
  asUser: false,
};

export const EMPTY: Draft = { ...EMPTY_SSH, hosts: "", local: false, builtin: true, specs: [], bundle: null, site: null };

export function sshOf(draft: SshDraft): SshSettings {
  const secret = (text: string) => (text === "" ? null : text);
  return {
    config: draft.config.trim(),
    identities: draft.identities.split("\n").map((one) => one.trim()).filter(Boolean),
    knownHosts: draft.knownHosts.trim(),
    acceptedKeys: draft.acceptedKeys,
    password: secret(draft.password),
    passphrase: secret(draft.passphrase),
    rootPassword: secret(draft.rootPassword),
    asUser: draft.asUser,
  };
}

/** A draft that says what settings said; passwords that were not given back are empty. */
export function sshDraftOf(ssh: SshSettings): SshDraft {
  return {
    config: ssh.config,
    identities: ssh.identities.join("\n"),
    knownHosts: ssh.knownHosts,
    acceptedKeys: ssh.acceptedKeys,
    password: ssh.password ?? "",
    passphrase: ssh.passphrase ?? "",
    rootPassword: ssh.rootPassword ?? "",
    asUser: ssh.asUser,
  };
}

export function requestOf(draft: Draft): PreflightRunRequest {
  return {
    specs: draft.specs,
    builtin: draft.builtin,
    bundle: draft.bundle,
    site: draft.site,
    hosts: parseHosts(draft.hosts).map(({ host }) => host),
    local: draft.local,
    ssh: sshOf(draft),
  };
}

/** A draft that says what a request said. */
export function draftOf(request: PreflightRunRequest): Draft {
  return {
    ...sshDraftOf(request.ssh),
    hosts: request.hosts.join("\n"),
    local: request.local,
    builtin: request.builtin,
    specs: request.specs,
    bundle: request.bundle,
    site: request.site,
  };
}

/** What a run's results still say of how it was started; spec files and the way to the hosts are not among it. */
export function draftFrom(view: PreflightView): Draft {
  const hosts = view.hosts.map(({ host }) => host);
  return {
    ...EMPTY,
    hosts: hosts.filter((host) => host !== LOCAL).join("\n"),
    local: hosts.includes(LOCAL),
    builtin: view.summary.specs.includes(BUILTIN),
    site: view.summary.site,
  };
}

/** What keeps a draft from being started, or nothing. `ofHosts` is true when its site is one of Linux hosts. */
export function missing(draft: Draft, ofHosts = false): string {
  const { hosts, local } = requestOf(draft);
  const some = draft.builtin || draft.specs.length > 0 || draft.bundle !== null;
  if (ofHosts && some) return "";
  if (!some) return "Take the built-in checks, a release\u2019s own, or add a spec.";
  if (hosts.length === 0 && !local && draft.site === null) return "Name at least one host, this machine or a site.";
  if (hosts.length === 0 && !local && draft.builtin) return "The built-in checks need a host or this machine.";
  return "";
}

/** A request with further host keys that somebody has compared. */
export function accepting(request: PreflightRunRequest, keys: string[]): PreflightRunRequest {
  return { ...request, ssh: { ...request.ssh, acceptedKeys: [...new Set([...request.ssh.acceptedKeys, ...keys])] } };
}
