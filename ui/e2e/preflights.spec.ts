import { readFileSync } from "node:fs";

import type { Page } from "@playwright/test";

import { expect, goTo, look, open, press, REAL, SHOTS, test } from "./support";

test.skip(REAL, "Hosts whose fate follows from their names are in the sample engine.");


async function openRun(page: Page, place: number): Promise<void> {
  await goTo(page, "Preflights");
  await page.getByRole("grid", { name: "Preflight runs" }).getByRole("row").nth(place + 1).click();
  await expect(page.getByRole("heading", { level: 1, name: /^Preflight of/ })).toBeFocused();
}

async function fill(page: Page, hosts: string): Promise<void> {
  await press(page, "h", page.getByRole("heading", { level: 1, name: "Check hosts" }));
  await expect(page.getByRole("heading", { level: 1, name: "Check hosts" })).toBeFocused();
  await page.getByLabel("Hosts, one a line").fill(hosts);
}

const cell = (page: Page, name: string) => page.getByRole("gridcell", { name, exact: true });
const details = (page: Page) => page.getByRole("region", { name: "Details" });

test("a list, what can be done with it, and what it says while it is empty", async ({ page }) => {
  await open(page, "?sites=0");
  await page.keyboard.press("g");
  await page.keyboard.press("p");
  await expect(page.getByText("No hosts checked yet")).toBeVisible();
  await look(page, "pf-empty", { narrow: true });
  await open(page);
  await goTo(page, "Preflights");
  const rows = page.getByRole("grid", { name: "Preflight runs" }).getByRole("row");
  await expect(rows).toHaveCount(7);
  for (const place of [4, 5]) await rows.nth(place).getByRole("checkbox").check({ force: true });
  await look(page, "pf-selected", { narrow: true });
  await page.getByRole("button", { name: "Compare two" }).click();
  await expect(page.getByText("Nothing changed")).toBeVisible();
  await look(page, "pf-nothing-changed", { narrow: true });
  await goTo(page, "Preflights");
  await rows.nth(6).getByRole("checkbox").check({ force: true });
  await page.getByRole("button", { name: "Remove…" }).click();
  await expect(page.getByRole("alertdialog", { name: "Remove this preflight run" })).toBeVisible();
  await look(page, "pf-remove", { narrow: true });
  await page.getByRole("button", { name: "Remove it" }).click();
  await expect(rows).toHaveCount(6);
});

test("three hosts: checks below each other, one cell with the focus, details beside it", async ({ page }) => {
  await open(page);
  await openRun(page, 2);
  await look(page, "pf-three", { narrow: true });
  await cell(page, "db1, Memory: failed").click();
  await expect(details(page).getByText("At least 2 GB of memory are needed.")).toBeVisible();
  await expect(details(page).getByText("Cannot be waived")).toBeVisible();
  await look(page, "pf-cell", { narrow: true });
  await page.keyboard.press("ArrowRight");
  await expect(cell(page, "app1, Memory: passed")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Home");
  await expect(page.getByRole("rowheader", { name: /^CPU features/ })).toBeFocused();
  await page.keyboard.press("Control+End");
  await expect(page.getByRole("gridcell", { name: /^Cluster of acme-prod, Storage class: warning/ })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(details(page).getByRole("heading", { name: "Hosts" })).toBeVisible();
  await page.getByRole("columnheader", { name: /^app1/ }).click();
  await expect(details(page).getByText(/^Asked without root/)).toBeVisible();
  await look(page, "pf-host", { narrow: true });
});

test("results are filtered, copied and exported", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page);
  await openRun(page, 2);
  await page.getByRole("button", { name: "All results Show" }).or(page.getByRole("button", { name: /All results/ })).first().click();
  await page.getByRole("option", { name: "Failed", exact: true }).click();
  await expect(page.getByRole("rowheader")).toHaveCount(1);
  await look(page, "pf-filtered", { narrow: true });
  await page.keyboard.press("/");
  await page.keyboard.type("nothing of the kind");
  await expect(page.getByText("No result is like that.")).toBeVisible();
  await look(page, "pf-no-result", { narrow: true });
  await page.getByRole("button", { name: "Copy as text" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("   --- FAIL: Memory - db1\n      --- At least 2 GB of memory are needed.\n");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export JSON" }).click()]);
  const json = JSON.parse(readFileSync(await file.path(), "utf8")) as Record<string, { title: string }[]>;
  expect(Object.keys(json)).toEqual(["pass", "warn", "fail", "error"]);
  expect(json["fail"]).toEqual([{ title: "Memory", message: "At least 2 GB of memory are needed.", strict: true, host: "db1" }]);
});

test("fifty hosts stand below each other, and only those that are seen exist", async ({ page }) => {
  await open(page);
  await openRun(page, 1);
  await expect(page.getByRole("grid", { name: "Results of 50 hosts" })).toHaveAttribute("aria-rowcount", "51");
  expect(await page.getByRole("gridcell").count()).toBeLessThan(1700);
  await look(page, "pf-fifty", { narrow: true });
});

test("fifty hosts are walked with the keyboard and turned", async ({ page }) => {
  await open(page);
  await openRun(page, 1);
  await page.getByRole("gridcell", { name: /^edge-01/ }).first().click();
  await page.keyboard.press("Control+End");
  await expect(page.getByRole("gridcell", { name: /^edge-50.plant.example, Service network/ })).toBeFocused();
  await page.screenshot({ path: `${SHOTS}/light-pf-fifty-end.png` });
  await page.getByRole("button", { name: "Swap rows and columns" }).click();
  await expect(page.getByRole("rowheader", { name: /^CPU:/ })).toBeVisible();
  await page.screenshot({ path: `${SHOTS}/light-pf-fifty-turned.png` });
  await page.getByRole("button", { name: /All results/ }).click();
  await page.getByRole("option", { name: "Warned", exact: true }).click();
  await look(page, "pf-fifty-warned", { narrow: true });
});

test("what changed since another run", async ({ page }) => {
  await open(page);
  await openRun(page, 2);
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.getByRole("row", { name: /^Memory.*Passed.*Failed/ })).toBeVisible();
  await expect(page.getByText(/worse/).first()).toBeVisible();
  await look(page, "pf-compare", { narrow: true });
});

test("hosts are pasted, refused by their lines, checked and checked again", async ({ page }) => {
  await open(page, "?speed=4");
  await fill(page, "# the new site\nroot@db1\napp 1 of 2\n\napp2:22 # behind the jump host\nroot@db1\n");
  await expect(page.getByText("Named twice and checked once: root@db1 (line 6).")).toBeVisible();
  await page.getByRole("button", { name: "Check 3 hosts" }).click();
  await expect(page.getByText(/^Line 3: "app 1 of 2" is no host/)).toBeVisible();
  await look(page, "pf-refused", { narrow: true });
  await page.getByLabel("Hosts, one a line").fill("root@db1\napp1\napp2:22");
  await page.getByRole("button", { name: "Check 3 hosts" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Preflight of 3 hosts" })).toBeFocused();
  await expect(page.getByText(/^Under way \d+ %/)).toBeVisible();
  await expect(page.getByRole("gridcell", { name: /passed$/ }).first()).toBeVisible();
  await page.screenshot({ path: `${SHOTS}/light-pf-running.png` });
  await expect(page.getByRole("button", { name: "Run again" })).toBeVisible();
  await expect(page.getByRole("gridcell", { name: /no answer yet$/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Run again" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("Cancelled", { exact: true })).toBeVisible();
  await look(page, "pf-cancelled", { narrow: true });
});

async function checkTwelve(page: Page, speed: string): Promise<void> {
  await open(page, `?speed=${speed}`);
  await fill(page, Array.from({ length: 12 }, (_, at) => `root@edge-${at + 1}`).join("\n"));
  await page.getByRole("button", { name: "Check 12 hosts" }).click();
}

// Each at its own pace, so that it is still under way when it has been looked at.
test("there is something to see before the first answer", async ({ page }) => {
  await checkTwelve(page, "0.01");
  await expect(page.getByText("No answer yet. Answers show here as they come.")).toBeVisible();
  await look(page, "pf-waiting", { narrow: true });
});

test("answers come while one looks", async ({ page }) => {
  await checkTwelve(page, "0.06");
  await expect(page.getByRole("gridcell", { name: /passed$/ }).first()).toBeVisible({ timeout: 40_000 });
  await expect(page.getByRole("gridcell", { name: /no answer yet$/ }).first()).toBeVisible();
  await look(page, "pf-running", { narrow: true });
});

test("the list says how far a run under way is", async ({ page }) => {
  await checkTwelve(page, "0.05");
  await goTo(page, "Preflights");
  await expect(page.getByRole("grid", { name: "Preflight runs" }).getByText(/^Under way \d+ %/)).toBeVisible();
  await look(page, "pf-list-running", { narrow: true });
});

test("a spec is looked at as soon as it is there", async ({ page }) => {
  await open(page);
  await fill(page, "db1");
  const spec = "apiVersion: troubleshoot.sh/v1beta2\nkind: HostPreflight\nspec:\n  analyzers:\n    - memmory:\n        outcomes: []\n    - cpu:\n        colectorName: x\n";
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Add specs…" }).click()]);
  await chooser.setFiles([
    { name: "tidewater-hosts.yaml", mimeType: "application/yaml", buffer: Buffer.from(spec) },
    { name: "fine.yaml", mimeType: "application/yaml", buffer: Buffer.from("kind: HostPreflight\n") },
  ]);
  const group = page.getByRole("group", { name: "tidewater-hosts.yaml" });
  await expect(group.getByText("1 error, 1 warning")).toBeVisible();
  await expect(group.getByText("Line 5")).toBeVisible();
  await expect(page.getByRole("group", { name: "fine.yaml" }).getByText("Nothing wrong")).toBeVisible();
  await page.getByRole("button", { name: /How hosts are reached/ }).click();
  await expect(page.getByLabel("Password for sudo")).toHaveAttribute("type", "password");
  await look(page, "pf-start", { narrow: true });
});

test("an unknown key is compared and accepted, from memory and after a reload", async ({ page }) => {
  await open(page, "?speed=20");
  await fill(page, "db1\nroot@app-new\napp-down");
  await page.getByRole("button", { name: "Check 3 hosts" }).click();
  await page.getByRole("button", { name: "Compare and accept…" }).click();
  await look(page, "pf-keys", { narrow: true });
  await page.getByRole("checkbox", { name: "It is the same" }).check({ force: true });
  await page.getByRole("button", { name: "Accept 1 key and run again" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Run again" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Compare and accept…" })).toHaveCount(0);

  await openRun(page, 2);
  await look(page, "pf-unreached", { narrow: true });
  await page.getByRole("button", { name: "Compare and accept…" }).click();
  await expect(page.getByText("This run has to be started anew")).toBeVisible();
  await look(page, "pf-keys-forgotten", { narrow: true });
  await page.getByRole("checkbox", { name: "It is the same" }).check({ force: true });
  await page.getByRole("button", { name: "Accept 1 key and start anew…" }).click();
  await expect(page.getByText("Hosts and checks are those of the earlier run")).toBeVisible();
  await expect(page.getByLabel("Hosts, one a line")).toHaveValue("db1\napp-down\ndeploy@app-new:2222");
  await expect(page.getByRole("group", { name: "Accepted host keys", exact: true })).toBeVisible();
  await look(page, "pf-anew", { narrow: true });
});
