import { describe, expect, it } from "vitest";

import { yamlTokens } from "./yaml";

const kinds = (line: string) => yamlTokens(line).map((token) => `${token.kind}:${token.text}`);

describe("yamlTokens", () => {
  it.each([
    ["", []],
    ["kind: Deployment", ["key:kind", "plain::", "string: Deployment"]],
    ["  replicas: 3", ["plain:  ", "key:replicas", "plain::", "number: 3"]],
    ["- name: web # main", ["plain:- ", "key:name", "plain::", "string: web", "comment: # main"]],
    ["# all of it", ["comment:# all of it"]],
    ["image: host:5000/web:1.1.0", ["key:image", "plain::", "string: host:5000/web:1.1.0"]],
    ["  - plain", ["plain:  - ", "string:plain"]],
  ])("%j", (line, expected) => expect(kinds(line)).toEqual(expected));

  it("loses no character", () => {
    for (const line of ["a: 'b: c'", "  x:", "---", "- - 1", "text with: colon inside # and more"]) {
      expect(yamlTokens(line).map((token) => token.text).join("")).toBe(line);
    }
  });
});
