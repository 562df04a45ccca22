import type { Page } from "@playwright/test";

import type { Visit } from "./host-screens";
import { expect, openSite } from "./support";
import { configure, start } from "./ways";

/** How to come to every screen of installs, upgrades, restores and resets on Linux hosts. */
export const LINUX_SCREENS: [string, string, Visit][] = [
  [
    "linux-start",
    "",
    async (page) => {
      await start(page, "quarry-metal");
      await expect(page.getByText("The cluster is upgraded too: Kubernetes v1.34.3 → v1.35.4")).toBeVisible();
    },
  ],
  ["linux-installation", "", (page) => linuxSettings(page, "lakeside-metal")],
  [
    "linux-installation-clash",
    "",
    async (page) => {
      await linuxSettings(page, "lakeside-metal");
      await page.getByLabel("Network of both").fill("172.16.0.0/12");
      await expect(page.getByText("has a route to 172.20.0.0/16")).toBeVisible();
      await page.getByLabel("Data directory").fill("var/lib");
      await expect(page.getByText("Mend 2 fields first.")).toBeVisible();
      await page.getByLabel("HTTP proxy").fill("http://proxy.lakeside.example:3128");
      await expect(page.getByText("With what the cluster needs it becomes")).toBeVisible();
    },
  ],
  ["linux-installation-unasked", "", (page) => linuxSettings(page, "orchard-plant")],
  [
    "linux-start-batches",
    "",
    async (page) => {
      await start(page, "quarry-metal");
      await chooseBatches(page);
    },
  ],
  ["linux-plan", "", (page) => linuxPlan(page, "lakeside-metal")],
  ["linux-plan-upgrade", "", (page) => linuxPlan(page, "quarry-metal")],
  [
    "linux-plan-extensions",
    "",
    async (page) => {
      await linuxPlan(page, "quarry-metal");
      await page.getByRole("heading", { name: "Extensions of the cluster" }).scrollIntoViewIfNeeded();
      await expect(page.getByRole("button", { name: /ingress-nginx/ })).toBeVisible();
    },
  ],
  [
    "linux-hosts-configuring",
    "?speed=0.6",
    async (page) => {
      await linuxPlan(page, "lakeside-metal");
      await page.getByRole("button", { name: "Prepare and check the hosts" }).click();
      await expect(page.getByText("Modules overlay, br_netfilter, nf_conntrack").first()).toBeVisible();
    },
  ],
  ["linux-hosts", "?speed=40", (page) => hostsChecked(page, "lakeside-metal")],
  [
    "linux-hosts-failed",
    "?speed=40",
    async (page) => {
      await hostsChecked(page, "sawmill-edge");
      await page.getByRole("region", { name: "Details" }).getByRole("button", { name: /10\.0\.60\.22/ }).click();
    },
  ],
  [
    "linux-hosts-bypass",
    "?speed=40",
    async (page) => {
      await hostsChecked(page, "sawmill-edge");
      await page.getByRole("button", { name: "Go on despite failed checks…" }).click();
      await expect(page.getByRole("alertdialog")).toBeVisible();
    },
  ],
  [
    "linux-cluster",
    "?speed=3",
    async (page) => {
      await hostsChecked(page, "lakeside-metal");
      await page.getByRole("button", { name: "Install the cluster" }).click();
      await expect(page.getByText(/MB\/s/).first()).toBeVisible();
    },
  ],
  [
    "linux-cluster-upgrading",
    "?speed=3",
    async (page) => {
      await hostsChecked(page, "quarry-metal");
      await page.getByRole("button", { name: "Upgrade the cluster" }).click();
      await expect(page.getByText(/PodDisruptionBudget tidewater/).first()).toBeVisible({ timeout: 60_000 });
    },
  ],
  ["linux-cluster-failed", "?speed=60", (page) => stuck(page)],
  [
    "linux-done",
    "?speed=60",
    async (page) => {
      await hostsChecked(page, "lakeside-metal");
      await page.getByRole("button", { name: "Install the cluster" }).click();
      await page.getByRole("button", { name: "Start install" }).click({ timeout: 60_000 });
      await expect(page.getByRole("heading", { name: "Installed" })).toBeFocused({ timeout: 60_000 });
    },
  ],
  ["linux-site", "", (page) => linuxSite(page)],
  [
    "linux-join",
    "",
    async (page) => {
      await linuxSite(page);
      await page.getByRole("button", { name: "Join more hosts…" }).click();
      await expect(page.getByRole("dialog", { name: "Join hosts to quarry-metal" })).toBeVisible();
    },
  ],
  [
    "linux-reset-host",
    "",
    async (page) => {
      await openSite(page, "sawmill-edge");
      await page.getByRole("button", { name: "Reset node-11…" }).click();
      await expect(page.getByText("It is the only controller")).toBeVisible();
    },
  ],
  ["linux-restore", "", (page) => askRestore(page)],
  [
    "linux-restoring",
    "",
    async (page) => {
      await askRestore(page);
      await page.keyboard.type("sawmill-edge");
      await page.keyboard.press("Enter");
      await expect(page.getByText("Restoring the snapshot of etcd").first()).toBeVisible();
    },
  ],
  [
    "linux-restored",
    "?speed=60",
    async (page) => {
      await askRestore(page);
      await page.keyboard.type("sawmill-edge");
      await page.keyboard.press("Enter");
      await expect(page.getByRole("heading", { name: "Restored" })).toBeFocused({ timeout: 60_000 });
    },
  ],
  ["linux-reset", "", (page) => askReset(page)],
  [
    "linux-resetting",
    "",
    async (page) => {
      await askReset(page);
      await page.keyboard.type("quarry-metal");
      await page.keyboard.press("Enter");
      await expect(page.getByText("Stopping kubelet and containerd").first()).toBeVisible();
    },
  ],
  [
    "linux-reset-done",
    "?speed=60",
    async (page) => {
      await askReset(page);
      await page.keyboard.type("quarry-metal");
      await page.keyboard.press("Enter");
      await expect(page.getByText("6 hosts of quarry-metal are as before, but for what is listed")).toBeVisible({ timeout: 60_000 });
    },
  ],
];

export async function linuxSettings(page: Page, site: string): Promise<void> {
  await configure(page, site);
  await page.getByLabel("E-mail").fill("ops@tidewater.example");
  const password = page.getByLabel("Password", { exact: true });
  if (await password.isVisible()) await password.fill("a long enough one");
  await page.getByRole("button", { name: "Save configuration" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Installation settings" })).toBeFocused();
  await expect(page.getByLabel("Data directory")).toBeVisible();
}

/** The plan of an install on bare hosts, or of an upgrade where there is a cluster. */
export async function linuxPlan(page: Page, site: string): Promise<void> {
  if (site === "lakeside-metal") {
    await linuxSettings(page, site);
    await page.getByRole("button", { name: "Save settings" }).click();
  } else {
    await configure(page, site);
    await page.getByLabel("E-mail").fill("ops@tidewater.example");
    await page.getByRole("button", { name: "Save configuration" }).click();
  }
  await expect(page.getByRole("heading", { level: 2, name: "Plan" })).toBeFocused();
  await expect(page.getByRole("table", { name: "Hosts in the order of work" })).toBeVisible();
}

export async function hostsChecked(page: Page, site: string): Promise<void> {
  await linuxPlan(page, site);
  await page.getByRole("button", { name: /check the hosts$/ }).click();
  await expect(page.getByText("The hosts are ready").or(page.getByText("Not every host is ready"))).toBeVisible({ timeout: 60_000 });
}

/** An upgrade whose last worker does not get ready. */
export async function stuck(page: Page): Promise<void> {
  await hostsChecked(page, "sawmill-edge");
  await page.getByRole("button", { name: "Go on despite failed checks…" }).click();
  await page.getByLabel("Why may they be waived?").fill("The disk is grown tonight");
  await page.getByRole("button", { name: "Bypass checks on sawmill-edge" }).click();
  await page.getByRole("button", { name: "Upgrade the cluster" }).click();
  await expect(page.getByText("did not become ready within 10 m").first()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("button", { name: /^Retry/ })).toBeVisible();
}

export async function linuxSite(page: Page): Promise<void> {
  await openSite(page, "quarry-metal");
  await expect(page.getByText("Kubernetes v1.34.3 by kubeadm, 5 nodes, all ready")).toBeVisible();
}

export async function askReset(page: Page): Promise<void> {
  await linuxSite(page);
  await page.getByRole("button", { name: "Reset all…" }).click();
  await expect(page.getByRole("alertdialog", { name: "Reset all hosts of quarry-metal" })).toBeVisible();
}

export async function askRestore(page: Page): Promise<void> {
  await openSite(page, "sawmill-edge");
  await page.getByRole("button", { name: /^Restore .*v1\.34\.3…$/ }).click();
  await expect(page.getByRole("alertdialog", { name: "Restore the cluster of sawmill-edge" })).toBeVisible();
}

export async function chooseBatches(page: Page): Promise<void> {
  await page.getByRole("button", { name: /Workers upgraded at a time/ }).click();
  await page.getByRole("option", { name: "2 side by side" }).click();
  await expect(page.getByRole("button", { name: /2 side by side/ })).toBeVisible();
}
