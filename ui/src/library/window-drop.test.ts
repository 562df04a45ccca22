// @vitest-environment jsdom
import { act, createElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { useDropTarget, type Point } from "../components/drop-target";
import { CallError, type Platform } from "../platform/types";
import { windowDrop } from "./window-drop";

type Drop = (paths: string[], at: Point) => void;
type Hover = (over: Point | null, paths: string[]) => void;

const FIELD: Point = { x: 10, y: 10 };
const BESIDE: Point = { x: 500, y: 500 };

let drop: Drop;
let hover: Hover;
let root: Root;
const read = vi.fn((path: string) => Promise.resolve(new File(["content"], path.split("/").at(-1) ?? "")));
const bundles = vi.fn<(paths: string[]) => void>();
const support = vi.fn<(path: string) => void>();
const over = vi.fn<(over: "bundles" | "support" | null) => void>();
const failed = vi.fn<(error: unknown) => void>();
const taken = vi.fn<(files: File[]) => void>();

function Target({ elsewhere }: { elsewhere: boolean }) {
  const place = useDropTarget(taken, elsewhere);
  return createElement("div", { ref: place, id: "field" }, createElement("span", { id: "inside" }));
}

function show(elsewhere = false) {
  act(() => root.render(createElement(Target, { elsewhere })));
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.clearAllMocks();
  document.body.innerHTML = "";
  document.elementFromPoint = (x) => (x === FIELD.x ? document.querySelector("#inside") : document.body);
  root = createRoot(document.body.appendChild(document.createElement("div")));
  const platform = {
    onFileDrop: (onDrop: Drop, onHover: Hover) => {
      drop = onDrop;
      hover = onHover;
      return () => undefined;
    },
    readDropped: read,
  } as unknown as Platform;
  windowDrop(platform, { bundles, support, over, failed });
});

afterEach(() => {
  act(() => root.unmount());
  vi.unstubAllGlobals();
});

describe("a drop on the window", () => {
  it("goes to the field under it, with what is in the file", async () => {
    show();
    drop(["/tmp/ca.pem"], FIELD);
    await settled();
    const [files] = taken.mock.calls[0] ?? [[]];
    expect(files.map((file) => file.name)).toEqual(["ca.pem"]);
    expect(files[0]?.size, "bytes of it").toBe(7);
    expect(bundles).not.toHaveBeenCalled();
  });

  it("is a bundle beside it, which is never read into the page", async () => {
    show();
    drop(["/tmp/tide.airgap"], BESIDE);
    await settled();
    expect(bundles).toHaveBeenCalledWith(["/tmp/tide.airgap"]);
    expect(read).not.toHaveBeenCalled();
  });

  it("goes to the reader of specs from anywhere on its screen, but for bundles", async () => {
    show(true);
    drop(["/tmp/checks.yaml", "/tmp/more.yaml"], BESIDE);
    await settled();
    expect(taken.mock.calls[0]?.[0].map((file) => file.name)).toEqual(["checks.yaml", "more.yaml"]);
    drop(["/tmp/tide.AIRGAP"], BESIDE);
    expect(bundles).toHaveBeenCalledTimes(1);
  });

  it("is a support bundle to open, which no reader of specs takes", () => {
    show(true);
    drop(["/tmp/support-bundle.tar.gz"], BESIDE);
    expect(support).toHaveBeenCalledWith("/tmp/support-bundle.tar.gz");
    expect(bundles).not.toHaveBeenCalled();
    expect(read).not.toHaveBeenCalled();
  });

  it("stays out of what a dialog covers", async () => {
    show(true);
    document.body.append(Object.assign(document.createElement("div"), { role: "dialog" }));
    document.body.lastElementChild?.setAttribute("role", "dialog");
    drop(["/tmp/checks.yaml"], BESIDE);
    await settled();
    expect(taken).not.toHaveBeenCalled();
  });

  it("is a bundle again once the field has gone", () => {
    show();
    act(() => root.render(null));
    drop(["/tmp/ca.pem"], FIELD);
    expect(bundles).toHaveBeenCalledTimes(1);
  });

  it("says why a file cannot be read", async () => {
    show();
    const wire = { code: "badInput", message: "ca.pem is larger than 8 MB", hint: "", fields: [] } as const;
    read.mockRejectedValueOnce(new CallError({ ...wire, fields: [] }));
    drop(["/tmp/ca.pem"], FIELD);
    await settled();
    expect(failed).toHaveBeenCalledTimes(1);
    expect(taken).not.toHaveBeenCalled();
  });

  it("promises an import only where there would be one", () => {
    show();
    hover(BESIDE, ["/tmp/tide.airgap"]);
    hover(FIELD, ["/tmp/ca.pem"]);
    hover(BESIDE, ["/tmp/support-bundle.tar.gz"]);
    hover(null, []);
    expect(over.mock.calls.map(([held]) => held)).toEqual(["bundles", null, "support", null]);
  });
});
