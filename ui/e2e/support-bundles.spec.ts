import { expect, goTo, look, open, press, REAL, test } from "./support";
import { files, rowOf } from "./support-screens";

test.skip(REAL, "Support bundles whose fate follows from their site's name are in the sample engine.");

test("from the palette to a support bundle that is done, by keyboard alone", async ({ page }) => {
  await open(page);
  await expect(page.getByRole("heading", { level: 1, name: "Sites" })).toBeFocused();
  await press(page, "s", page.getByRole("dialog", { name: "Collect a support bundle" }));
  await page.getByRole("button", { name: /^Choose…/ }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("acme-p");
  await page.keyboard.press("Enter");
  const collect = page.getByRole("button", { name: "Collect from acme-prod" });
  await collect.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Support bundle of acme-prod" })).toBeFocused();
  await expect(page.getByRole("tab", { name: /^Findings/ })).toBeVisible();
  await expect(page.getByText("Support bundle of acme-prod: collected, 4 passed, 1 warned, 2 failed, 1 not judged.")).toBeAttached();
  await page.keyboard.press("Control+[");
  await expect(page.getByRole("heading", { level: 1, name: "Support" })).toBeFocused();
  await expect(page.getByRole("dialog"), "going back does not ask again").toHaveCount(0);
});

test("a file that comes in pieces, and a line far down in it", async ({ page }) => {
  await open(page);
  await files(page);
  const tree = page.getByRole("treegrid", { name: "Files" });
  await tree.getByRole("row", { name: "pods", exact: true }).click();
  for (const key of ["ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  const text = page.getByRole("region", { name: /^Text of .*web\.log$/ });
  await expect(text).toContainText("GET /tides 200 in 4 ms");
  await text.focus();
  await page.keyboard.press("End");
  const more = text.getByRole("button", { name: "More" });
  await expect(more).toBeVisible();
  await look(page, "support-more", { narrow: true });
  await more.click();
  await expect(text.getByText(/^64 KB of /)).toBeAttached();
  await page.getByRole("searchbox", { name: "Search all files" }).fill("connection to tidewater-data refused");
  await expect(page.getByText("7 lines in 1 file.")).toBeVisible();
  await page.getByRole("option").last().click();
  await expect(text.locator("[data-here=true]")).toContainText("2177");
  await look(page, "support-line", { narrow: true });
  await page.reload();
  await expect(text.locator("[data-here=true]"), "a reload comes back to the line").toContainText("2177");
});

test("capitals matter when they are to, and an empty file says that it is empty", async ({ page }) => {
  await open(page);
  await files(page);
  await page.getByRole("searchbox", { name: "Search all files" }).fill("Imagepull");
  await expect(page.getByText(/^3 lines in 3 files/)).toBeVisible();
  await page.getByText("Match case").click();
  await expect(page.getByText("No file has this text.")).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.press("Escape");
  const tree = page.getByRole("treegrid", { name: "Files" });
  for (const folder of ["pods", "logs/tidewater", "tidewater-cache-0"]) await tree.getByRole("row", { name: folder, exact: true }).click();
  await tree.getByRole("row", { name: "cache-previous.log" }).click();
  await expect(page.getByText("This file is empty.")).toBeVisible();
});

test("one is saved, opened from a file, and removed", async ({ page }) => {
  await open(page);
  await goTo(page, "Support");
  await rowOf(page, /acme-prod.*Collected/).click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save", exact: true }).click()]);
  expect(file.suggestedFilename()).toMatch(/^support-bundle-acme-prod-.*\.tar\.gz$/);
  await expect(page.getByText(/^Saved: support-bundle-acme-prod/).first()).toBeVisible();
  await look(page, "support-saved");
  await goTo(page, "Support");
  await press(page, "o", page.getByRole("dialog", { name: "Open a support bundle" }));
  await page.keyboard.type("/tmp/theirs.tar.gz");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "theirs.tar.gz" })).toBeFocused();
  await page.getByRole("button", { name: "Remove…" }).click();
  await page.getByRole("button", { name: "Remove it" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Support" })).toBeFocused();
  await expect(rowOf(page, /theirs/)).toHaveCount(0);
});
