/** Lines of a file as far as its pieces were read. `whole` says that nothing follows. */
export function linesOf(pieces: readonly string[], whole: boolean): string[] {
  const lines = pieces.join("").split(/\r?\n/);
  // What ends in a line end has no line after it; and a line that goes on in the next piece is shown as far as it is.
  if (lines.at(-1) === "" && (whole || lines.length > 1)) lines.pop();
  return lines;
}

const LOOKED_AT = 4096;

/** Whether a text was none: it holds zeros, or much that could not be read as UTF-8. */
export function isBinary(text: string): boolean {
  const head = text.slice(0, LOOKED_AT);
  if (head.includes("\u0000")) return true;
  const unread = [...head].filter((sign) => sign === "\ufffd").length;
  return unread * 20 > head.length;
}

/** Letters of a line that are shown; a line of megabytes would halt the window. */
const LONGEST = 20_000;

/** A line as far as it is shown, and how many letters follow. */
export function shownOf(line: string): { text: string; more: number } {
  return line.length > LONGEST ? { text: line.slice(0, LONGEST), more: line.length - LONGEST } : { text: line, more: 0 };
}

/** Letters of the longest line that is shown, for the width of what scrolls. */
export function widest(lines: readonly string[]): number {
  return lines.reduce((all, line) => Math.max(all, Math.min(line.length, LONGEST)), 0);
}
