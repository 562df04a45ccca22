import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Locator, Page } from "@playwright/test";

import { expect, look, open, openSite, REAL, test } from "./support";

test.skip(REAL, "What a form can ask for is in the sample engine's; the journeys fill a real one.");

const LARGE = "?large";
const item = (page: Page, name: string): Locator => page.locator(`[data-item="${name}"]`);

async function configure(page: Page, site: string, query = ""): Promise<void> {
  await open(page, query);
  await openSite(page, site);
  await page.getByRole("button", { name: /^(Upgrade|Install)…$/ }).click();
  await page.getByRole("button", { name: "Configure" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Configuration" })).toBeFocused();
  await expect(page.getByRole("searchbox", { name: "Search configuration" })).toBeVisible();
}

/** A drag as the browser's own, since a made-up event carries no file. */
async function drag(page: Page, target: Locator, name: string, content: string, types = ["dragEnter", "dragOver", "drop"]): Promise<void> {
  const path = join(mkdtempSync(join(tmpdir(), "longshore-")), name);
  writeFileSync(path, content);
  const box = await target.boundingBox();
  if (!box) throw new Error("There is nothing to drop on.");
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const browser = await page.context().newCDPSession(page);
  for (const type of types) await browser.send("Input.dispatchDragEvent", { type: type as "drop", ...at, data: { items: [], files: [path], dragOperationsMask: 1 } });
}

const top = async (target: Locator) => (await target.boundingBox())?.y ?? Number.NaN;
const dock = (page: Page) => page.getByRole("button", { name: /^What this changes/ });

test("further values are added, refused, taken away and kept", async ({ page }) => {
  await configure(page, "acme-prod");
  const gauge = page.getByRole("group", { name: "Gauge", exact: true });
  await expect(gauge.getByText("At least 2 values")).toBeVisible();
  await gauge.getByRole("button", { name: "Add another Gauge" }).click();
  await expect(gauge.getByRole("textbox", { name: "Gauge 3" })).toBeFocused();
  await page.keyboard.type("south.gauges:4840");
  await gauge.getByRole("button", { name: "Add another Gauge" }).click();
  await page.keyboard.type("west.gauges:4840");
  await page.waitForTimeout(600);
  await expect(gauge.getByRole("textbox", { name: "Gauge 3" }), "rows stay where they were put").toHaveValue("south.gauges:4840");
  await look(page, "config-repeatable");
  await gauge.getByRole("button", { name: "Remove Gauge 4" }).click();
  await expect(gauge.getByRole("textbox", { name: "Gauge 3" })).toBeFocused();
  await gauge.getByRole("button", { name: "Remove Gauge 3" }).click();
  await gauge.getByRole("textbox", { name: "Gauge 2" }).fill("");
  await expect(gauge.getByText("Gauge needs at least 2 values")).toBeVisible();
  await look(page, "config-repeatable-refused");
  await gauge.getByRole("button", { name: "Undo Gauge 2" }).click();
  await expect(gauge.getByRole("textbox", { name: "Gauge 2" })).toHaveValue("north.gauges:4840");
});

test("a stored further value is taken away when the form is saved, and not before", async ({ page }) => {
  await configure(page, "acme-prod");
  await page.getByLabel("E-mail").fill("ops@tidewater.example");
  await page.getByRole("button", { name: "Add another Gauge" }).click();
  await page.keyboard.type("south.gauges:4840");
  await page.getByRole("button", { name: "Save configuration" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Plan" })).toBeFocused();
  await page.getByRole("button", { name: "Configuration", exact: true }).click();
  await page.getByRole("button", { name: "Change…" }).click();
  await page.getByRole("button", { name: "Remove Gauge 3" }).click();
  await expect(page.getByText("1 value to be removed when you save")).toBeVisible();
  await look(page, "config-repeatable-removed");
  await page.getByRole("button", { name: "Keep it" }).click();
  await expect(page.getByRole("textbox", { name: "Gauge 3" })).toHaveValue("south.gauges:4840");
});

test("what was changed is shown alone, and stays while it is changed back", async ({ page }) => {
  await configure(page, "acme-prod");
  const only = page.getByRole("checkbox", { name: "Only changed from the defaults or by 1.1.0" });
  await page.getByLabel("Message of the day").fill("Low water");
  await page.waitForTimeout(400);
  await page.keyboard.press("Tab");
  await only.check({ force: true });
  await expect(page.getByText(/^\d+ of 10 items$/)).toBeVisible();
  await expect(item(page, "replicas")).toHaveCount(0);
  await look(page, "config-only-changed");
  await page.getByLabel("Message of the day").fill("");
  await page.waitForTimeout(400);
  await expect(page.getByLabel("Message of the day"), "not from under the fingers").toBeVisible();
  await page.getByRole("searchbox", { name: "Search configuration" }).fill("moon");
  await expect(page.getByText("No item among what was changed matches “moon”")).toBeVisible();
  await look(page, "config-only-changed-none");
  await page.getByRole("button", { name: "Show all 10 items" }).click();
  await expect(item(page, "replicas")).toBeVisible();
});

test("an install with nothing set has nothing that differs", async ({ page }) => {
  await configure(page, "hooli-edge");
  await page.getByRole("checkbox", { name: "Only changed from the defaults" }).check({ force: true });
  await expect(page.getByText("No item differs from its default")).toBeVisible();
  await look(page, "config-nothing-differs");
});

test("what a value changes in the charts is shown beside it", async ({ page }) => {
  await configure(page, "acme-prod");
  await expect(dock(page)).toContainText("Nothing yet");
  await dock(page).click();
  await look(page, "config-preview-nothing");
  await page.getByLabel("Message of the day").fill("Low water at noon");
  await expect(dock(page)).toContainText("1 of 4 charts and plain manifests");
  await expect(page.getByRole("region", { name: "What changes in the values of tidewater-web" })).toContainText("Low water at noon");
  await expect(page.getByText("3 unchanged: tidewater-cache, tidewater-data, tidewater-gauge")).toBeVisible();
  await look(page, "config-preview");
  await page.getByText("Standard", { exact: true }).scrollIntoViewIfNeeded();
  const before = await top(page.getByLabel("Title of the page"));
  await page.getByText("Standard", { exact: true }).click();
  await expect(dock(page)).toContainText("2 of 4 charts");
  expect(await top(page.getByLabel("Title of the page")), "the form does not move").toBe(before);
  await page.getByRole("button", { name: "Render objects on acme-prod" }).click();
  const objects = page.getByRole("region", { name: "Objects of tidewater-web" });
  await expect(objects).toBeVisible();
  await objects.scrollIntoViewIfNeeded();
  await look(page, "config-preview-objects");
  await page.getByLabel("Title of the page").fill("Tidewater by the sea");
  await expect(page.getByText("Of the values before")).toBeVisible();
  await page.getByLabel("Pods").fill("many");
  await expect(dock(page)).toContainText("Cannot be rendered");
  await look(page, "config-preview-error");
  await page.getByLabel("Pods").fill("2");
  await expect(dock(page)).toContainText("2 of 4 charts");
  await page.setViewportSize({ width: 1600, height: 900 });
  await look(page, "config-preview-wide");
  await page.setViewportSize({ width: 900, height: 600 });
  await look(page, "config-preview-small");
});

test("a site that does not answer says so, and the values stay to be seen", async ({ page }) => {
  await configure(page, "hooli-edge");
  await page.getByLabel("Message of the day").fill("Low water");
  await dock(page).click();
  await page.getByRole("button", { name: "Render objects on hooli-edge" }).click();
  await expect(page.getByText("hooli-edge did not render the objects")).toBeVisible();
  await page.getByText("hooli-edge did not render the objects").scrollIntoViewIfNeeded();
  await look(page, "config-preview-objects-error");
});

test("values go out as a file", async ({ page }) => {
  await configure(page, "acme-prod");
  await page.getByLabel("Message of the day").fill("Low water");
  await page.waitForTimeout(400);
  await page.getByRole("button", { name: "Export…" }).click();
  const dialog = page.getByRole("dialog", { name: "Export configuration" });
  await expect(dialog.getByText("1 password is left out")).toBeVisible();
  await expect(dialog.getByText("1 change not saved")).toBeVisible();
  await expect(dialog.getByRole("region", { name: "The document" })).toContainText("kind: ConfigValues");
  await look(page, "config-export");
  const saved = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Save tidewater-acme-prod-config.yaml" }).click();
  expect((await saved).suggestedFilename()).toBe("tidewater-acme-prod-config.yaml");
});

test("values come in as a file, and a refused file says where", async ({ page }) => {
  await configure(page, "acme-prod");
  await page.getByLabel("Message of the day").fill("Low water");
  await page.waitForTimeout(400);
  const bring = async (name: string, content: string) => {
    const dialog = page.getByRole("dialog", { name: "Import configuration" });
    if (!(await dialog.isVisible())) await page.getByRole("button", { name: "Import…" }).click();
    await drag(page, dialog.locator("[data-takes-files]"), name, content);
    await expect(dialog.getByText(new RegExp(`^${name}`))).toBeVisible();
    await look(page, `config-import-${name.split(".")[0] ?? ""}`);
    await dialog.getByRole("button", { name: "Import and save" }).click();
  };
  await bring("secret.yaml", "kind: Secret\n");
  await expect(page.getByText(/This is no ConfigValues document/)).toBeVisible();
  await look(page, "config-import-no-document");
  await bring("values.yaml", "kind: ConfigValues\nspec:\n  values:\n    replicas:\n      value: '9'\n    contact_email:\n      value: nobody\n");
  await expect(page.getByText(/^values.yaml: 2 values were refused/)).toBeVisible();
  await expect(page.getByLabel("Pods")).toBeFocused();
  await look(page, "config-import-refused");
  await page.getByRole("button", { name: "2 fields to fill or correct" }).click();
  await expect(page.getByLabel("E-mail")).toBeFocused();
  await bring("mended.yaml", "kind: ConfigValues\nspec:\n  values:\n    replicas:\n      value: '3'\n    contact_email:\n      value: ops@tidewater.example\n");
  await expect(page.getByRole("heading", { level: 2, name: "Plan" })).toBeFocused();
});

test("a file is dropped on the field that asks for it, and nowhere else", async ({ page }) => {
  await configure(page, "acme-prod");
  const field = page.getByRole("group", { name: "Certificate authority" });
  const zone = field.locator("[data-takes-files]");
  await zone.scrollIntoViewIfNeeded();
  await drag(page, zone, "ca.pem", "-----BEGIN CERTIFICATE-----", ["dragEnter", "dragOver"]);
  await look(page, "config-file-over");
  await drag(page, zone, "ca.pem", "-----BEGIN CERTIFICATE-----");
  await expect(field.getByText("ca.pem")).toBeVisible();
  await expect(page.getByRole("heading", { level: 2, name: "Configuration" }), "it is no bundle").toBeVisible();
  await look(page, "config-file-dropped");
});

test("two hundred items are typed in without a jump", async ({ page }) => {
  await configure(page, "acme-prod", LARGE);
  await expect(page.getByRole("navigation", { name: "Groups" }).getByRole("button")).toHaveCount(20);
  await look(page, "config-large");
  await page.getByRole("navigation", { name: "Groups" }).getByRole("button", { name: "Mail" }).click();
  await expect(page.getByRole("heading", { level: 3, name: "Mail" })).toBeFocused();
  await expect(page.getByRole("navigation", { name: "Groups" }).getByRole("button", { name: "Mail" })).toHaveAttribute("aria-current", "location");
  const host = item(page, "mail_host").getByRole("textbox");
  await host.click();
  const before = await top(host);
  await page.keyboard.type("mail.internal", { delay: 20 });
  await expect(item(page, "mail_zone"), "what depends on it appears above").toBeVisible();
  expect(Math.abs((await top(host)) - before), "the field stays where it is, to the pixel").toBeLessThan(1);
  await expect(host).toBeFocused();
  await page.keyboard.press("Backspace");
  await expect(item(page, "mail_zone")).toHaveCount(0);
  expect(Math.abs((await top(host)) - before)).toBeLessThan(1);
  await page.keyboard.type("l");
  await item(page, "mail_port").getByRole("textbox").fill("none");
  await expect(item(page, "mail_port").getByText("A port: a number from 1 to 65535.")).toBeVisible();
  await page.getByRole("button", { name: "Save configuration" }).click();
  await expect(page.getByText(/values were refused; nothing was stored/)).toBeVisible();
  await look(page, "config-large-refused");
  expect(await page.evaluate(() => document.querySelector("main")?.scrollTop), "only the form scrolls").toBe(0);
  await page.setViewportSize({ width: 900, height: 600 });
  await look(page, "config-large-small");
  await page.setViewportSize({ width: 640, height: 400 });
  await look(page, "config-large-zoomed");
});

test("a form is walked by keyboard", async ({ page }) => {
  await configure(page, "acme-prod", LARGE);
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox", { name: "Search configuration" })).toBeFocused();
  await page.keyboard.type("mail memory");
  await expect(page.getByText(/^1 of 2\d\d items$/)).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(item(page, "mail_memory").getByRole("textbox")).toBeFocused();
  await page.keyboard.type("1024");
  await page.getByRole("searchbox", { name: "Search configuration" }).press("Escape");
  await expect(page.getByRole("navigation", { name: "Groups" }).getByRole("button"), "the whole form is back").toHaveCount(20);
  await item(page, "mail_memory").getByRole("textbox").focus();
  await page.keyboard.press("Alt+ArrowDown");
  await expect(page.getByRole("heading", { level: 3, name: "Metrics" })).toBeFocused();
  await page.keyboard.press("Alt+ArrowUp");
  await page.keyboard.press("Alt+ArrowUp");
  await expect(page.getByRole("heading", { level: 3, name: "Object storage" })).toBeFocused();
  await page.keyboard.press("w");
  await expect(page.getByRole("region", { name: "What changes in the values of breakwater-mail" })).toBeVisible();
  await page.keyboard.press("c");
  await expect(page.getByRole("checkbox", { name: /^Only changed/ })).toBeChecked();
  await page.getByRole("navigation", { name: "Groups" }).getByRole("button").first().focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("navigation", { name: "Groups" }).getByRole("button").nth(1)).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("navigation", { name: "Groups" }).locator(":focus"), "one stop for Tab").toHaveCount(0);
  await look(page, "config-keyboard");
});
