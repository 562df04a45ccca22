import { describe, expect, it } from "vitest";

import type { SiteSummary } from "../bindings/SiteSummary";
import { filterSites, parseTags, tagsOf } from "./filter";

const site = (name: string, tags: string[], version = ""): SiteSummary => ({
  id: name,
  name,
  target: "kubernetes",
  address: "ctx",
  tags,
  pinned: false,
  reachability: { type: "unknown" },
  seenAt: null,
  installed: version
    ? { slug: "tidewater", title: "Tidewater", icon: "", version, channel: "Stable", namespace: "t", revision: 1, at: 0 }
    : null,
  lastRun: null,
  lease: null,
});
const SITES = [site("acme-prod", ["prod", "eu"], "1.0.0"), site("acme-dr", ["eu"]), site("globex", ["prod"], "1.1.0")];
const names = (search: string, tag: string | null = null) => filterSites(SITES, search, tag).map((one) => one.name);

describe("filterSites", () => {
  it("wants every word somewhere", () => expect(names("acme 1.0")).toEqual(["acme-prod"]));
  it("finds by app", () => expect(names("TIDEWATER")).toEqual(["acme-prod", "globex"]));
  it("wants the tag besides", () => expect(names("acme", "prod")).toEqual(["acme-prod"]));
});

it("tags are in order of use", () => expect(tagsOf(SITES)).toEqual(["eu", "prod"]));
it("tags are read once each", () => expect(parseTags(" a, b a,,c ")).toEqual(["a", "b", "c"]));
