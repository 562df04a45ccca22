import { Plus, Trash2 } from "lucide-react";
import { memo, useCallback, useEffect, useRef, useState, type KeyboardEvent } from "react";

import { announce } from "../../components/Announcer";
import { Button, IconButton } from "../../components/Button";
import { Select } from "../../components/Choice";
import { Field } from "../../components/Field";
import { withoutRow, withRow, type ChangeDraft, type HostRow, type Role } from "./draft";
import css from "./Hosts.module.css";

const ROLES = [
  { id: "controller", label: "Controller" },
  { id: "worker", label: "Worker" },
  { id: "both", label: "Both" },
];

type Column = "address" | "tags" | "bastion";

export interface HostRowsProps {
  rows: readonly HostRow[];
  change: ChangeDraft;
  errors: ReadonlyMap<string, string>;
  /** A refusal of them all. */
  error: string | undefined;
}

/** The hosts as a table to write into. Enter adds a row, Backspace in an empty one takes it away, arrows go up and down. */
export function HostRows({ rows, change, errors, error }: HostRowsProps) {
  const table = useRef<HTMLTableElement>(null);
  const [wanted, setWanted] = useState<{ key: string; column: Column } | null>(null);
  useEffect(() => {
    if (wanted) inputAt(table.current, wanted.key, wanted.column)?.focus();
  }, [wanted]);
  const set = useCallback(
    (key: string, more: Partial<HostRow>) => change((draft) => ({ ...draft, rows: draft.rows.map((row) => (row.key === key ? { ...row, ...more } : row)) })),
    [change],
  );
  const add = (after: string | null) => {
    const next = withRow(rows, after);
    change((draft) => ({ ...draft, rows: next.rows }));
    setWanted({ key: next.key, column: "address" });
  };
  const now = useRef(rows);
  useEffect(() => {
    now.current = rows;
  }, [rows]);
  const remove = useCallback(
    (key: string) => {
      const { rows: left, next } = withoutRow(now.current, key);
      change((draft) => ({ ...draft, rows: left }));
      if (next !== null) setWanted({ key: next, column: "address" });
      announce("Host taken off the list.");
    },
    [change],
  );
  const pressed = (event: KeyboardEvent<HTMLElement>) => {
    const { row: key, column } = placeOf(event.target);
    const row = rows.find((one) => one.key === key);
    if (!row || !column) return;
    if (event.key === "Enter") add(row.key);
    else if (event.key === "Backspace" && row[column] === "" && row.address === "" && rows.length > 1) remove(row.key);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = rows[rows.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) inputAt(table.current, next.key, column)?.focus();
    } else return;
    event.preventDefault();
  };
  return (
    <div className={css.editor}>
      {rows.length > 0 && (
        <div className={css.rows}>
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the fields inside, for all rows at one place */}
          <table ref={table} aria-label="Hosts" onKeyDown={pressed}>
            <thead>
              <tr>
                <th scope="col">Address</th>
                <th scope="col">Role</th>
                <th scope="col">Tags</th>
                <th scope="col">Jump hosts</th>
                <th scope="col">
                  <span className="said">Remove</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, at) => (
                <OneRow key={row.key} row={row} at={at} set={set} error={errors.get(row.key) ?? ""} onRemove={remove} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {error && <p className={css.error}>{error}</p>}
      <div className={css.under}>
        <Button icon={Plus} onPress={() => add(null)}>
          Add a host
        </Button>
        {rows.length > 0 && <span className={css.soft}>Enter adds a row, Backspace in an empty one takes it away. No jump host means as ssh_config says; none means none.</span>}
      </div>
    </div>
  );
}

interface OneRowProps {
  row: HostRow;
  at: number;
  set: (key: string, more: Partial<HostRow>) => void;
  error: string;
  onRemove: (key: string) => void;
}

const OneRow = memo(function OneRow({ row, at, set, error, onRemove }: OneRowProps) {
  const number = at + 1;
  return (
    <tr data-row={row.key}>
      <td data-column="address">
        <Field hideLabel label={`Address of host ${number}`} value={row.address} onChange={(address) => set(row.key, { address })} error={error} mono placeholder="[user@]host[:port]" />
      </td>
      <td>
        <Select hideLabel label={`Role of host ${number}`} options={ROLES} value={row.role} onChange={(role) => set(row.key, { role: role as Role })} />
      </td>
      <td data-column="tags">
        <Field hideLabel label={`Tags of host ${number}`} value={row.tags} onChange={(tags) => set(row.key, { tags })} />
      </td>
      <td data-column="bastion">
        <Field hideLabel label={`Jump hosts of host ${number}`} value={row.bastion} onChange={(bastion) => set(row.key, { bastion })} mono />
      </td>
      <td>
        <IconButton icon={Trash2} label={`Remove ${row.address || `host ${number}`}`} onPress={() => onRemove(row.key)} />
      </td>
    </tr>
  );
});

function placeOf(target: EventTarget): { row: string | undefined; column: Column | undefined } {
  const input = target instanceof HTMLInputElement ? target : null;
  return {
    row: input?.closest<HTMLElement>("[data-row]")?.dataset["row"],
    column: input?.closest<HTMLElement>("[data-column]")?.dataset["column"] as Column | undefined,
  };
}

function inputAt(table: HTMLElement | null, key: string, column: Column): HTMLElement | null {
  return table?.querySelector<HTMLElement>(`[data-row="${key}"] [data-column="${column}"] input`) ?? null;
}
