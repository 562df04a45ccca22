import { expect, expectAccessible, goTo, open, openSite, REAL, test } from "./support";

test.skip(REAL, "Hosts whose fate follows from their names are in the sample engine.");

const LINES = "root@db1 controller tag=rack-a\ndeploy@app-new:2222 jump=ops@gate.example\napp2 perhaps\n";

test("a site of Linux hosts is added from lines, a key accepted, facts looked at, roles changed, checks run", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, "?speed=6");
  const dialog = page.getByRole("dialog", { name: "Add a site" });
  const grid = page.getByRole("grid", { name: "Hosts" });
  const row = (name: RegExp) => grid.getByRole("row", { name });

  await test.step("lines are read while they are typed; what is wrong stays to be mended", async () => {
    await page.getByRole("button", { name: "Add site…" }).click();
    await dialog.getByText("Linux hosts", { exact: true }).click();
    await expect(dialog.getByRole("button", { name: "Add site" })).toBeDisabled();
    const lines = dialog.getByLabel("Hosts, one a line");
    await lines.fill(LINES);
    await expect(dialog.getByText("“perhaps” means nothing here")).toBeVisible();
    await expect(dialog.getByText("Line 3")).toBeVisible();
    await expect(dialog.getByRole("button", { name: "Add 2 hosts to the list" })).toBeEnabled();
    await lines.press("Control+Enter");
    await expect(lines).toHaveValue("app2 perhaps");
    await expect(dialog.getByText("Add the lines to the list, or clear them.")).toBeVisible();
    await lines.fill("");
  });

  await test.step("rows are added and taken away with the keyboard", async () => {
    const first = dialog.getByLabel("Address of host 1");
    await expect(first).toHaveValue("root@db1");
    await first.press("ArrowDown");
    await expect(dialog.getByLabel("Address of host 2")).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(dialog.getByLabel("Address of host 3")).toBeFocused();
    await page.keyboard.type("root@db1");
    await dialog.getByLabel("Name", { exact: true }).fill("pier-metal");
    await expect(dialog.getByText("root@db1 is named twice.")).toBeVisible();
    await dialog.getByLabel("Address of host 3").fill("");
    await page.keyboard.press("Backspace");
    await expect(dialog.getByLabel("Address of host 2")).toBeFocused();
    await expect(dialog.getByLabel("Address of host 3")).toHaveCount(0);
    await expectAccessible(page, "adding Linux hosts");
    await dialog.getByRole("button", { name: "Add site" }).click();
  });

  await test.step("the test begins by itself, step by step", async () => {
    await expect(page.getByRole("heading", { level: 1, name: "pier-metal" })).toBeFocused();
    await expect(row(/root@db1/)).toContainText("Ready");
    await expect(row(/app-new/)).toContainText("Key unknown");
    await expect(page.getByRole("region", { name: "Site" }).getByText("1 of 2 hosts ready")).toBeVisible();
  });

  await test.step("the key is compared and accepted", async () => {
    await page.getByRole("button", { name: "Compare and accept…" }).click();
    const keys = page.getByRole("dialog", { name: "Compare host keys" });
    await expect(keys.getByRole("button", { name: /^Accept keys/ })).toBeDisabled();
    await keys.getByText("It is the same").click();
    await keys.getByRole("button", { name: "Accept 1 key and test again" }).click();
    await expect(row(/app-new/)).toContainText("Ready");
    await expect(page.getByText("is not known on this machine")).toHaveCount(0);
    await expect(page.getByRole("region", { name: "Site" }).getByText("2 of 2 hosts ready")).toBeVisible();
  });

  await test.step("its facts are looked at, copied, and read again", async () => {
    await row(/app-new/).click();
    await expect(page.getByRole("heading", { level: 1, name: "deploy@app-new:2222" })).toBeFocused();
    await expect(page.getByText("app-new port 2222 over ops@gate.example")).toBeVisible();
    await expect(page.getByRole("meter", { name: "Used of /var/lib/embedded-cluster" })).toBeVisible();
    await page.getByRole("button", { name: "Copy as text" }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^deploy@app-new:2222: Ready\n[^]*Kernel: /);
    await page.keyboard.press("t");
    await expect(page.getByRole("button", { name: "Testing…" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Test this host" })).toBeEnabled();
    await page.goBack();
    await expect(page.getByRole("heading", { level: 1, name: "pier-metal" })).toBeFocused();
  });

  await test.step("roles are changed, and a password is set", async () => {
    await page.keyboard.press("e");
    const edit = page.getByRole("dialog", { name: "Hosts of pier-metal" });
    await edit.getByRole("button", { name: /Role of host 2/ }).click();
    await page.getByRole("option", { name: "Both" }).click();
    await edit.getByRole("button", { name: /How hosts are reached/ }).click();
    await edit.getByLabel("Password for sudo").fill("secret");
    await edit.getByRole("button", { name: "Save hosts" }).click();
    await expect(edit).toHaveCount(0);
    await expect(row(/app-new/)).toContainText("Controller, worker");
    await expect(row(/app-new/), "what was found is kept").toContainText("Ready");
    await page.keyboard.press("e");
    await edit.getByRole("button", { name: /How hosts are reached/ }).click();
    const sudo = edit.getByRole("group", { name: "Password for sudo" });
    await expect(sudo).toContainText("Set, unchanged");
    await sudo.getByRole("button", { name: "Clear" }).click();
    await expect(sudo).toContainText("Cleared when you save");
    await edit.getByRole("button", { name: "Save hosts" }).click();
    await page.getByRole("tab", { name: "Name and connection" }).click();
    await expect(page.getByText("None stored")).toBeVisible();
  });

  await test.step("checks are run with nothing typed again", async () => {
    await page.keyboard.press("c");
    await page.getByRole("button", { name: "Check 2 hosts" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Preflight of 2 hosts and pier-metal" })).toBeFocused();
    await expect(page.getByRole("button", { name: /Run again/ })).toBeVisible();
    await expect(page.getByText("Cluster of pier-metal")).toHaveCount(0);
    await openSite(page, "pier-metal");
    await page.getByRole("tab", { name: /^Checks/ }).click();
    await expect(page.getByRole("grid", { name: "Preflight runs of this site" }).getByRole("row")).toHaveCount(2);
  });
});

test("names of an ssh_config are chosen, and what is in the list is not offered again", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "Add site…" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a site" });
  await dialog.getByText("Linux hosts", { exact: true }).click();
  await dialog.getByText("From ssh_config", { exact: true }).click();
  await dialog.getByLabel("Filter names").fill("rack-c-0");
  await expect(dialog.getByText("9 of 29 names")).toBeVisible();
  await dialog.getByRole("button", { name: "Choose all shown" }).click();
  await dialog.getByRole("button", { name: "Add 9 hosts to the list" }).click();
  await expect(dialog.getByLabel("Address of host 9")).toHaveValue("rack-c-09");
  await expect(dialog.getByRole("option", { name: /rack-c-09/ })).toHaveAttribute("aria-disabled", "true");
  await dialog.getByLabel("ssh_config", { exact: true }).first().fill("/nowhere");
  await expect(dialog.getByText("/nowhere cannot be read: No such file or directory")).toBeVisible();
});

test("bare hosts are offered to install on, and are found by their address", async ({ page }) => {
  await open(page);
  await openSite(page, "lakeside-metal");
  await expect(page.getByText("Clocks are 2.4 s apart")).toBeVisible();
  await page.getByRole("button", { name: "Install…" }).click();
  await expect(page.getByText("Tidewater 1.1.0 brings Kubernetes v1.35.4 by kubeadm")).toBeVisible();
  await expect(page.getByText("It is installed on 3 hosts of lakeside-metal.")).toBeVisible();
  await expect(page.getByText("Only run checks"), "a release has nothing to check before there is a cluster").toHaveCount(0);
  await page.keyboard.press("n");
  await page.getByRole("main").getByRole("button", { name: /Site/ }).click();
  await expect(page.getByRole("option", { name: "lakeside-metal" })).toBeVisible();
  await page.keyboard.press("Escape");
  await goTo(page, "Sites");
  await page.getByRole("searchbox", { name: "Filter sites" }).fill("10.0.20.11");
  await expect(page.getByRole("row", { name: /^lakeside-metal/ })).toContainText("3 of 3 hosts ready");
});
