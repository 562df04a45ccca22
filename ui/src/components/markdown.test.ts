import { describe, expect, it } from "vitest";

import { parseInline, parseMarkdown } from "./markdown";

describe("parseMarkdown", () => {
  it("knows paragraphs, headings, lists and code", () => {
    const kinds = parseMarkdown("# New\n\nFirst\nline.\n\n- one\n- two\n\n```\na: 1\n```\n").map((block) => block.kind);
    expect(kinds).toEqual(["heading", "paragraph", "list", "code"]);
  });

  it("ends with an unclosed fence", () => {
    expect(parseMarkdown("```\nopen")).toEqual([{ kind: "code", text: "open" }]);
  });
});

describe("parseInline", () => {
  it("knows emphasis, code and links", () => {
    expect(parseInline("**a** *b* `c` [d](https://e.test)").filter((one) => one.kind !== "text")).toEqual([
      { kind: "strong", text: "a" },
      { kind: "em", text: "b" },
      { kind: "code", text: "c" },
      { kind: "link", text: "d", href: "https://e.test" },
    ]);
  });

  it("shows a link that would run something as what it is: text", () => {
    expect(parseInline("[x](javascript:alert(1))").every((one) => one.kind === "text")).toBe(true);
  });

  it("leaves signs alone that mean nothing", () => {
    expect(parseInline("2 * 3 * 4 and db_pool_size")).toEqual([{ kind: "text", text: "2 * 3 * 4 and db_pool_size" }]);
  });
});
