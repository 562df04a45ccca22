import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useRef, useState, type KeyboardEvent } from "react";

import type { CheckResult } from "../bindings/CheckResult";
import { chosenAt, headingLabel, isWide, keyOf, type Axes, type Axis, type Chosen } from "./axis";
import { GridCell, Heading, placed, type Place } from "./GridCell";
import { moved, type At } from "./cursor";
import css from "./Grid.module.css";
import type { Matrix } from "./matrix";

const ROW = 30;
const HEAD = { wide: 44, narrow: 188 };
const CELL = { wide: 84, narrow: 32 };

export interface GridProps {
  label: string;
  matrix: Matrix;
  axes: Axes;
  chosen: Chosen | null;
  onChoose: (chosen: Chosen | null) => void;
  /** False for answers that are only shown because their row and column are. */
  isWanted: (result: CheckResult) => boolean;
}

/** Hosts and checks crossed. One cell has the focus, arrows move it; only rows that are seen exist. */
export function Grid({ label, matrix, axes, chosen, onChoose, isWanted }: GridProps) {
  const box = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<{ row: string | null; column: string | null }>({ row: null, column: null });
  const { rows, columns } = axes;
  const wide = isWide(axes);
  const at: At = { row: placeOf(rows, cursor.row), column: placeOf(columns, cursor.column) };
  // eslint-disable-next-line react-hooks/incompatible-library -- this component is not compiled
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 8,
    // The heading covers as much as the rows are moved down by it.
    scrollPaddingEnd: wide ? HEAD.wide : HEAD.narrow,
    // The row with the focus stays, or the focus would be lost with it.
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), ...(at.row >= 0 ? [at.row] : [])])].sort((a, b) => a - b),
  });
  const move = (event: KeyboardEvent) => {
    if (event.key === "Escape") onChoose(null);
    const to = moved(event.key, event.ctrlKey || event.metaKey, at, rows.length, columns.length);
    if (!to || event.altKey) return;
    event.preventDefault();
    if (to.row >= 0) virtual.scrollToIndex(to.row);
    setCursor({ row: keyAt(rows, to.row), column: keyAt(columns, to.column) });
    focusCell(box.current, to, 10);
  };
  const template = `var(--first) repeat(${columns.length}, ${wide ? `minmax(${CELL.wide}px, 1fr)` : `${CELL.narrow}px`})`;
  const width = `calc(var(--first) + ${columns.length * (wide ? CELL.wide : CELL.narrow)}px)`;
  const onEnter = useCallback(
    (y: number, x: number) => {
      setCursor({ row: keyAt(rows, y), column: keyAt(columns, x) });
      onChoose(y < 0 && x < 0 ? null : chosenAt(rows[y] ?? null, columns[x] ?? null));
    },
    [rows, columns, onChoose],
  );
  const place = (y: number, x: number): Place => ({ y, x, current: y === at.row && x === at.column, onEnter });
  const isChosen = (row: Axis | null, column: Axis | null) => same(chosen, chosenAt(row, column));
  return (
    <div
      ref={box}
      role="grid"
      tabIndex={-1}
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length + 1}
      className={`${css.grid} ${wide ? "" : css.narrow}`}
      onKeyDown={move}
    >
      <div role="row" aria-rowindex={1} className={`${css.row} ${css.head}`} style={{ gridTemplateColumns: template, minWidth: width }}>
        <div role="columnheader" className={`${css.heading} ${css.corner}`} {...placed(place(-1, -1))}>
          {rows[0]?.kind === "line" ? "Host" : "Check"}
        </div>
        {columns.map((column, index) => (
          <Heading key={keyOf(column)} role="columnheader" axis={column} label={headingLabel(column, matrix)} chosen={isChosen(null, column)} {...place(-1, index)} />
        ))}
      </div>
      <div role="rowgroup" className={css.body} style={{ height: virtual.getTotalSize(), minWidth: width }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (!row) return null;
          return (
            <div key={keyOf(row)} role="row" aria-rowindex={index + 2} className={css.row} style={{ gridTemplateColumns: template, transform: `translateY(${start}px)` }}>
              <Heading role="rowheader" axis={row} label={headingLabel(row, matrix)} chosen={isChosen(row, null)} {...place(index, -1)} />
              {columns.map((column, at) => (
                <GridCell key={keyOf(column)} row={row} column={column} wide={wide} chosen={isChosen(row, column)} isWanted={isWanted} {...place(index, at)} />
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Where the focus is; the first cell while it was nowhere, or its host or check is not shown any more. */
function placeOf(axes: Axis[], key: string | null): number {
  return key === null ? -1 : axes.findIndex((axis) => keyOf(axis) === key);
}

function keyAt(axes: Axis[], place: number): string | null {
  const axis = axes[place];
  return axis ? keyOf(axis) : null;
}

function same(one: Chosen | null, other: Chosen): boolean {
  return one !== null && one.line === other.line && one.check === other.check;
}

/** A row that was not seen before exists a moment after it was scrolled to. */
function focusCell(box: HTMLElement | null, { row, column }: At, tries: number): void {
  const cell = box?.querySelector<HTMLElement>(`[data-at="${row} ${column}"]`);
  if (cell) cell.focus();
  else if (tries > 0) requestAnimationFrame(() => focusCell(box, { row, column }, tries - 1));
}

