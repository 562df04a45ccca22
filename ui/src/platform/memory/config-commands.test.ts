import { describe, expect, it } from "vitest";

import { CallError } from "../types";
import { MemoryPlatform } from "./platform";

function engine(large = false) {
  const platform = new MemoryPlatform({ sites: 8, speed: 1, large });
  const site = platform.world.sites.find((one) => one.summary.name === "acme-prod");
  const bundle = platform.world.bundles[0];
  if (!site || !bundle) throw new Error("The sample world has no acme-prod.");
  return { platform, run: platform.world.create(site, "upgrade", bundle).view.summary.id };
}
const set = (value: string, repeatableItem = "") => ({ type: "set", value, filename: "", repeatableItem }) as const;
const refusal = (call: Promise<unknown>) => call.then(() => null, (error: unknown) => (error instanceof CallError ? error.wire : null));

describe("config of the engine in memory", () => {
  it("exports what is stored without passwords, and takes it back", async () => {
    const { platform, run } = engine();
    const values = { contact_email: set("ops@tidewater.example"), "gauge-68e77800": set("south: \"4840\"", "gauge") };
    await platform.call("config_set", { run, values });
    const { content, leftOut } = await platform.call("config_export", { run });
    expect(leftOut).toEqual(["db_password"]);
    expect(content).not.toContain("kept by the engine");
    const other = engine();
    const view = await other.platform.call("config_import", { run: other.run, content });
    const gauge = view.groups.flatMap((group) => group.items).find((one) => one.name === "gauge");
    expect(gauge?.repetitions.map((one) => one.value)).toEqual(["north.gauges:4840", 'south: "4840"']);
    expect((await other.platform.call("config_export", { run: other.run })).content).toBe(content);
  });

  it("refuses a file as a whole, with every field", async () => {
    const { platform, run } = engine();
    const content = "kind: ConfigValues\nspec:\n  values:\n    replicas:\n      value: 9\n    title:\n      value: New\n";
    const wire = await refusal(platform.call("config_import", { run, content }));
    expect(wire?.fields.map((one) => one.field)).toEqual(["replicas", "contact_email"]);
    expect((await platform.call("config_get", { run })).groups[0]?.items[1]?.value, "nothing is stored").toBe("Tidewater at the quay");
    expect((await refusal(platform.call("config_import", { run, content: "kind: Secret\n" })))?.message).toMatch(/no ConfigValues/);
  });

  it("renders what a draft changes, with secrets masked, and objects only when asked", async () => {
    const { platform, run } = engine();
    const values = { motd: set("Low water"), db_password: set("quite another") };
    const plain = await platform.call("config_render", { run, values, objects: false });
    const changes = Object.fromEntries(plain.charts.map((one) => [one.release, one.change]));
    expect(changes).toEqual({ "tidewater-cache": "keep", "tidewater-data": "change", "tidewater-gauge": "keep", "tidewater-web": "change" });
    expect(plain.manifestsBefore).not.toBe(plain.manifestsAfter);
    expect(JSON.stringify(plain)).not.toContain("quite another");
    expect(plain.charts.flatMap((one) => one.objects)).toEqual([]);
    const whole = await platform.call("config_render", { run, values, objects: true });
    expect(whole.charts.map((one) => one.objects.length)).toEqual([0, 2, 0, 1]);
  });

  it("installs and removes a chart that a value switches", async () => {
    const { platform, run } = engine();
    const { charts } = await platform.call("config_render", { run, values: { tier: set("standard") }, objects: false });
    expect(charts.find((one) => one.release === "tidewater-cache")?.change).toBe("remove");
  });

  it("tells what the stored values change of the installed ones", async () => {
    const { platform, run } = engine();
    await platform.call("config_set", { run, values: { contact_email: set("ops@tidewater.example"), db_password: set("new") } });
    const { changes } = await platform.call("config_diff", { run });
    expect(changes.map((one) => [one.name, one.change, one.new])).toEqual([
      ["db_password", "change", ""],
      ["contact_email", "add", "ops@tidewater.example"],
    ]);
  });

  it("switches items of the large form by what is typed", async () => {
    const { platform, run } = engine(true);
    const names = async (host: string) => (await platform.call("config_template", { run, values: { mail_host: set(host) } })).groups[7]?.items.map((one) => one.name);
    expect(await names("mail.internal")).toContain("mail_zone");
    expect(await names("mail.example")).not.toContain("mail_zone");
  });
});
