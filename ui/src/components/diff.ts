export interface DiffLine {
  kind: "same" | "add" | "remove";
  /** Line number before, from 1. */
  left: number | null;
  /** Line number after, from 1. */
  right: number | null;
  text: string;
}

/** What turns `before` into `after`, line by line, with the fewest changes (Myers). */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = linesOf(before);
  const b = linesOf(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const out: DiffLine[] = [];
  const same = (i: number, j: number) => out.push({ kind: "same", left: i + 1, right: j + 1, text: a[i] ?? "" });
  for (let i = 0; i < start; i += 1) same(i, i);
  for (const move of moves(a.slice(start, a.length - end), b.slice(start, b.length - end))) {
    if (move.kind === "same") same(move.i + start, move.j + start);
    else if (move.kind === "remove") out.push({ kind: "remove", left: move.i + start + 1, right: null, text: a[move.i + start] ?? "" });
    else out.push({ kind: "add", left: null, right: move.j + start + 1, text: b[move.j + start] ?? "" });
  }
  for (let i = end; i > 0; i -= 1) same(a.length - i, b.length - i);
  return out;
}

function linesOf(text: string): string[] {
  if (text === "") return [];
  return text.replace(/\n$/, "").split("\n");
}

interface Move {
  kind: DiffLine["kind"];
  i: number;
  j: number;
}

function moves(a: string[], b: string[]): Move[] {
  const trace = forward(a, b);
  const path: Move[] = [];
  let x = a.length;
  let y = b.length;
  for (let d = trace.length - 1; d >= 0; d -= 1) {
    const v = trace[d] ?? new Map<number, number>();
    const k = x - y;
    const down = k === -d || (k !== d && (v.get(k - 1) ?? -1) < (v.get(k + 1) ?? -1));
    const previousX = d === 0 ? 0 : (v.get(down ? k + 1 : k - 1) ?? 0);
    const previousY = d === 0 ? 0 : previousX - (down ? k + 1 : k - 1);
    while (x > previousX && y > previousY) {
      x -= 1;
      y -= 1;
      path.push({ kind: "same", i: x, j: y });
    }
    if (d > 0) path.push(down ? { kind: "add", i: x, j: previousY } : { kind: "remove", i: previousX, j: y });
    x = previousX;
    y = previousY;
  }
  return path.reverse();
}

/** The furthest points reached before each number of changes. */
function forward(a: string[], b: string[]): Map<number, number>[] {
  const trace: Map<number, number>[] = [];
  let v = new Map<number, number>([[1, 0]]);
  for (let d = 0; d <= a.length + b.length; d += 1) {
    trace.push(v);
    const next = new Map(v);
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (v.get(k - 1) ?? -1) < (v.get(k + 1) ?? -1));
      let x = down ? (v.get(k + 1) ?? 0) : (v.get(k - 1) ?? 0) + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x += 1;
        y += 1;
      }
      next.set(k, x);
      if (x >= a.length && y >= b.length) return trace;
    }
    v = next;
  }
  return trace;
}

export type Hunk = { kind: "lines"; lines: DiffLine[] } | { kind: "fold"; lines: DiffLine[] };

/** Puts away what is the same, but for `context` lines around each change. */
export function fold(lines: DiffLine[], context = 3): Hunk[] {
  const near = new Array<boolean>(lines.length).fill(false);
  lines.forEach((line, at) => {
    if (line.kind === "same") return;
    for (let i = Math.max(0, at - context); i <= Math.min(lines.length - 1, at + context); i += 1) near[i] = true;
  });
  const hunks: Hunk[] = [];
  lines.forEach((line, at) => {
    const kind = near[at] ? "lines" : "fold";
    const last = hunks[hunks.length - 1];
    if (last?.kind === kind) last.lines.push(line);
    else hunks.push({ kind, lines: [line] });
  });
  // A fold of two lines hides nothing worth a press.
  return hunks.map((hunk) => (hunk.kind === "fold" && hunk.lines.length <= 2 ? { ...hunk, kind: "lines" } : hunk));
}

export interface Pair {
  left: DiffLine | null;
  right: DiffLine | null;
}

/** Lines for two columns: what leaves stands beside what comes. */
export function pairs(lines: DiffLine[]): Pair[] {
  const out: Pair[] = [];
  let removed: DiffLine[] = [];
  let added: DiffLine[] = [];
  const flush = () => {
    for (let i = 0; i < Math.max(removed.length, added.length); i += 1) {
      out.push({ left: removed[i] ?? null, right: added[i] ?? null });
    }
    removed = [];
    added = [];
  };
  for (const line of lines) {
    if (line.kind === "remove") removed.push(line);
    else if (line.kind === "add") added.push(line);
    else {
      flush();
      out.push({ left: line, right: line });
    }
  }
  flush();
  return out;
}
