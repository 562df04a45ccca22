import { describe, expect, it } from "vitest";

import { pastPreflights } from "../platform/memory/sample-preflights";
import { accepting, draftFrom, draftOf, EMPTY, missing, requestOf, type Draft } from "./draft";

const FULL: Draft = {
  ...EMPTY,
  hosts: "root@db1\napp1",
  local: true,
  specs: [{ name: "a.yaml", content: "kind: HostPreflight" }],
  site: "s",
  identities: "~/.ssh/a\n~/.ssh/b",
  acceptedKeys: ["SHA256:x"],
  password: "p",
};

describe("a draft", () => {
  it("is what it was after it was sent and called back", () => {
    expect(draftOf(requestOf(FULL))).toEqual(FULL);
  });

  it("sends what is empty as nothing", () => {
    expect(requestOf(EMPTY).ssh).toEqual({ config: "", identities: [], knownHosts: "", acceptedKeys: [], password: null, passphrase: null, rootPassword: null, asUser: false });
  });

  it("takes hosts from results where nothing else is known", () => {
    const [newest] = pastPreflights(0, undefined);
    if (!newest) throw new Error("There is no sample run.");
    expect(draftFrom(newest)).toEqual({ ...EMPTY, hosts: "db1\napp-down\ndeploy@app-new:2222" });
  });

  it.each([
    [{}, "Name at least one host, this machine or a site."],
    [{ builtin: false }, "Take the built-in checks, a release\u2019s own, or add a spec."],
    [{ site: "s" }, "The built-in checks need a host or this machine."],
    [{ local: true }, ""],
    [{ hosts: "# none" }, "Name at least one host, this machine or a site."],
  ])("%j: %j", (change, why) => {
    expect(missing({ ...EMPTY, ...change })).toBe(why);
  });

  it("needs no host beside a site of Linux hosts", () => expect(missing({ ...EMPTY, site: "s" }, true)).toBe(""));

  it("accepts further keys once", () => {
    expect(accepting(requestOf(FULL), ["SHA256:y", "SHA256:x"]).ssh.acceptedKeys).toEqual(["SHA256:x", "SHA256:y"]);
  });
});
