import type { HostRole } from "../../bindings/HostRole";
import type { LinuxSite } from "../../bindings/LinuxSite";
import type { SiteHost } from "../../bindings/SiteHost";
import { EMPTY_SSH, sshDraftOf, sshOf, type SshDraft } from "../../preflights/draft";
import type { SecretName } from "../../preflights/SecretField";
import { parseTags } from "../filter";

export type Role = HostRole | "both";

/** A host in the list that is being made. */
export interface HostRow {
  key: string;
  address: string;
  role: Role;
  tags: string;
  bastion: string;
}

/** A site of Linux hosts as it is being filled in. */
export interface LinuxDraft {
  rows: readonly HostRow[];
  /** Lines that are not in the list yet. */
  lines: string;
  ssh: SshDraft;
  /** Passwords that are stored, and those of them that are to go. */
  stored: readonly string[];
  cleared: readonly SecretName[];
}

export const EMPTY_LINUX: LinuxDraft = { rows: [], lines: "", ssh: EMPTY_SSH, stored: [], cleared: [] };

/** Changes a draft from what it is then. */
export type ChangeDraft = (change: (draft: LinuxDraft) => LinuxDraft) => void;

let serial = 0;

function rowOf({ address, roles, tags, bastion }: SiteHost): HostRow {
  serial += 1;
  return { key: `host-${serial}`, address, role: roles.length === 2 ? "both" : (roles[0] ?? "worker"), tags: tags.join(", "), bastion };
}

export function linuxDraftOf(linux: LinuxSite): LinuxDraft {
  return { ...EMPTY_LINUX, rows: linux.hosts.map(rowOf), ssh: sshDraftOf(linux.ssh), stored: linux.stored };
}

/** Hosts after the others, each once. One without a role is a controller when there is none before it, as the engine says. */
export function withHosts(rows: readonly HostRow[], hosts: readonly SiteHost[]): HostRow[] {
  const all = rows.filter((row) => !isBlank(row));
  for (const host of hosts) {
    if (all.some((row) => row.address.trim() === host.address)) continue;
    all.push(rowOf({ ...host, roles: host.roles.length > 0 ? host.roles : [nextRole(all)] }));
  }
  return all;
}

function nextRole(rows: readonly HostRow[]): HostRole {
  return rows.some((row) => row.role !== "worker") ? "worker" : "controller";
}

/** An empty row after another one, or at the end. */
export function withRow(rows: readonly HostRow[], after: string | null): { rows: HostRow[]; key: string } {
  const row = rowOf({ address: "", roles: [nextRole(rows)], tags: [], bastion: "" });
  const at = after === null ? rows.length : rows.findIndex((one) => one.key === after) + 1;
  return { rows: [...rows.slice(0, at), row, ...rows.slice(at)], key: row.key };
}

/** The rows without one, and the row that is at its place then. */
export function withoutRow(rows: readonly HostRow[], key: string): { rows: HostRow[]; next: string | null } {
  const at = rows.findIndex((one) => one.key === key);
  const left = rows.filter((one) => one.key !== key);
  return { rows: left, next: (left[Math.max(0, at - 1)] ?? null)?.key ?? null };
}

export function isBlank(row: HostRow): boolean {
  return row.address.trim() === "" && row.tags.trim() === "" && row.bastion.trim() === "";
}

/** What is sent: rows that nobody filled in are not among it. */
export function linuxOf(draft: LinuxDraft): LinuxSite {
  const ssh = sshOf(draft.ssh);
  for (const name of draft.cleared) ssh[name] ??= "";
  return { hosts: sentRows(draft).map(hostOf), ssh, stored: [] };
}

function sentRows({ rows }: LinuxDraft): HostRow[] {
  return rows.filter((row) => !isBlank(row));
}

function hostOf({ address, role, tags, bastion }: HostRow): SiteHost {
  return { address: address.trim(), roles: role === "both" ? ["controller", "worker"] : [role], tags: parseTags(tags), bastion: bastion.trim() };
}

/** What keeps a draft from being sent, or nothing. */
export function missing(draft: LinuxDraft): string {
  const sent = sentRows(draft);
  if (draft.lines.trim() !== "") return "Add the lines to the list, or clear them.";
  if (sent.length === 0) return "Add at least one host.";
  if (sent.some((row) => row.address.trim() === "")) return "Every host needs an address.";
  const twice = sent.find((row, at) => sent.findIndex((one) => one.address.trim() === row.address.trim()) !== at);
  if (twice) return `${twice.address.trim()} is named twice.`;
  if (sent.every((row) => row.role === "worker")) return "One host at least has to be a controller.";
  return "";
}

/** The engine's refusals (`linux.hosts.2`) by the rows that were sent. */
export function rowErrors(errors: Record<string, string>, draft: LinuxDraft): Map<string, string> {
  const found = new Map<string, string>();
  sentRows(draft).forEach(({ key }, at) => {
    const field = `linux.hosts.${at}`;
    const own = Object.keys(errors).filter((name) => name === field || name.startsWith(`${field}.`));
    if (own.length > 0) found.set(key, own.map((name) => errors[name]).join("; "));
  });
  return found;
}

/** The engine's sentences about lines ("Line 3: …") at those lines; others stay as they are. */
export function lineProblems(problems: readonly string[]): { lines: { line: number; message: string }[]; others: string[] } {
  const lines: { line: number; message: string }[] = [];
  const others: string[] = [];
  for (const problem of problems) {
    const [, line, message] = /^Line (\d+): (.*)$/s.exec(problem) ?? [];
    if (line && message) lines.push({ line: Number(line), message });
    else others.push(problem);
  }
  return { lines, others };
}

/** What is left of lines once those that could be read are in the list. */
export function leftOf(text: string, wrong: readonly { line: number }[]): string {
  const at = new Set(wrong.map(({ line }) => line));
  return text.split("\n").filter((_, index) => at.has(index + 1)).join("\n");
}
