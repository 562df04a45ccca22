// @vitest-environment jsdom
import { QueryClientProvider } from "@tanstack/react-query";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { ImportStatus } from "../bindings/ImportStatus";
import { makeClient } from "../engine/client";
import { PlatformProvider } from "../engine/platform";
import type { Platform } from "../platform/types";
import { Imports } from "./Imports";

const STATUS: ImportStatus = {
  id: "abc",
  file: "web.airgap",
  path: "/media/web.airgap",
  state: "running",
  beganAt: Date.now() - 300_000,
  holder: { process: 4711, host: "desk", here: true },
  done: 40_000_000,
  total: 100_000_000,
  rate: 20_000_000,
  kept: null,
  bundle: null,
  error: null,
};
const BROKEN: ImportStatus = { ...STATUS, state: "interrupted", holder: null, rate: 0, kept: 38_400_000 };

let root: Root;
const call = vi.fn();

function show(...imports: ImportStatus[]) {
  const platform = { kind: "memory", call } as unknown as Platform;
  act(() =>
    root.render(
      <QueryClientProvider client={makeClient()}>
        <PlatformProvider platform={platform}>
          <Imports imports={imports} />
        </PlatformProvider>
      </QueryClientProvider>,
    ),
  );
}

const text = () => document.body.textContent;
const named = (name: string) => [...document.querySelectorAll("button")].find((one) => (one.getAttribute("aria-label") ?? one.textContent) === name);
const press = async (name: string) => act(async () => Promise.resolve(named(name)?.click()));

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.clearAllMocks();
  call.mockResolvedValue({ bundles: [], imports: [], librarySize: 0 });
  document.body.innerHTML = "";
  root = createRoot(document.body.appendChild(document.createElement("div")));
});

afterEach(() => {
  act(() => root.unmount());
  vi.unstubAllGlobals();
});

describe("an import", () => {
  it("of this process can be cancelled", async () => {
    show(STATUS);
    expect(text()).toContain("40.0 MB of 100.0 MB");
    await press("Cancel the import of web.airgap");
    expect(call).toHaveBeenCalledWith("bundle_import_cancel", { import: "abc" });
  });

  it("of another process tells which, how far and how fast, and is read again", () => {
    show({ ...STATUS, holder: { process: 815, host: "bench", here: false } });
    expect(text()).toContain("by process 815 on bench");
    expect(text(), "the rate is the other process's").toContain("20.0 MB/s, 3 s left");
    expect(named("Cancel the import of web.airgap"), "it is not ours to cancel").toBeUndefined();
    expect(call, "the list is read again").toHaveBeenCalledWith("bundle_list", {});
  });

  it("that was interrupted says what it kept, and goes on", async () => {
    show(BROKEN);
    expect(text()).toContain("The import of web.airgap was interrupted");
    expect(text()).toContain("It began 5 minutes ago");
    expect(text()).toContain("38.4 MB of it are in the library");
    await press("Go on");
    expect(call).toHaveBeenCalledWith("bundle_import_resume", { import: "abc" });
  });

  it("that was stopped is told as such, and can be discarded", async () => {
    show({ ...BROKEN, state: "cancelled" });
    expect(text()).toContain("The import of web.airgap was stopped");
    await press("Discard");
    expect(call).toHaveBeenCalledWith("bundle_import_discard", { import: "abc" });
  });

  it("whose file was sent is to be sent again", () => {
    show({ ...BROKEN, path: null });
    expect(text()).toContain("Send it again to import it");
    expect(named("Go on"), "there is no file to go on with").toBeUndefined();
    expect(named("Discard")).toBeDefined();
  });

  it("that failed goes on only where something is kept", () => {
    const error = { code: "badInput" as const, message: "The disk is full.", hint: "", fields: [] };
    show({ ...BROKEN, state: "failed", error });
    expect(text()).toContain("web.airgap was not imported. The disk is full.");
    expect(named("Go on")).toBeDefined();
    show({ ...BROKEN, state: "failed", error, kept: null });
    expect(named("Go on"), "a refused bundle would be refused again").toBeUndefined();
  });

  it("says why it cannot go on", async () => {
    show(BROKEN);
    call.mockRejectedValue(new Error("web.airgap is being imported by process 9 on bench"));
    await press("Go on");
    await act(async () => new Promise((resolve) => setTimeout(resolve, 10)));
    expect(document.querySelector("[role=alert]")?.textContent).toContain("process 9 on bench");
  });

  it("is put away until it breaks off again", async () => {
    show(BROKEN);
    await press("Put away");
    expect(text()).toBe("");
    show({ ...BROKEN, beganAt: BROKEN.beganAt + 1000 });
    expect(text()).toContain("was interrupted");
  });
});
