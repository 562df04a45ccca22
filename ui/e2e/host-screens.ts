import type { Locator, Page } from "@playwright/test";

import { expect, openSite } from "./support";

export type Visit = (page: Page) => Promise<void>;

/** How to come to every screen and dialog of Linux hosts. */
export const HOST_SCREENS: [string, string, Visit][] = [
  [
    "add-hosts",
    "",
    async (page) => {
      const dialog = await addHosts(page);
      await dialog.getByLabel("Hosts, one a line").fill("root@10.0.0.11 controller tag=rack-a\ndeploy@10.0.0.12:2222 jump=ops@gate.example\napp1 sometimes");
      await expect(dialog.getByText("means nothing here")).toBeVisible();
      await dialog.getByRole("button", { name: "Add 2 hosts to the list" }).click();
      await expect(dialog.getByLabel("Address of host 2")).toHaveValue("deploy@10.0.0.12:2222");
    },
  ],
  [
    "add-hosts-config",
    "",
    async (page) => {
      const dialog = await addHosts(page);
      await dialog.getByText("From ssh_config", { exact: true }).click();
      await dialog.getByLabel("Filter names").fill("rack-c");
      await dialog.getByRole("option", { name: "rack-c-03" }).click();
      await dialog.getByRole("option", { name: "rack-c-05" }).click();
      await expect(dialog.getByRole("button", { name: "Add 2 hosts to the list" })).toBeEnabled();
    },
  ],
  [
    "add-hosts-fifty",
    "",
    async (page) => {
      const dialog = await addHosts(page);
      await dialog.getByLabel("Hosts, one a line").fill(fifty());
      await dialog.getByRole("button", { name: "Add 50 hosts to the list" }).click();
      await expect(dialog.getByLabel("Address of host 50")).toHaveValue(/^root@edge-50/);
    },
  ],
  ["hosts", "", (page) => openSite(page, "lakeside-metal")],
  ["hosts-not-ready", "", (page) => openSite(page, "orchard-plant")],
  [
    "hosts-testing",
    "?speed=0.2",
    async (page) => {
      await openSite(page, "lakeside-metal");
      await page.getByRole("button", { name: "Test all" }).click();
      await expect(page.getByText("Checking key").or(page.getByText("Logging in")).first()).toBeVisible();
    },
  ],
  [
    "hosts-fifty",
    "?speed=20",
    async (page) => {
      const dialog = await addHosts(page);
      await dialog.getByLabel("Hosts, one a line").fill(fifty());
      await dialog.getByRole("button", { name: "Add 50 hosts to the list" }).click();
      await dialog.getByLabel("Name", { exact: true }).fill("a-site-whose-name-is-rather-long-for-a-heading");
      await dialog.getByRole("button", { name: "Add site" }).click();
      await expect(page.getByRole("button", { name: "Test all" })).toBeEnabled();
      await expect(page.getByText("Ready", { exact: true }).first()).toBeVisible();
    },
  ],
  [
    "hosts-edit",
    "",
    async (page) => {
      await openSite(page, "lakeside-metal");
      await page.getByRole("button", { name: "Edit hosts…" }).click();
      const dialog = page.getByRole("dialog", { name: "Hosts of lakeside-metal" });
      await dialog.getByRole("button", { name: /How hosts are reached/ }).click();
      await expect(dialog.getByText("Set, unchanged")).toBeVisible();
    },
  ],
  ["host", "", (page) => openHost(page, "lakeside-metal", "deploy@10.0.30.13")],
  ["host-kubernetes", "", (page) => openHost(page, "orchard-plant", "press-old")],
  ["host-key", "", (page) => openHost(page, "orchard-plant", "deploy@press-new:2222")],
  [
    "hosts-keys",
    "",
    async (page) => {
      await openSite(page, "orchard-plant");
      await page.getByRole("button", { name: "Compare and accept…" }).click();
      await expect(page.getByRole("dialog", { name: "Compare host keys" })).toBeVisible();
    },
  ],
  [
    "hosts-checks",
    "?speed=40",
    async (page) => {
      await openSite(page, "lakeside-metal");
      await page.getByRole("tab", { name: /^Checks/ }).click();
      await expect(page.getByText("No checks were run here yet")).toBeVisible();
    },
  ],
  [
    "hosts-connection",
    "",
    async (page) => {
      await openSite(page, "lakeside-metal");
      await page.getByRole("tab", { name: "Name and connection" }).click();
      await expect(page.getByText("Stored encrypted: for sudo")).toBeVisible();
    },
  ],
  [
    "check-hosts-of-site",
    "",
    async (page) => {
      await openSite(page, "lakeside-metal");
      await page.getByRole("button", { name: "Run checks…" }).click();
      await expect(page.getByRole("button", { name: "Check 3 hosts" })).toBeEnabled();
    },
  ],
];

async function addHosts(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "Add site…" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a site" });
  await dialog.getByText("Linux hosts", { exact: true }).click();
  return dialog;
}

/** Hosts of a plant, with the faults that follow from their names. */
function fifty(): string {
  const fate = (at: number) => (at % 17 === 5 ? "-down" : at % 19 === 7 ? "-new" : at % 23 === 9 ? "-old" : "");
  return Array.from({ length: 50 }, (_, at) => `root@edge-${String(at + 1).padStart(2, "0")}${fate(at)}.assembly.north-plant.example ${at < 3 ? "controller" : "worker"} tag=line-${at % 4} tag=hall-b`).join("\n");
}

async function openHost(page: Page, site: string, host: string): Promise<void> {
  await openSite(page, site);
  await page.getByRole("row", { name: new RegExp(host.replaceAll(".", "\\.")) }).click();
  await expect(page.getByRole("heading", { level: 1, name: host })).toBeFocused();
}
