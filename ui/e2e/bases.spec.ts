import { expect, expectAccessible, goTo, open, openSite, REAL, test } from "./support";
import { base, configure } from "./ways";

test.skip(REAL, "The sample engine has sites that differ in known ways.");

test("a base is made, filled and followed by keyboard alone", async ({ page }) => {
  await open(page);
  const bases = page.getByRole("heading", { level: 1, name: "Bases" });
  // A browser that has only just drawn a page may not hear the first key.
  await expect(async () => {
    await page.keyboard.press("g");
    await page.keyboard.press("b");
    await expect(bases).toBeFocused({ timeout: 3000 });
  }).toPass({ timeout: 30_000 });
  await page.getByRole("button", { name: "New base…" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("apac");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "apac" })).toBeFocused();
  await page.getByRole("button", { name: "Set a value…" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Set a value" });
  await dialog.getByLabel("Value", { exact: true }).fill("Tidewater of the east");
  await expectAccessible(page, "setting a value");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("row", { name: /Title of the page/ })).toContainText("Tidewater of the east");
  await page.getByRole("tab", { name: /^Sites/ }).click();
  await page.getByRole("button", { name: "Let sites follow it…" }).click();
  await page.getByRole("checkbox", { name: /^acme-prod/ }).focus();
  await page.keyboard.press("Space");
  await expect(page.getByRole("checkbox", { name: /^acme-dr/ })).toHaveAccessibleName(/leaves emea/);
  await expectAccessible(page, "choosing sites");
  await page.getByRole("button", { name: "Let 1 site follow it" }).press("Enter");
  await expect(page.getByRole("table", { name: "Sites that follow apac" })).toContainText("acme-prod");
  await configure(page, "acme-prod");
  await expect(page.getByText("Begins with the base apac")).toBeVisible();
});

test("a value that is not the base's says so, and goes back to it", async ({ page }) => {
  await open(page, "?sites=15");
  await configure(page, "site-0014");
  const title = page.getByRole("textbox", { name: "Title of the page" });
  await expect(title).toHaveValue("Harbor fourteen");
  await expect(page.getByText("The base says Tidewater of the harbors.")).toBeVisible();
  await page.getByRole("button", { name: "Take the base’s value for Title of the page" }).click();
  await expect(title).toHaveValue("Tidewater of the harbors");
  await expect(page.getByText("The base’s value, once saved.")).toBeVisible();
  await page.getByRole("button", { name: "Undo for Title of the page" }).click();
  await expect(title).toHaveValue("Harbor fourteen");
  const pods = page.getByRole("textbox", { name: "Pods" });
  await pods.fill("");
  await expect(pods, "emptied, to be typed in").toHaveValue("");
  await pods.fill("4");
  await expect(page.getByText("The base says 3.")).toBeVisible();
});

test("what differs is asked of the sites, secrets unseen, and leads to the site's history", async ({ page }) => {
  await open(page);
  await base(page, "What differs");
  const sites = page.getByRole("table", { name: "Sites that follow the base" });
  await expect(sites.getByRole("row", { name: /acme-dr/ })).toContainText("2 values of its own, 1 behind");
  await expect(sites.getByRole("row", { name: /globex-berlin/ })).toContainText("does not answer");
  await expect(sites.getByRole("row", { name: /initech-lab/ })).toContainText("Not known");
  await expect(page.getByRole("table", { name: "Items that differ" }).getByRole("row", { name: /^Password/ })).toContainText("Another one");
  await page.getByRole("button", { name: "Open the config history of acme-dr" }).click();
  await expect(page.getByRole("list", { name: "Config changes, newest first" })).toBeVisible();
});

test("a base that is removed must be named, and leaves the sites alone", async ({ page }) => {
  await open(page);
  await base(page, "Values");
  await page.getByRole("button", { name: "Remove…", exact: true }).click();
  await page.getByLabel("Type emea to remove it").fill("emea");
  await expectAccessible(page, "removing a base");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Bases" })).toBeFocused();
  await expect(page.getByRole("row", { name: /^emea/ })).toHaveCount(0);
  await openSite(page, "acme-dr");
  await goTo(page, "Bases");
});
