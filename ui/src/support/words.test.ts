import { describe, expect, it } from "vitest";

import type { SupportSummary } from "../bindings/SupportSummary";
import { cutWords, fileName, maskedWords, partMark, shareOf, standing } from "./words";

const summary = (more: Partial<SupportSummary> = {}): SupportSummary => ({
  id: "s",
  at: Date.UTC(2026, 10, 26, 17, 5),
  progress: "done",
  site: "site",
  name: "Acme Prod",
  own: true,
  size: 10,
  files: 1,
  passed: 0,
  warned: 0,
  failed: 0,
  unjudged: 0,
  masked: 0,
  cut: 0,
  ...more,
});
const part = (done: boolean, problem = "") => ({ name: "the cluster", done, problem });

describe("standing", () => {
  it("says of one that ended without a file that it is not there", () => {
    expect(standing(summary()).word).toBe("Collected");
    expect(standing(summary({ size: 0 }))).toEqual({ mark: "failed", word: "Not collected" });
    expect(standing(summary({ size: 0, own: false })).word).toBe("Not opened");
    expect(standing(summary({ progress: "interrupted", size: 0 })).word).toBe("Interrupted");
  });
});

describe("partMark", () => {
  it("tells what is under way from what comes after it, and what never came", () => {
    expect(partMark(part(false), true, true).word).toBe("Under way");
    expect(partMark(part(false), false, true).word).toBe("Not there yet");
    expect(partMark(part(false), true, false).word).toBe("Not collected");
    expect(partMark(part(true, "no answer"), false, false).mark).toBe("warning");
    expect(shareOf([part(true), part(true, "x"), part(false)])).toBe(66);
    expect(shareOf([])).toBeNull();
  });
});

describe("what was left out", () => {
  it("is said in whole sentences", () => {
    expect(maskedWords(summary())).toBe("No secret was found to mask.");
    expect(maskedWords(summary({ masked: 1 }))).toBe("Secrets were masked in 1 place.");
    expect(maskedWords(summary({ masked: 41, own: false }))).toBe("Secrets were masked in 41 places when it was opened.");
    expect(cutWords(summary({ cut: 1 }))).toBe("1 file was cut at its limit.");
    expect(cutWords(summary({ cut: 2 }))).toBe("2 files were cut at their limit.");
  });
});

describe("fileName", () => {
  it("is of the site and the time, or what it was", () => {
    expect(fileName(summary())).toBe("support-bundle-acme-prod-2026-11-26T17-05.tar.gz");
    expect(fileName(summary({ own: false, name: "theirs.tgz" }))).toBe("theirs.tgz");
  });
});
