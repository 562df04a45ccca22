import { describe, expect, it } from "vitest";

import { firstOpen, foldersOf, treeOf, type Node } from "./tree";

const files = (...paths: string[]) => paths.map((path, at) => ({ path, size: at + 1 }));
const names = (nodes: Node[]): unknown[] => nodes.map(({ name, children }) => (children.length > 0 ? [name, names(children)] : name));

describe("treeOf", () => {
  it("puts folders before files and counts numbers in names as such", () => {
    const tree = treeOf(files("version.yaml", "runs/run-10/log", "runs/run-9/log", "runs/list.json", "analysis.json"));
    expect(names(tree)).toEqual([["runs", [["run-9", ["log"]], ["run-10", ["log"]], "list.json"]], "analysis.json", "version.yaml"]);
  });

  it("makes one of folders that hold nothing but a folder", () => {
    const [top] = treeOf(files("cluster/pods/logs/web.log", "cluster/pods/logs/db.log"));
    expect(top).toMatchObject({ id: "cluster/pods/logs/", name: "cluster/pods/logs", files: 2, size: 3 });
  });

  it("tells a folder and a file of the same name apart", () => {
    const ids = treeOf(files("logs", "logs/web")).map((one) => one.id);
    expect(ids).toEqual(["logs/", "logs"]);
  });

  it("counts what is in a folder at any depth", () => {
    expect(treeOf(files("a/b", "a/c/d", "a/c/e"))[0]).toMatchObject({ files: 3, size: 6 });
  });
});

describe("foldersOf", () => {
  it("finds the way to a file through folders that are one", () => {
    const tree = treeOf(files("a/b/c/d.log", "a/b/e/f.log"));
    expect(foldersOf(tree, "a/b/c/d.log")).toEqual(["a/b/", "a/b/c/"]);
    expect(foldersOf(tree, "elsewhere")).toEqual([]);
  });
});

describe("firstOpen", () => {
  it("opens a small tree and leaves large folders shut", () => {
    const large = Array.from({ length: 40 }, (_, at) => `pods/${at}.log`);
    expect(firstOpen(treeOf(files("info/a", "info/b", "version.yaml")))).toEqual(["info/"]);
    expect(firstOpen(treeOf(files("info/a", ...large)))).toEqual(["info/"]);
  });
});
