/** A cell of the grid: row and column, -1 for their headings. */
export interface At {
  row: number;
  column: number;
}

const PAGE = 10;

/** Where a key leads from a cell, in a grid of so many rows and columns; null for keys that do not move. */
export function moved(key: string, withControl: boolean, at: At, rows: number, columns: number): At | null {
  const to = step(key, withControl, at, rows, columns);
  if (!to) return null;
  return { row: within(to.row, rows), column: within(to.column, columns) };
}

function step(key: string, withControl: boolean, { row, column }: At, rows: number, columns: number): At | null {
  switch (key) {
    case "ArrowUp":
      return { row: row - 1, column };
    case "ArrowDown":
      return { row: row + 1, column };
    case "ArrowLeft":
      return { row, column: column - 1 };
    case "ArrowRight":
      return { row, column: column + 1 };
    case "PageUp":
      return { row: Math.max(0, row - PAGE), column };
    case "PageDown":
      return { row: row + PAGE, column };
    case "Home":
      return withControl ? { row: -1, column: 0 } : { row, column: -1 };
    case "End":
      return withControl ? { row: rows - 1, column: columns - 1 } : { row, column: columns - 1 };
    default:
      return null;
  }
}

function within(place: number, count: number): number {
  return Math.min(Math.max(place, -1), count - 1);
}
