import { Check, ChevronDown, ChevronUp, Minus } from "lucide-react";
import { useMemo, useState, type ReactNode } from "react";
import {
  Cell,
  Checkbox,
  Column,
  Row,
  Table,
  TableBody,
  TableHeader,
  TableLayout,
  Virtualizer,
  type Key,
  type Selection,
  type SortDescriptor,
} from "react-aria-components";

import choice from "./Choice.module.css";
import css from "./DataTable.module.css";

export interface ColumnSpec<T> {
  id: string;
  title: string;
  cell: (row: T) => ReactNode;
  /** Pixels, or a share of what is left such as "2fr". */
  width: number | `${number}fr`;
  minWidth?: number;
  /** Names the row to a screen reader. */
  head?: boolean;
  order?: (a: T, b: T) => number;
  end?: boolean;
}

export interface DataTableProps<T> {
  label: string;
  columns: ColumnSpec<T>[];
  rows: T[];
  idOf: (row: T) => string;
  textOf: (row: T) => string;
  onOpen?: (row: T) => void;
  selected?: ReadonlySet<string>;
  onSelect?: (selected: Set<string>) => void;
  empty: () => ReactNode;
}

/** A table that stays quick at thousands of rows: only what is seen exists. Enter opens a row, space selects it. */
export function DataTable<T extends object>(props: DataTableProps<T>) {
  const { label, columns, rows, idOf, textOf, onOpen, selected, onSelect, empty } = props;
  const [sort, setSort] = useState<SortDescriptor>();
  const sorted = useMemo(() => inOrder(rows, columns, sort), [rows, columns, sort]);
  const byId = useMemo(() => new Map(rows.map((row) => [idOf(row), row])), [rows, idOf]);
  const select = (keys: Selection) =>
    onSelect?.(keys === "all" ? new Set(byId.keys()) : new Set([...keys].map(String)));
  const open = (key: Key) => {
    const row = byId.get(String(key));
    if (row) onOpen?.(row);
  };
  return (
    <Virtualizer layout={TableLayout} layoutOptions={{ rowHeight: 32, headingHeight: 30 }}>
      <Table
        aria-label={label}
        className={css.table}
        selectionMode={onSelect ? "multiple" : "none"}
        selectedKeys={selected}
        onSelectionChange={select}
        onRowAction={onOpen && open}
        sortDescriptor={sort}
        onSortChange={setSort}
      >
        <TableHeader className={css.header}>
          {onSelect && (
            <Column width={36} minWidth={36} className={css.column}>
              <SelectBox />
            </Column>
          )}
          {columns.map((column) => (
            <Column
              key={column.id}
              id={column.id}
              width={column.width}
              minWidth={column.minWidth ?? 60}
              isRowHeader={column.head}
              allowsSorting={column.order !== undefined}
              className={`${css.column} ${column.end ? css.end : ""}`}
            >
              {({ sortDirection }) => (
                <>
                  {column.title}
                  {sortDirection === "ascending" && <ChevronUp aria-hidden size={14} strokeWidth={1.5} />}
                  {sortDirection === "descending" && <ChevronDown aria-hidden size={14} strokeWidth={1.5} />}
                </>
              )}
            </Column>
          ))}
        </TableHeader>
        <TableBody items={sorted} renderEmptyState={empty} dependencies={[columns]}>
          {(row) => (
            <Row id={idOf(row)} textValue={textOf(row)} className={`${css.row} ${onOpen ? css.opens : ""}`}>
              {onSelect && (
                <Cell className={css.cell}>
                  <SelectBox />
                </Cell>
              )}
              {columns.map((column) => (
                <Cell key={column.id} className={`${css.cell} ${column.end ? css.end : ""}`}>
                  {column.cell(row)}
                </Cell>
              ))}
            </Row>
          )}
        </TableBody>
      </Table>
    </Virtualizer>
  );
}

function SelectBox() {
  return (
    <Checkbox slot="selection" className={choice.checkbox}>
      {({ isIndeterminate }) => (
        <span className={choice.box} aria-hidden>
          {isIndeterminate ? <Minus size={12} strokeWidth={2.5} /> : <Check size={12} strokeWidth={2.5} />}
        </span>
      )}
    </Checkbox>
  );
}

function inOrder<T>(rows: T[], columns: ColumnSpec<T>[], sort: SortDescriptor | undefined): T[] {
  const order = columns.find((column) => column.id === sort?.column)?.order;
  if (!order) return rows;
  const sign = sort?.direction === "descending" ? -1 : 1;
  return [...rows].sort((a, b) => sign * order(a, b));
}
