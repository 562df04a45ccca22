import type { Page } from "@playwright/test";

import { askReset, askRestore, chooseBatches, hostsChecked, linuxSettings, linuxSite, stuck } from "./linux-screens";
import { expect, expectAccessible, open, REAL, test } from "./support";
import { start } from "./ways";

test.skip(REAL, "Hosts whose fate follows from their tags are in the sample engine.");

const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "");

/** Presses Tab until the wanted control has the focus: what the keyboard cannot reach, this cannot either. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let press = 0; press < 80; press += 1) {
    if (name.test((await focused(page)).trim())) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`The keyboard does not reach ${name}.`);
}

test("bare hosts are set up with the keyboard alone, and become a running application", async ({ page }) => {
  await open(page, "?speed=20");
  await linuxSettings(page, "lakeside-metal");

  await test.step("a clash is told while it is typed, and nothing can be saved until it is mended", async () => {
    const both = page.getByLabel("Network of both");
    for (let tab = 0; tab < 20 && !(await both.evaluate((one) => one === document.activeElement)); tab += 1) await page.keyboard.press("Tab");
    await page.keyboard.type("10.0.0.0/14");
    await expect(page.getByText("10.0.0.0/14 clashes with root@10.0.20.11, which has 10.0.20.11/24 on eno1.")).toBeVisible();
    await expect(page.getByRole("button", { name: "Save settings" })).toBeDisabled();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("10.32.0.0/14");
    await expect(page.getByText("Pods get 10.32.0.0/15, services 10.34.0.0/15.")).toBeVisible();
  });

  await test.step("two networks take the place of one", async () => {
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Tab");
    await page.keyboard.type("10.64.0.0/16");
    await expect(page.getByText("Pods and services need both")).toBeVisible();
    await page.keyboard.press("Tab");
    await page.keyboard.type("10.65.0.0/16");
    await expect(page.getByText("Pods and services need both")).toHaveCount(0);
  });

  await test.step("another interface is another address of each host", async () => {
    const addresses = page.getByRole("table", { name: "Address of each host" });
    await expect(addresses.getByRole("row", { name: /10\.0\.20\.11/ })).toContainText("10.0.20.11/24");
    await page.getByRole("button", { name: /Network interface/ }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type("eno2");
    await page.keyboard.press("Enter");
    await expect(addresses.getByRole("row", { name: /10\.0\.20\.11/ })).toContainText("192.168.77.20/24");
  });

  await test.step("what is reached without a proxy holds both networks and the hosts' own", async () => {
    await page.getByLabel("HTTPS proxy").focus();
    await page.keyboard.type("http://proxy.example:3128");
    await expect(page.getByText("localhost, 127.0.0.1, .cluster.local, .svc, 169.254.169.254, 10.64.0.0/16, 10.65.0.0/16, 192.168.77.0/24")).toBeVisible();
    await tabTo(page, /^Save settings$/);
    await page.keyboard.press("Enter");
  });

  await test.step("the plan names every host in the order of work", async () => {
    await expect(page.getByRole("heading", { level: 2, name: "Plan" })).toBeFocused();
    await expect(page.getByRole("table", { name: "Hosts in the order of work" }).getByRole("row")).toHaveText([/Order/, /1.*node-11.*Make the cluster/, /2.*node-12.*Join/, /3.*node-13.*Join/]);
    await tabTo(page, /^Prepare and check the hosts$/);
    await page.keyboard.press("Enter");
  });

  await test.step("hosts are prepared and judged, one check is run again", async () => {
    await expect(page.getByText("The hosts are ready")).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole("grid", { name: "Results of the host checks" })).toBeVisible();
    await page.getByRole("button", { name: "Check again: System clock" }).click();
    await expect(page.getByText("The hosts are ready")).toBeVisible({ timeout: 60_000 });
    await page.getByRole("button", { name: "Install the cluster" }).click();
  });

  await test.step("the cluster is made, its site shows the nodes, the application runs", async () => {
    await page.getByRole("button", { name: "Start install" }).click({ timeout: 60_000 });
    await expect(page.getByRole("heading", { level: 2, name: "Installed" })).toBeFocused({ timeout: 60_000 });
    await page.getByRole("button", { name: "Open lakeside-metal" }).click();
    await expect(page.getByText("Kubernetes v1.35.4 by kubeadm, 3 nodes, all ready")).toBeVisible();
    await expectAccessible(page, "a site after its install");
  });
});

test("an upgrade shows controllers and workers in turn, and goes on after a worker that did not get ready", async ({ page }) => {
  await open(page, "?speed=30");
  await stuck(page);
  await expect(page.getByText("What the cluster was can be brought back from the backup that is made first")).toBeVisible();
  await expect(page.getByText("2 of 3 hosts done")).toBeVisible();
  await page.getByRole("button", { name: /^Hosts/ }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Hosts", exact: true }).first()).toBeFocused();
  await expect(page.getByRole("button", { name: "Check again: Disk space" }), "what is past is only looked at").toHaveCount(0);
  await page.getByRole("button", { name: "Back to where the run is" }).click();
  await page.getByRole("button", { name: /^Retry/ }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Upgraded" })).toBeFocused({ timeout: 60_000 });
});

test("some of the host checks are run again, and failed ones are waived with a reason", async ({ page }) => {
  await open(page, "?speed=40");
  await hostsChecked(page, "sawmill-edge");
  await page.getByRole("button", { name: "Check again: Filesystem write latency" }).click();
  await expect(page.getByRole("button", { name: "Check again: Filesystem write latency" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Check again: Disk space" })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("button", { name: "Upgrade the cluster" })).toBeDisabled();
  await page.getByRole("button", { name: "Go on despite failed checks…" }).click();
  await page.getByLabel("Why may they be waived?").fill("The disk is grown tonight");
  await page.getByRole("button", { name: "Bypass checks on sawmill-edge" }).click();
  await expect(page.getByText("Failed host checks were waived")).toBeVisible();
  await expect(page.getByRole("button", { name: "Upgrade the cluster" })).toBeEnabled();
});

test("workers go in batches of the chosen size, and charts of the cluster come between its nodes and the application", async ({ page }) => {
  await open(page);
  await start(page, "quarry-metal");
  await chooseBatches(page);
  await page.getByRole("button", { name: "Configure" }).click();
  await page.getByLabel("E-mail").fill("ops@tidewater.example");
  await page.getByRole("button", { name: "Save configuration" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Plan" })).toBeFocused();
  await expect(page.getByText("Workers at a time")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Extensions of the cluster" })).toBeVisible();
  await expect(page.getByText("No way back after “Upgrade extension ingress-nginx 4.12.0”")).toBeVisible();
  await expect(page.getByText("No way back after “Remove extension node-exporter”")).toBeVisible();
  await page.getByRole("button", { name: /^\d+ steps/ }).click();
  await expect(page.getByText("Wait for volumes of StorageClass tidewater-disks").first()).toBeVisible();
});

test("a host that has not joined is joined from the site, by a plan of its own", async ({ page }) => {
  await open(page, "?speed=40");
  await linuxSite(page);
  await page.getByRole("button", { name: "Join more hosts…" }).click();
  const dialog = page.getByRole("dialog", { name: "Join hosts to quarry-metal" });
  await dialog.getByLabel("Address of host 6").press("Enter");
  await page.keyboard.type("root@10.0.50.24");
  await dialog.getByRole("button", { name: "Save and plan the join" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Configuration" })).toBeFocused();
  await page.getByLabel("E-mail").fill("ops@tidewater.example");
  await page.getByRole("button", { name: "Save configuration" }).click();
  await expect(page.getByRole("table", { name: "Hosts in the order of work" }).getByRole("row")).toHaveText([/Order/, /node-23.*Join/, /node-24.*Join/]);
  await expect(page.getByText("v1.34.3, as it is")).toBeVisible();
});

test("a reset asks for the site's name, runs, and lists what stays", async ({ page }) => {
  await open(page, "?speed=40");
  await askReset(page);
  const reset = page.getByRole("button", { name: "Reset quarry-metal", exact: true });
  await expect(reset).toBeDisabled();
  await page.keyboard.type("quarry");
  await expect(reset).toBeDisabled();
  await page.keyboard.type("-metal");
  await reset.click();
  await expect(page.getByText("6 hosts of quarry-metal are as before, but for what is listed")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("Module br_netfilter stays loaded").first()).toBeVisible();
  await page.getByRole("button", { name: "Open quarry-metal" }).click();
  await expect(page.getByRole("region", { name: "Site" }).getByText("Nothing installed")).toBeVisible();
  await expect(page.getByRole("row", { name: /Not joined root@10\.0\.50\.11/ })).toBeVisible();
  await page.getByRole("tab", { name: /^Runs/ }).click();
  await expect(page.getByRole("grid", { name: "Runs" }).getByRole("row", { name: /Tidewater/ }).first()).toContainText("Reset");
});

test("a backup that cannot be brought back says why, and another is after its site's name was typed", async ({ page }) => {
  await open(page, "?speed=40");
  await askRestore(page);
  const restore = page.getByRole("button", { name: "Restore sawmill-edge", exact: true });
  await expect(restore).toBeDisabled();
  await page.keyboard.type("sawmill-edge");
  await restore.click();
  await expect(page.getByText("The cluster of sawmill-edge is what it was when the backup was made")).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: "Open sawmill-edge" }).click();
  await expect(page.getByText(/Kubernetes v1\.33\.6 by kubeadm/)).toBeVisible();
  const old = page.getByRole("table", { name: "Backups" }).getByRole("row", { name: /v1\.32\.9/ });
  await expect(old).toContainText("Cannot be brought back: the files of v1.32.9 are not on");
  await expect(old.getByRole("button")).toHaveCount(0);
});
