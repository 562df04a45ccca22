import { expect, it } from "vitest";

import type { CheckResult } from "../bindings/CheckResult";
import { toJson, toText } from "./forms";

const result = (title: string, state: CheckResult["state"], more: Partial<CheckResult> = {}): CheckResult => ({ title, state, message: `${title} says`, uri: "", strict: false, host: "", ...more });

it("the text is upstream's", () => {
  expect(toText("n", [result("w", "warn")])).toBe("\n   --- WARN: w\n      --- w says\n--- PASS   n\nPASS\n");
  expect(toText("n", [result("e", "error", { host: "h1" }), result("s", "skipped")])).toBe("\n   --- ERROR: e - h1\n      --- e says\n--- FAIL   n\nFAILED\n");
  expect(toText("n", [result("Memory", "pass", { host: "db1" })])).toContain("   --- PASS Memory - db1\n");
});

it("the JSON is upstream's, by state, with what is empty left out", () => {
  const results = [result("e", "error"), result("f", "fail", { strict: true, uri: "https://x.example", host: "db1" }), result("p", "pass"), result("s", "skipped")];
  const json = toJson(results);
  expect(JSON.parse(json)).toEqual({
    pass: [{ title: "p", message: "p says" }],
    fail: [{ title: "f", message: "f says", uri: "https://x.example", strict: true, host: "db1" }],
    error: [{ title: "e", message: "e says" }],
  });
  expect(Object.keys(JSON.parse(json) as object)).toEqual(["pass", "fail", "error"]);
});
