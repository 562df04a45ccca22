import { describe, expect, it } from "vitest";

import { lineErrors, parseHosts, repeated } from "./host-lines";

describe("parseHosts", () => {
  it.each([
    ["", []],
    ["db1", [["db1", 1]]],
    ["  root@10.0.0.1:2222  \r\n\r\ndb1", [["root@10.0.0.1:2222", 1], ["db1", 3]]],
    ["# the new site\ndb1 # behind the jump host\n\t# more\napp#1", [["db1", 2], ["app#1", 4]]],
    ["[fe80::1]:22", [["[fe80::1]:22", 1]]],
  ])("%j", (text, wanted) => {
    expect(parseHosts(text).map(({ host, line }) => [host, line])).toEqual(wanted);
  });
});

it("a host named twice is told at its second line", () => {
  expect(repeated(parseHosts("a\nb\n\na\na"))).toEqual([
    { host: "a", line: 4 },
    { host: "a", line: 5 },
  ]);
});

it("a refusal is told at the line its host was on", () => {
  const sent = parseHosts("# hosts\na\n\nb b\nc");
  expect(lineErrors({ "hosts.1": "no host", "hosts.7": "lost", site: "x" }, sent)).toEqual([{ line: 4, host: "b b", message: "no host" }]);
});
