import type { SupportHit } from "../bindings/SupportHit";

/** Lines of one file in which something was found. */
export interface HitGroup {
  path: string;
  hits: { id: string; line: number; text: string }[];
}

/** Hits by file, in the order they came. */
export function byFile(hits: readonly SupportHit[]): HitGroup[] {
  const groups = new Map<string, HitGroup>();
  for (const { path, line, text } of hits) {
    const group = groups.get(path) ?? { path, hits: [] };
    group.hits.push({ id: `${path}\n${line}\n${group.hits.length}`, line, text });
    groups.set(path, group);
  }
  return [...groups.values()];
}

export interface Piece {
  text: string;
  found: boolean;
}

/** A line cut where something is found in it. */
export function marked(text: string, search: string, exactCase: boolean): Piece[] {
  if (search === "") return [{ text, found: false }];
  const alike = (one: string) => (exactCase ? one : one.toLowerCase());
  const [all, wanted] = [alike(text), alike(search)];
  // What changes its length in small letters cannot be cut by the places in them.
  if (all.length !== text.length) return [{ text, found: false }];
  const pieces: Piece[] = [];
  let from = 0;
  for (let at = all.indexOf(wanted); at >= 0; at = all.indexOf(wanted, from)) {
    if (at > from) pieces.push({ text: text.slice(from, at), found: false });
    from = at + wanted.length;
    pieces.push({ text: text.slice(at, from), found: true });
  }
  if (from < text.length) pieces.push({ text: text.slice(from), found: false });
  return pieces;
}

const BEFORE = 16;
const ROOM = 20;

/** The part of a line in which something is found, so that it is seen where there is little room. */
export function excerpt(text: string, search: string, exactCase: boolean): string {
  // What no letter stands for would be boxes.
  const line = text.replace(/\p{Cc}+/gu, " ").trim();
  const at = exactCase ? line.indexOf(search) : line.toLowerCase().indexOf(search.toLowerCase());
  return at > ROOM ? `…${line.slice(at - BEFORE)}` : line;
}
