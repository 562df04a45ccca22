import { HOST_SCREENS, type Visit } from "./host-screens";
import { LIBRARY_SCREENS } from "./library-screens";
import { LINUX_SCREENS } from "./linux-screens";
import { SUPPORT_SCREENS } from "./support-screens";
import { expect, goTo, look, open, openSite, press, REAL, test } from "./support";
import { base, configure, failed, failedChecks, installation, plan, preflight, siteTab, start } from "./ways";

/** How to come to every screen worth looking at. */
const SCREENS: [string, string, Visit][] = [
  ["login", "?login", async (page) => expect(page.getByRole("heading", { name: "Log in to Longshore" })).toBeFocused()],
  ["sites-empty", "?sites=0", async (page) => expect(page.getByText("No sites yet")).toBeVisible()],
  ["sites", "", async (page) => expect(page.getByRole("row", { name: /^acme-prod/ })).toBeVisible()],
  [
    "sites-selected",
    "",
    async (page) => {
      await page.getByRole("row", { name: /^acme-prod/ }).getByRole("checkbox").check({ force: true });
      await expect(page.getByText("1 site selected")).toBeVisible();
    },
  ],
  [
    "add-site",
    "",
    async (page) => {
      await page.getByRole("button", { name: "Add site…" }).click();
      await expect(page.getByRole("option", { name: /quay-admin/ })).toContainText("Reachable");
    },
  ],
  ["site", "", (page) => openSite(page, "acme-prod")],
  ["site-other-cluster", "", (page) => openSite(page, "northwind-factory")],
  ["site-revisions", "", (page) => siteTab(page, "Revisions")],
  [
    "site-history",
    "",
    async (page) => {
      await siteTab(page, "Config history");
      await expect(page.getByText("Another secret")).toBeVisible();
    },
  ],
  ["site-connection", "", (page) => siteTab(page, "Configuration and registry")],
  ["site-runs", "", (page) => siteTab(page, "Runs")],
  ["runs", "", (page) => goTo(page, "Runs")],
  ["preflights-empty", "?sites=0", (page) => goTo(page, "Preflights")],
  ["preflights", "", (page) => goTo(page, "Preflights")],
  ["preflight", "", (page) => preflight(page, 2)],
  ["preflight-many", "", (page) => preflight(page, 1)],
  ["preflight-unreached", "", (page) => preflight(page, 0)],
  [
    "preflight-compare",
    "",
    async (page) => {
      await preflight(page, 2);
      await page.getByRole("button", { name: "Compare" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "What changed" })).toBeFocused();
    },
  ],
  [
    "check-hosts",
    "",
    async (page) => {
      const heading = page.getByRole("heading", { level: 1, name: "Check hosts" });
      await press(page, "h", heading);
      await expect(heading).toBeFocused();
    },
  ],
  ["bases-empty", "?sites=0", (page) => goTo(page, "Bases")],
  ["bases", "", (page) => goTo(page, "Bases")],
  [
    "base-new",
    "",
    async (page) => {
      await goTo(page, "Bases");
      await page.getByRole("button", { name: "New base…" }).click();
      await expect(page.getByRole("dialog", { name: "New base" })).toBeVisible();
    },
  ],
  ["base", "", (page) => base(page, "Values")],
  [
    "base-value",
    "",
    async (page) => {
      await base(page, "Values");
      await page.getByRole("button", { name: "Change Pods" }).click();
      await page.getByLabel("Value", { exact: true }).fill("9");
      await page.getByRole("button", { name: "Set the value" }).click();
      await expect(page.getByText("Between 1 and 5.")).toBeVisible();
    },
  ],
  ["base-sites", "", (page) => base(page, "Sites")],
  [
    "base-differences",
    "",
    async (page) => {
      await base(page, "What differs");
      await expect(page.getByRole("table", { name: "Items that differ" })).toContainText("Tidewater, stand-by");
    },
  ],
  ...LIBRARY_SCREENS,
  ...SUPPORT_SCREENS,
  ["settings", "", (page) => goTo(page, "Settings")],
  [
    "settings-key",
    "",
    async (page) => {
      await goTo(page, "Settings");
      const add = page.getByRole("button", { name: "Add a vendor's key…" });
      await add.click();
      await expect(page.getByLabel("Id of the key")).toBeFocused();
      await page.keyboard.type("tidewater-2026");
      await page.getByLabel("Public key").fill("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n");
      await page.getByRole("button", { name: "Believe this key" }).click();
      await expect(page.getByRole("button", { name: "Remove key tidewater-2026" })).toBeVisible();
      await add.click();
      await page.getByLabel("Public key").fill("ssh-rsa AAAA");
      await page.getByRole("button", { name: "Believe this key" }).click();
      await expect(page.getByText("must not be empty")).toBeVisible();
    },
  ],
  ["release", "", (page) => start(page, "acme-prod")],
  ["configuration", "", (page) => configure(page, "acme-prod")],
  [
    "configuration-base",
    "?sites=15",
    async (page) => {
      await configure(page, "site-0014");
      await expect(page.getByText("Begins with the base us-harbors")).toBeVisible();
    },
  ],
  [
    "configuration-refused",
    "",
    async (page) => {
      await configure(page, "acme-prod");
      await page.getByRole("button", { name: "Save configuration" }).click();
      await expect(page.getByText("An e-mail address.").or(page.getByText("E-mail is required.")).first()).toBeVisible();
    },
  ],
  ["installation", "", (page) => installation(page)],
  ["plan", "", (page) => plan(page)],
  [
    "plan-diff",
    "",
    async (page) => {
      await plan(page);
      await page.getByRole("button", { name: /tidewater-web/ }).click();
      await page.getByRole("button", { name: /Deployment/ }).first().click();
      await expect(page.getByRole("region", { name: /What changes in Deployment/ })).toBeVisible();
    },
  ],
  [
    "checks-running",
    "",
    async (page) => {
      await plan(page);
      await page.getByRole("button", { name: /run checks/i }).click();
      await expect(page.getByText(/MB\/s/).first()).toBeVisible();
    },
  ],
  [
    "checks-passed",
    "?speed=40",
    async (page) => {
      await plan(page);
      await page.getByRole("button", { name: /run checks/i }).click();
      await expect(page.getByText("The site is ready")).toBeVisible();
    },
  ],
  ["checks-failed", "?speed=40", (page) => failedChecks(page)],
  [
    "bypass",
    "?speed=40",
    async (page) => {
      await failedChecks(page);
      await page.getByRole("button", { name: "Go on despite failed checks…" }).click();
      await expect(page.getByRole("alertdialog")).toBeVisible();
    },
  ],
  [
    "upgrading",
    "",
    async (page) => {
      await page.getByRole("navigation", { name: "Longshore" }).getByRole("button", { name: /acme-dr/ }).click();
      await expect(page.getByText(/MB\/s/).first()).toBeVisible();
    },
  ],
  ["failed", "?speed=20", (page) => failed(page)],
  [
    "rollback",
    "?speed=20",
    async (page) => {
      await failed(page);
      await page.getByRole("button", { name: "Roll back harbor-west…" }).click();
      await expect(page.getByRole("alertdialog")).toBeVisible();
    },
  ],
  [
    "interrupted",
    "",
    async (page) => {
      await openSite(page, "initech-lab");
      await page.getByRole("button", { name: "Continue the run" }).click();
      await expect(page.getByText("Interrupted: the process")).toBeVisible();
    },
  ],
  [
    "done",
    "?speed=60",
    async (page) => {
      await plan(page);
      await page.getByRole("button", { name: /run checks/i }).click();
      await page.getByRole("button", { name: "Start upgrade" }).click();
      await expect(page.getByRole("heading", { name: "Upgraded" })).toBeFocused({ timeout: 20_000 });
    },
  ],
  [
    "palette",
    "",
    async (page) => {
      await press(page, "Control+k", page.getByRole("dialog"));
      await page.keyboard.type("acme");
      await expect(page.getByRole("menuitem", { name: /acme-prod/ }).first()).toBeVisible();
    },
  ],
  [
    "shortcuts",
    "",
    async (page) => {
      await press(page, "?", page.getByRole("dialog", { name: "Keyboard shortcuts" }));
    },
  ],
  [
    "switcher",
    "",
    async (page) => {
      await page.getByRole("button", { name: /All sites/ }).click();
      await expect(page.getByRole("menuitem", { name: /acme-dr/ })).toBeVisible();
    },
  ],
];

const only = process.env["SCREENS"]?.split(",");

test.skip(REAL, "The sample engine brings itself into every state; a real one is walked by the journeys.");

for (const [name, query, visit] of [...SCREENS, ...HOST_SCREENS, ...LINUX_SCREENS]) {
  if (only && !only.includes(name)) continue;
  test(name, async ({ page }) => {
    if (name === "login") await page.goto(`/${query}`);
    else await open(page, query);
    await visit(page);
    await look(page, name, { narrow: true });
  });
}

test("zoomed", async ({ page }) => {
  await page.setViewportSize({ width: 640, height: 400 });
  await open(page, "", { sidebar: false });
  await expect(page.getByRole("heading", { level: 1, name: "Sites" })).toBeVisible();
  await look(page, "zoomed");
});

test("gallery", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 2400 });
  await page.goto("/gallery.html");
  await expect(page.getByRole("heading", { name: "Gallery" })).toBeFocused();
  await look(page, "gallery");
});

test("a thousand sites are a table of what is seen", async ({ page }) => {
  await open(page, "?sites=1000");
  const rows = page.getByRole("grid", { name: "Sites" }).getByRole("row");
  await expect(page.getByRole("row", { name: /^acme-prod/ })).toBeVisible();
  expect(await rows.count(), "rows that exist").toBeLessThan(80);
  await page.getByRole("searchbox", { name: "Filter sites" }).fill("site-0987");
  await expect(rows).toHaveCount(2);
  await expect(page.getByText("1 of 1,000 sites")).toBeVisible();
  await page.getByRole("searchbox", { name: "Filter sites" }).fill("");
  await page.getByRole("row", { name: /^acme-prod/ }).getByRole("checkbox").focus();
  await page.keyboard.press("End");
  await expect(page.getByRole("row", { name: /^site-0999/ })).toBeVisible();
});
