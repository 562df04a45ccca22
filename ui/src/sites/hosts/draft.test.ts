import { describe, expect, it } from "vitest";

import type { SiteHost } from "../../bindings/SiteHost";
import { EMPTY_LINUX, leftOf, lineProblems, linuxDraftOf, linuxOf, missing, rowErrors, withHosts, withoutRow, withRow, type LinuxDraft } from "./draft";

const host = (address: string, more: Partial<SiteHost> = {}): SiteHost => ({ address, roles: [], tags: [], bastion: "", ...more });
const draft = (...hosts: SiteHost[]): LinuxDraft => ({ ...EMPTY_LINUX, rows: withHosts([], hosts) });
const roles = (one: LinuxDraft) => one.rows.map((row) => row.role);

describe("hosts of a draft", () => {
  it("gives the first a controller's role and the others a worker's", () => expect(roles(draft(host("a"), host("b"), host("c")))).toEqual(["controller", "worker", "worker"]));
  it("needs no controller before one that says it is one", () => expect(roles(draft(host("a", { roles: ["worker"] }), host("b"), host("c")))).toEqual(["worker", "controller", "worker"]));
  it("keeps both roles", () => expect(roles(draft(host("a", { roles: ["controller", "worker"] }), host("b")))).toEqual(["both", "worker"]));
  it("takes each once, after the others, in place of empty rows", () => {
    const { rows } = withRow(withHosts([], [host("a")]), null);
    expect(withHosts(rows, [host("b"), host("a")]).map((row) => row.address)).toEqual(["a", "b"]);
  });
  it("adds a row after another", () => {
    const { rows } = draft(host("a"), host("b"));
    expect(withRow(rows, rows[0]?.key ?? "").rows.map((row) => row.address)).toEqual(["a", "", "b"]);
  });
  it("goes to the row before one that is removed", () => {
    const { rows } = draft(host("a"), host("b"));
    const [a, b] = rows.map((row) => row.key);
    expect(withoutRow(rows, b ?? "").next).toBe(a);
    expect(withoutRow(rows, a ?? "").next).toBe(b);
    expect(withoutRow(rows.slice(0, 1), a ?? "")).toEqual({ rows: [], next: null });
  });
});

describe("what is sent", () => {
  it("is what there was, without passwords", () => {
    const linux = linuxOf(draft(host("root@a", { roles: ["controller", "worker"], tags: ["x", "y"], bastion: "gate" })));
    expect(linuxOf({ ...linuxDraftOf(linux), stored: ["password"] })).toEqual(linux);
    expect(linux.ssh.password).toBeNull();
  });
  it("clears a password that is to go, and replaces one that was typed", () => {
    const one = { ...draft(host("a")), stored: ["password", "passphrase"], cleared: ["passphrase" as const] };
    expect(linuxOf({ ...one, ssh: { ...one.ssh, password: "new" } }).ssh).toMatchObject({ password: "new", passphrase: "", rootPassword: null });
  });
  it("leaves out rows that nobody filled in", () => expect(linuxOf({ ...EMPTY_LINUX, rows: withRow(withHosts([], [host("a")]), null).rows }).hosts).toHaveLength(1));
});

it.each([
  [EMPTY_LINUX, "Add at least one host."],
  [{ ...draft(host("a")), lines: "b" }, "Add the lines to the list, or clear them."],
  [draft(host("a", { roles: ["worker"] })), "One host at least has to be a controller."],
  [{ ...EMPTY_LINUX, rows: draft(host("a"), host("b")).rows.map((row) => ({ ...row, address: " a" })) }, "a is named twice."],
  [{ ...EMPTY_LINUX, rows: draft(host("a", { tags: ["x"] })).rows.map((row) => ({ ...row, address: "" })) }, "Every host needs an address."],
  [draft(host("a")), ""],
])("%#: says what is missing", (one, why) => expect(missing(one)).toBe(why));

it("finds the row of a refusal past rows that were not sent", () => {
  const { rows } = draft(host("a"), host("b"));
  const one = { ...EMPTY_LINUX, rows: withRow(rows, rows[0]?.key ?? "").rows };
  expect([...rowErrors({ "linux.hosts.1": "is no host", name: "is taken" }, one)]).toEqual([[rows[1]?.key, "is no host"]]);
});

it("puts problems at their lines, and leaves those lines when the others are taken", () => {
  const { lines, others } = lineProblems(["Line 2: means nothing", "x: is named twice", "Line 4: is no host"]);
  expect(lines).toEqual([
    { line: 2, message: "means nothing" },
    { line: 4, message: "is no host" },
  ]);
  expect(others).toEqual(["x: is named twice"]);
  expect(leftOf("a\nb wrong\nc\n!!\n", lines)).toBe("b wrong\n!!");
});
