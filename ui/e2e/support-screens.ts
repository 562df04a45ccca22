import type { Locator, Page } from "@playwright/test";

import type { Visit } from "./host-screens";
import { expect, goTo, openSite } from "./support";
import { failed } from "./ways";

/** A support bundle of the list, by what its row says. */
export const rowOf = (page: Page, says: RegExp): Locator => page.getByRole("grid", { name: "Support bundles" }).getByRole("row").filter({ hasText: says });

async function support(page: Page, says: RegExp, title: string): Promise<void> {
  await goTo(page, "Support");
  await rowOf(page, says).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeFocused();
}

const done = (page: Page) => support(page, /acme-prod.*Collected/, "Support bundle of acme-prod");

export async function files(page: Page): Promise<void> {
  await done(page);
  await page.getByRole("tab", { name: /^Files/ }).click();
  await expect(page.getByRole("treegrid", { name: "Files" })).toBeVisible();
}

async function openFile(page: Page, folders: string[], file: string): Promise<void> {
  await files(page);
  const tree = page.getByRole("treegrid", { name: "Files" });
  for (const folder of folders) {
    const row = tree.getByRole("row", { name: folder, exact: true });
    if ((await row.getAttribute("aria-expanded")) === "false") await row.click();
  }
  await tree.getByRole("row", { name: file, exact: true }).click();
}

/** Support bundles: none, all, one in each of its states, and what is in one. */
export const SUPPORT_SCREENS: [string, string, Visit][] = [
  [
    "support-empty",
    "?sites=0",
    async (page) => {
      await goTo(page, "Support");
      await expect(page.getByText("No support bundles yet")).toBeVisible();
    },
  ],
  [
    "support",
    "",
    async (page) => {
      await goTo(page, "Support");
      await expect(page.getByText("Under way 50 %")).toBeVisible();
    },
  ],
  [
    "support-selected",
    "",
    async (page) => {
      await goTo(page, "Support");
      for (const says of [/globex/, /Interrupted/]) await rowOf(page, says).getByRole("checkbox").check({ force: true });
      await page.getByRole("button", { name: "Remove…" }).click();
      await expect(page.getByRole("alertdialog", { name: "Remove 2 support bundles" })).toBeVisible();
    },
  ],
  [
    "support-collect",
    "",
    async (page) => {
      await openSite(page, "acme-prod");
      await page.getByRole("button", { name: "Collect support bundle…" }).click();
      const dialog = page.getByRole("dialog", { name: "Collect a support bundle" });
      const spec = "apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  collectors:\n    - logs:\n        selector: [app=tidewater]\n";
      await dialog.locator("input[type=file]").setInputFiles({ name: "tidewater-support.yaml", mimeType: "text/yaml", buffer: Buffer.from(spec) });
      await expect(dialog.getByText("Nothing wrong")).toBeVisible();
      await expect(dialog.getByRole("button", { name: "Collect from acme-prod" })).toBeEnabled();
    },
  ],
  [
    "support-collect-hosts",
    "",
    async (page) => {
      await openSite(page, "lakeside-metal");
      await page.keyboard.press("s");
      await expect(page.getByRole("dialog", { name: "Collect a support bundle" }).getByText("How hosts are reached")).toBeVisible();
    },
  ],
  [
    "support-open",
    "",
    async (page) => {
      await goTo(page, "Support");
      await page.getByRole("button", { name: "Open a file…" }).click();
      await expect(page.getByLabel("File", { exact: true })).toBeFocused();
      await page.keyboard.type("/tmp/notes.txt");
      await page.keyboard.press("Enter");
      await expect(page.getByText("notes.txt is no support bundle.")).toBeVisible();
    },
  ],
  [
    "support-running",
    "",
    async (page) => {
      await support(page, /orchard-plant/, "Support bundle of orchard-plant");
      await expect(page.getByText("3 of 6 parts")).toBeVisible();
    },
  ],
  [
    "support-from-run",
    "?speed=20",
    async (page) => {
      await failed(page);
      await page.getByRole("button", { name: "Collect a support bundle" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Support bundle of harbor-west" })).toBeFocused();
      await expect(page.getByRole("tab", { name: /^Findings/ })).toBeVisible();
    },
  ],
  [
    "support-done",
    "",
    async (page) => {
      await done(page);
      await expect(page.getByText("Secrets were masked in 41 places.")).toBeVisible();
      await expect(page.getByRole("tabpanel").getByText("Image of tidewater-web")).toBeVisible();
    },
  ],
  [
    "support-parts",
    "",
    async (page) => {
      await done(page);
      await page.getByRole("button", { name: "Show parts" }).click();
      await expect(page.getByRole("list", { name: "Parts" })).toContainText("may not read logs of pods there");
    },
  ],
  [
    "support-opened",
    "",
    async (page) => {
      await support(page, /globex-support/, "globex-support-bundle-2026-11-25T08_12_44.tar.gz");
      await expect(page.getByText("Secrets were masked in 7 places when it was opened.")).toBeVisible();
    },
  ],
  ["support-files", "", files],
  [
    "support-file",
    "",
    async (page) => {
      await openFile(page, ["cluster-resources", "events"], "tidewater.json");
      await expect(page.getByRole("region", { name: "Text of cluster-resources/events/tidewater.json" })).toContainText("ImagePullBackOff");
    },
  ],
  [
    "support-search",
    "",
    async (page) => {
      await files(page);
      await page.keyboard.press("/");
      await page.keyboard.type("imagepull");
      await expect(page.getByRole("listbox", { name: "Lines found" })).toBeVisible();
      await page.getByRole("option", { name: /pulling image/ }).click();
      await expect(page.getByRole("region", { name: /^Text of/ }).locator("[data-here=true]")).toContainText("ImagePullBackOff");
    },
  ],
  [
    "support-nothing-found",
    "",
    async (page) => {
      await files(page);
      await page.getByRole("searchbox", { name: "Search all files" }).fill("nothing of the kind");
      await expect(page.getByText("No file has this text.")).toBeVisible();
    },
  ],
  [
    "support-binary",
    "",
    async (page) => {
      await openSite(page, "lakeside-metal");
      await page.keyboard.press("s");
      await page.getByRole("button", { name: "Collect from lakeside-metal" }).click();
      await page.getByRole("tab", { name: /^Files/ }).click();
      await page.getByRole("searchbox", { name: "Search all files" }).fill("pts/0");
      await page.getByRole("option").first().click();
      await expect(page.getByText("This file is not text")).toBeVisible();
    },
  ],
  [
    "support-cancelled",
    "",
    async (page) => {
      await support(page, /orchard-plant/, "Support bundle of orchard-plant");
      await page.getByRole("button", { name: "Cancel", exact: true }).click();
      await expect(page.getByText("It was cancelled before it was done")).toBeVisible();
    },
  ],
  [
    "support-failed",
    "",
    async (page) => {
      await support(page, /acme-dr/, "Support bundle of acme-dr");
      await expect(page.getByText(/^There is no room for the support bundle/)).toBeVisible();
    },
  ],
];
