import type { SupportFile } from "../bindings/SupportFile";

/** A file or a folder of a support bundle. */
export interface Node {
  /** Path; a folder's ends in a slash, so that it is never a file's. */
  id: string;
  /** Folders that hold nothing but one folder are one: `pods/logs`. */
  name: string;
  /** Bytes of a file, or of all files in a folder. */
  size: number;
  /** Files in a folder; null for a file. */
  files: number | null;
  children: Node[];
}

interface Folder {
  folders: Map<string, Folder>;
  files: { name: string; path: string; size: number }[];
}

const order = new Intl.Collator("en", { numeric: true }).compare;

/** Files by folder: folders first, numbers in names counted as such. */
export function treeOf(files: readonly SupportFile[]): Node[] {
  const root: Folder = { folders: new Map(), files: [] };
  for (const { path, size } of files) {
    const parts = path.split("/").filter(Boolean);
    const name = parts.pop() ?? path;
    const folder = parts.reduce(inside, root);
    folder.files.push({ name, path, size });
  }
  return childrenOf(root, "");
}

function inside(folder: Folder, name: string): Folder {
  const known = folder.folders.get(name);
  if (known) return known;
  const fresh: Folder = { folders: new Map(), files: [] };
  folder.folders.set(name, fresh);
  return fresh;
}

function childrenOf(folder: Folder, under: string): Node[] {
  const folders = [...folder.folders].map(([name, one]) => folderNode(name, one, under));
  const files = folder.files.map(({ name, path, size }): Node => ({ id: path, name, size, files: null, children: [] }));
  const byName = (a: Node, b: Node) => order(a.name, b.name);
  return [...folders.sort(byName), ...files.sort(byName)];
}

function folderNode(name: string, folder: Folder, under: string): Node {
  const only = folder.files.length === 0 && folder.folders.size === 1 ? [...folder.folders][0] : undefined;
  if (only) return folderNode(`${name}/${only[0]}`, only[1], under);
  const id = `${under}${name}/`;
  const children = childrenOf(folder, id);
  const files = children.reduce((all, one) => all + (one.files ?? 1), 0);
  return { id, name, size: children.reduce((all, one) => all + one.size, 0), files, children };
}

/** Folders that a file is in, the outermost first. */
export function foldersOf(tree: readonly Node[], path: string): string[] {
  const folder = tree.find((one) => one.files !== null && path.startsWith(one.id));
  return folder ? [folder.id, ...foldersOf(folder.children, path)] : [];
}

/** Rows that are seen without scrolling much. */
const ROOM = 24;

/** Folders to begin with: those at the top for as long as everything has room. */
export function firstOpen(tree: readonly Node[]): string[] {
  let rows = tree.length;
  return tree.flatMap(({ id, files, children }) => {
    if (files === null || rows + children.length > ROOM) return [];
    rows += children.length;
    return [id];
  });
}
