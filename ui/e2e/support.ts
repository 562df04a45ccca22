import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { expect, test as base, type Locator, type Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** True where the pages come from a real server instead of the engine in memory. */
export const REAL = process.env["LONGSHORE_E2E_URL"] !== undefined;

/** A page on which nothing may go wrong unseen: no script error, nothing that the content policy refuses. */
export const test = base.extend({
  page: async ({ page }, handOver) => {
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !/status of (400|401|404|409)/.test(message.text())) wrong.push(message.text());
    });
    await handOver(page);
    expect(wrong, "what the page complained about").toEqual([]);
  },
});

export { expect };

/** axe, which must have nothing to say. It is evaluated from outside, so the page's policy needs no exception for it. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  await page.evaluate(axeSource);
  const results = await page.evaluate(() => (window as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run());
  const findings = results.violations.flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.target.join(" ")}: ${node.failureSummary ?? ""}`));
  expect(findings, `what axe finds on ${where}`).toEqual([]);
}

/** Where pictures go: outside of what a run of the tests clears, so that single screens can be looked at one after another. */
export const SHOTS = "screens";

const THEMES = (process.env["THEMES"] ?? "light,dark").split(",") as ("light" | "dark")[];

/** Looks at a state in both themes; axe has nothing to say. Where `narrow`, once more in the smallest window, where nothing may be wider than it. */
export async function look(page: Page, name: string, { narrow = false } = {}): Promise<void> {
  const size = page.viewportSize();
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
    // Colours fade.
    await page.waitForTimeout(200);
    await page.screenshot({ path: `${SHOTS}/${theme}-${name}.png` });
    await expectAccessible(page, `${name}, ${theme}`);
    if (!narrow || !size) continue;
    await page.setViewportSize({ width: 900, height: 600 });
    await page.screenshot({ path: `${SHOTS}/${theme}-${name}-small.png` });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, "pixels wider than the window").toBeLessThanOrEqual(0);
    await page.setViewportSize(size);
  }
}

/** Presses a key until what it brings is there: a browser that has only just drawn a page may not hear the first one. */
export async function press(page: Page, key: string, brings: Locator): Promise<void> {
  await expect(async () => {
    if (!(await brings.isVisible())) await page.keyboard.press(key);
    await expect(brings).toBeVisible({ timeout: 3000 });
  }).toPass({ timeout: 30_000 });
}

/** Opens the front end, at a server after logging in. */
export async function open(page: Page, query = "", { sidebar = true } = {}): Promise<void> {
  await page.goto(`/${query}`);
  const password = process.env["LONGSHORE_E2E_PASSWORD"];
  if (REAL && password !== undefined) {
    const field = page.getByLabel("Password");
    const frame = page.getByRole("navigation", { name: "Longshore" });
    await expect(field.or(frame).first()).toBeVisible();
    if (await field.isVisible()) {
      await field.fill(password);
      await page.getByRole("button", { name: "Log in" }).click();
    }
  }
  const there = sidebar ? page.getByRole("navigation", { name: "Longshore" }) : page.getByRole("banner");
  await expect(there).toBeVisible();
}

export async function goTo(page: Page, name: "Sites" | "Runs" | "Preflights" | "Support" | "Bases" | "Library" | "Settings"): Promise<void> {
  await page.getByRole("navigation", { name: "Longshore" }).getByRole("button", { name: new RegExp(`^${name}`) }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

export async function openSite(page: Page, name: string): Promise<void> {
  await goTo(page, "Sites");
  await page.getByRole("searchbox", { name: "Filter sites" }).fill(name);
  await page.getByRole("row", { name: new RegExp(`^${name}`) }).first().click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeFocused();
}
