import type { Page } from "@playwright/test";

import { HURRY, LAB, LONG } from "../lab";
import { expect, expectAccessible, goTo, open, openSite, REAL, test } from "../support";

test.describe.configure({ mode: "serial" });
test.setTimeout(6 * LONG);

test("a site is added, installed, upgraded and rolled back", async ({ page }) => {
  await open(page, HURRY);
  await test.step("add the site", () => addSite(page));
  await test.step("import both releases", async () => {
    await importBundle(page, LAB.first.bundle, LAB.first.version);
    await importBundle(page, LAB.next.bundle, LAB.next.version);
  });
  await test.step("install", () => install(page));
  await test.step("upgrade", () => upgrade(page));
  await test.step("roll back", () => rollBack(page));
});

async function addSite(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Add site…" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Add a site" });
  await dialog.getByText("A file", { exact: true }).click();
  await dialog.getByLabel("Path of the file").fill(LAB.kubeconfig);
  await dialog.getByRole("option", { name: LAB.context }).click();
  await expect(dialog.getByRole("option", { name: LAB.context })).toContainText("Reachable", { timeout: LONG });
  await dialog.getByLabel("Name", { exact: true }).fill(LAB.site);
  await dialog.getByRole("button", { name: "Registry for airgapped releases" }).click();
  await dialog.getByLabel("Address", { exact: true }).fill(LAB.registry);
  if (LAB.insecure) await dialog.getByText("Accept plain HTTP or any certificate").click();
  await expectAccessible(page, "adding a site");
  await dialog.getByRole("button", { name: "Add site" }).click();
  await expect(page.getByRole("heading", { level: 1, name: LAB.site })).toBeFocused({ timeout: LONG });
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await expect(page.getByText("Every right a run needs is there.")).toBeVisible({ timeout: LONG });
}

async function importBundle(page: Page, path: string, version: string): Promise<void> {
  await goTo(page, "Library");
  const row = page.getByRole("row", { name: new RegExp(`Tidewater ${version.replaceAll(".", "\\.")}`) }).first();
  await page.getByRole("button", { name: "Import by path…" }).click();
  await page.getByLabel("Path of the .airgap file").fill(path);
  await page.keyboard.press("Enter");
  await expect(row).toBeVisible({ timeout: LONG });
  await expect(page.getByRole("progressbar")).toHaveCount(0, { timeout: LONG });
}

async function choose(page: Page, version: string): Promise<void> {
  await openSite(page, LAB.site);
  await page.getByRole("button", { name: /^(Install|Upgrade)…$/ }).click();
  await page.getByText(`Tidewater ${version}`).first().click();
  await page.getByRole("button", { name: "Configure" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Configuration" })).toBeFocused({ timeout: LONG });
  await expect(page.getByLabel("Title of the page")).toBeVisible({ timeout: LONG });
}

async function fillIfThere(page: Page, label: string, value: string): Promise<void> {
  // A secret that is stored already is a group of buttons with that name, and no field.
  const field = page.locator("input").and(page.getByLabel(label, { exact: true }));
  if ((await field.count()) === 1 && (await field.isEditable())) await field.fill(value);
}

async function fromPlanToEnd(page: Page, verb: string, done: string): Promise<void> {
  await expect(page.getByRole("heading", { level: 2, name: "Plan" })).toBeFocused({ timeout: LONG });
  await expect(page.getByText("to move", { exact: true })).toBeVisible({ timeout: LONG });
  await expectAccessible(page, `the plan of ${verb}`);
  await page.getByRole("button", { name: /run checks/i }).click();
  await expect(page.getByText("The site is ready")).toBeVisible({ timeout: LONG });
  await page.getByRole("button", { name: `Start ${verb}` }).click();
  // A small release on a fast cluster may be through before anybody has looked.
  await expect(page.getByRole("heading", { level: 2, name: new RegExp(`^(${verb}|${done})$`, "i") })).toBeFocused({ timeout: LONG });
  await lookAwayAndBack(page);
  await expect(page.getByRole("heading", { level: 2, name: done })).toBeVisible({ timeout: LONG });
  await expectAccessible(page, done);
}

/** The window may be closed during a run; what it shows afterwards is where the run is. */
async function lookAwayAndBack(page: Page): Promise<void> {
  if (REAL) {
    await page.reload();
    return;
  }
  await goTo(page, "Library");
  await page.goBack();
}

async function install(page: Page): Promise<void> {
  await choose(page, LAB.first.version);
  await fillIfThere(page, "Password", "a long enough one");
  await fillIfThere(page, "E-mail", "ops@tidewater.example");
  await page.getByRole("button", { name: "Save configuration" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Installation settings" })).toBeFocused({ timeout: LONG });
  await page.getByRole("button", { name: "Save settings" }).click();
  await fromPlanToEnd(page, "install", "Installed");
}

async function upgrade(page: Page): Promise<void> {
  await choose(page, LAB.next.version);
  await fillIfThere(page, "E-mail", "");
  await page.getByRole("button", { name: "Save configuration" }).click();
  await expect(page.getByText(/fields? to fill or correct/)).toBeVisible({ timeout: LONG });
  await page.getByLabel("E-mail").fill("ops@tidewater.example");
  await page.getByRole("button", { name: "Save configuration" }).click();
  await fromPlanToEnd(page, "upgrade", "Upgraded");
}

async function rollBack(page: Page): Promise<void> {
  await page.getByRole("button", { name: `Roll back ${LAB.site}…` }).click();
  const dialog = page.getByRole("alertdialog");
  const confirm = dialog.getByRole("button", { name: `Roll back ${LAB.site}` });
  await expect(confirm).toBeDisabled();
  await dialog.getByLabel(`Type ${LAB.site} to roll it back`).fill(LAB.site);
  await confirm.click();
  await expect(page.getByRole("heading", { level: 2, name: "Rolled back" })).toBeVisible({ timeout: LONG });
  await page.getByRole("button", { name: `Open ${LAB.site}` }).click();
  await page.getByRole("tab", { name: /^Revisions/ }).click();
  await expect(page.getByRole("tabpanel").getByRole("listitem").filter({ hasText: "Live" })).toContainText(LAB.first.version);
}
