import type { Visit } from "./host-screens";
import { expect, goTo } from "./support";
import { bundleDialog, importBundle } from "./ways";

/** The library: what it holds, what is done with it, what a release changes. */
export const LIBRARY_SCREENS: [string, string, Visit][] = [
  ["library", "", (page) => goTo(page, "Library")],
  [
    "library-import",
    "",
    async (page) => {
      await importBundle(page, "/bundles/tidewater-1.2.0.airgap");
      await expect(page.getByText(/of 321.4 MB, .*MB\/s/)).toBeVisible();
    },
  ],
  [
    "library-compare",
    "",
    async (page) => {
      await goTo(page, "Library");
      for (const version of ["1.0.0", "1.1.0"]) {
        await page.getByRole("row", { name: new RegExp(version) }).getByRole("checkbox").check({ force: true });
      }
      await page.getByRole("button", { name: "Compare two" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "1.0.0 and 1.1.0" })).toBeFocused();
      await page.getByRole("button", { name: /values.yaml/ }).click();
      await expect(page.getByRole("region", { name: /What changes in chart tidewater-web: values.yaml/ })).toContainText("replicas: 3");
    },
  ],
  [
    "library-care",
    "",
    async (page) => {
      await goTo(page, "Library");
      await page.getByRole("button", { name: "Look after…" }).click();
      const care = page.getByRole("dialog", { name: "Look after the library" });
      await care.getByLabel("New folder").fill("library");
      await care.getByRole("button", { name: "Move the library" }).click();
      await expect(care.getByText("must be a whole path")).toBeVisible();
    },
  ],
  [
    "library-tasks",
    "",
    async (page) => {
      await goTo(page, "Library");
      await page.getByRole("button", { name: "Look after…" }).click();
      await page.getByRole("button", { name: "Verify the library" }).click();
      await expect(page.getByText(/of 642.8 MB, .*MB\/s, .* left/)).toBeVisible();
      await page.getByRole("button", { name: /^Stop: Reading/ }).click();
      await expect(page.getByText("Stopped: Reading and hashing blobs")).toBeVisible();
    },
  ],
  [
    "library-stopped",
    "",
    async (page) => {
      await importBundle(page, "/bundles/tidewater-1.2.0.airgap");
      await page.getByRole("button", { name: /^Cancel the import/ }).click();
      await expect(page.getByText("The import of tidewater-1.2.0.airgap was stopped")).toBeVisible();
      await expect(page.getByRole("button", { name: "Go on" })).toBeVisible();
    },
  ],
  [
    "library-interrupted",
    "?speed=20",
    async (page) => {
      await importBundle(page, "/bundles/tidewater-1.2.0-killed.airgap");
      await expect(page.getByText("The import of tidewater-1.2.0-killed.airgap was interrupted")).toBeVisible();
      await expect(page.getByRole("button", { name: "Discard" })).toBeVisible();
    },
  ],
  [
    "library-elsewhere",
    "",
    async (page) => {
      await importBundle(page, "/bundles/tidewater-1.2.0-elsewhere.airgap");
      await expect(page.getByRole("progressbar", { name: /by process 815 on bench/ })).toBeVisible();
    },
  ],
  ["bundle-push", "", (page) => bundleDialog(page, "Push images…", /^Push the images/)],
  ["bundle-export", "", (page) => bundleDialog(page, "Write to a file…", /^Write Tidewater/)],
  ["bundle-compare", "", (page) => bundleDialog(page, "Compare…", /^What Tidewater/)],
  [
    "bundle-other-key",
    "?speed=20",
    async (page) => {
      await importBundle(page, "/bundles/tidewater-1.3.0-other-key.airgap");
      await page.getByRole("row", { name: /1\.3\.0/ }).click();
      await page.getByRole("button", { name: "The vendor has a new key…" }).click();
      const key = page.getByRole("dialog", { name: "The key of tidewater" });
      await key.getByLabel("Fingerprint that the vendor gave you").fill("sha256:00");
      await key.getByRole("button", { name: "Pin the key" }).click();
      await expect(key.getByText(/is not that of the key/)).toBeVisible();
    },
  ],
  [
    "bundle",
    "",
    async (page) => {
      await goTo(page, "Library");
      await page.getByRole("row", { name: /1\.1\.0/ }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Tidewater 1.1.0" })).toBeFocused();
    },
  ],
];
