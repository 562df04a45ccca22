import type { Page } from "@playwright/test";

import { HURRY, LAB, LONG } from "../lab";
import { expect, expectAccessible, open, REAL, test } from "../support";

test.setTimeout(4 * LONG);

const SITE = REAL ? LAB.site : "acme-prod";

/** Presses Tab until the wanted control has the focus: what the keyboard cannot reach, this cannot either. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let press = 0; press < 80; press += 1) {
    const words = await page.evaluate(() => {
      const one = document.activeElement;
      return one?.getAttribute("aria-label") ?? one?.textContent ?? "";
    });
    if (name.test(words.trim())) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`The keyboard does not reach ${name}.`);
}

async function press(page: Page, name: RegExp): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press("Enter");
}

test("an upgrade is made with the keyboard alone", async ({ page }) => {
  await open(page, HURRY);
  await page.keyboard.press("Control+k");
  await page.keyboard.type(SITE);
  await expect(page.getByRole("menuitem", { name: new RegExp(`^${SITE}`) }).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: SITE })).toBeFocused();

  await page.keyboard.press("u");
  await expect(page.getByRole("heading", { level: 2, name: "Release" }).first()).toBeFocused();
  await press(page, /^Configure$/);
  await expect(page.getByRole("heading", { level: 2, name: "Configuration" })).toBeFocused({ timeout: LONG });
  const email = page.getByLabel("E-mail");
  await expect(email).toBeVisible({ timeout: LONG });
  for (let tab = 0; tab < 60 && !(await email.evaluate((one) => one === document.activeElement)); tab += 1) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Control+a");
  await page.keyboard.type("ops@tidewater.example");
  await press(page, /^Save configuration$/);

  await expect(page.getByRole("heading", { level: 2, name: "Plan" })).toBeFocused({ timeout: LONG });
  await expect(page.getByText("to move", { exact: true })).toBeVisible({ timeout: LONG });
  await press(page, /run checks$/i);
  await expect(page.getByText("The site is ready")).toBeVisible({ timeout: LONG });
  await press(page, /^Start upgrade$/);
  await expect(page.getByRole("heading", { level: 2, name: "Upgraded" })).toBeFocused({ timeout: LONG });
  await expectAccessible(page, "the end of the upgrade");

  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeFocused();
  await page.keyboard.press("Control+[");
  await expect(page.getByRole("heading", { level: 2, name: "Upgraded" })).toBeFocused();
});

test("what floats closes with Escape and gives the focus back", async ({ page }) => {
  await open(page, HURRY);
  await tabTo(page, /^Search or do anything/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("searchbox", { name: "Search or do anything" })).toBeFocused();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Search or do anything/ })).toBeFocused();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});
