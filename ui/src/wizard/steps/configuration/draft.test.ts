import { describe, expect, it } from "vitest";

import { sampleItem as item } from "../../../platform/memory/sample-form";
import { chosenValue, CLEAR, NO_DRAFT, setTo, shownValue, typed, withValue } from "./draft";

describe("a draft", () => {
  const host = item("host", "text", "Host", { value: "old" });

  it("keeps what was typed", () => {
    expect(shownValue(host, typed(host, "new"))).toBe("new");
  });

  it("is untouched again when the stored value is typed back", () => {
    expect(typed(host, "old"), "nothing to send").toBeUndefined();
    expect(withValue({ host: setTo("new") }, "host", undefined)).toEqual(NO_DRAFT);
  });

  it("goes back to the vendor's default when a field is emptied", () => {
    const pool = item("pool", "text", "Pool", { value: "50", default: "10" });
    const sent = typed(pool, "");
    expect(sent).toEqual({ type: "clear" });
    expect([shownValue(pool, sent), chosenValue(pool, sent)]).toEqual(["", "10"]);
  });

  it("takes an emptied field for another value than the base's, and a cleared one for the base's", () => {
    const pool = item("pool", "text", "Pool", { value: "50", default: "10", baseValue: "20", source: "site", isSet: true });
    expect(typed(pool, "")).toEqual(setTo(""));
    expect(shownValue(pool, CLEAR)).toBe("20");
  });

  it("never takes an empty password for the stored one", () => {
    const secret = item("secret", "password", "Secret", { isSet: true });
    expect(typed(secret, "")).toEqual({ type: "clear" });
  });

  it("keeps a further value that is emptied: it is a row, and has no default", () => {
    const row = item("gauge-00000001", "text", "Gauge 2");
    expect(typed(row, "", "gauge")).toEqual(setTo("", { repeatableItem: "gauge" }));
    expect(typed({ ...row, value: "a", isSet: true }, "a", "gauge"), "as stored").toBeUndefined();
  });
});
