import { describe, expect, it } from "vitest";

import { ROUTES } from "../bindings/commands";
import { route } from "./route";

describe("route", () => {
  it("fills the path and sends the rest as a body", () => {
    expect(route("run_skip", { run: "r 1/2", step: null, why: "late" })).toEqual({
      method: "POST",
      url: "/api/runs/r%201%2F2/skip",
      body: '{"step":null,"why":"late"}',
    });
  });

  it("puts the rest of what reads into the query and leaves out what was not said", () => {
    expect(route("run_log", { run: "r", from: 500, limit: 0, search: "a&b", level: null, step: "x" }).url).toBe(
      "/api/runs/r/log?from=500&limit=0&search=a%26b&step=x",
    );
    expect(route("bundle_list", {})).toEqual({ method: "GET", url: "/api/bundles", body: null });
  });

  it("puts the rest of what removes into the query", () => {
    expect(route("site_remove", { site: "s", confirm: "acme prod" })).toEqual({
      method: "DELETE",
      url: "/api/sites/s?confirm=acme+prod",
      body: null,
    });
  });

  it("refuses to send a command without what its path needs", () => {
    expect(() => route("run_get", {})).toThrow("run_get needs the field run.");
    expect(() => route("run_get", { run: "" })).toThrow("run");
  });

  it("knows a route for every command", () => {
    for (const name of Object.keys(ROUTES) as (keyof typeof ROUTES)[]) {
      const fields = [...ROUTES[name].path.matchAll(/\{(\w+)\}/g)].map(([, field = ""]) => [field, "x"]);
      expect(route(name, Object.fromEntries(fields)).url).not.toContain("{");
    }
  });
});
