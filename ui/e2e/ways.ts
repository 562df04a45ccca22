import type { Page } from "@playwright/test";

import { expect, goTo, openSite } from "./support";

export async function preflight(page: Page, place: number): Promise<void> {
  await goTo(page, "Preflights");
  await page.getByRole("grid", { name: "Preflight runs" }).getByRole("row").nth(place + 1).click();
  await expect(page.getByRole("heading", { level: 1, name: /^Preflight of/ })).toBeFocused();
}

export async function base(page: Page, tab: string): Promise<void> {
  await goTo(page, "Bases");
  await page.getByRole("row", { name: /^emea/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "emea" })).toBeFocused();
  await page.getByRole("tab", { name: new RegExp(`^${tab}`) }).click();
  await expect(page.getByRole("tabpanel")).toBeVisible();
}

export async function siteTab(page: Page, tab: string): Promise<void> {
  await openSite(page, "acme-prod");
  await page.getByRole("tab", { name: new RegExp(`^${tab}`) }).click();
  await expect(page.getByRole("tabpanel")).toBeVisible();
}

export async function importBundle(page: Page, path: string): Promise<void> {
  await goTo(page, "Library");
  await page.getByRole("button", { name: "Import by path…" }).click();
  await page.getByLabel("Path of the .airgap file").fill(path);
  await page.keyboard.press("Enter");
}

export async function start(page: Page, site: string): Promise<void> {
  await openSite(page, site);
  await page.getByRole("button", { name: /^(Upgrade|Install)…$/ }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Release" }).first()).toBeVisible();
}

export async function configure(page: Page, site: string): Promise<void> {
  await start(page, site);
  await page.getByRole("button", { name: "Configure" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Configuration" })).toBeFocused();
  await expect(page.getByRole("textbox", { name: "Title of the page" })).toBeVisible();
}

export async function plan(page: Page): Promise<void> {
  await configure(page, "acme-prod");
  await page.getByLabel("E-mail").fill("ops@tidewater.example");
  await page.getByRole("button", { name: "Save configuration" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Plan" })).toBeFocused();
  await expect(page.getByText("to move", { exact: true })).toBeVisible();
}

export async function installation(page: Page): Promise<void> {
  await configure(page, "hooli-edge");
  await page.getByLabel("E-mail").fill("ops@tidewater.example");
  await page.getByLabel("Password", { exact: true }).fill("a long enough one");
  await page.getByRole("button", { name: "Save configuration" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Installation settings" })).toBeFocused();
  await expect(page.getByLabel("Namespace")).toBeVisible();
}

export async function failedChecks(page: Page): Promise<void> {
  await installation(page);
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByRole("button", { name: /run checks/i }).click();
  await expect(page.getByText("The site is not ready")).toBeVisible({ timeout: 20_000 });
}

export async function failed(page: Page): Promise<void> {
  await openSite(page, "harbor-west");
  await page.getByRole("button", { name: /Show the run|Continue the run/ }).click();
  await expect(page.getByText("ImagePullBackOff").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Roll back harbor-west…" })).toBeVisible();
}

/** A bundle's screen and one of the dialogs that it leads to. */
export async function bundleDialog(page: Page, button: string, title: RegExp): Promise<void> {
  await goTo(page, "Library");
  await page.getByRole("row", { name: /1\.1\.0/ }).click();
  await page.getByRole("button", { name: button }).click();
  await expect(page.getByRole("dialog", { name: title })).toBeVisible();
}
