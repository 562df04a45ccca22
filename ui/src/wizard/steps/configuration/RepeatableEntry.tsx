import { Plus, Trash2, Undo2 } from "lucide-react";
import { memo, useContext, useEffect, useRef, useState } from "react";

import { announce } from "../../../components/Announcer";
import { Button, IconButton } from "../../../components/Button";
import { count } from "../../../components/format";
import css from "./Configuration.module.css";
import { CLEAR, setTo } from "./draft";
import type { EntryProps } from "./Entry";
import { FormDoor, useSentOf } from "./form";
import { Item } from "./Item";
import { repetitionName, rowsOf } from "./repeat";

const FIRST = "input, textarea, button";

/** An item that may be given several times: its own value, and a row for each further one. */
export const RepeatableEntry = memo(function RepeatableEntry({ item, stored, errors, tried, editable }: Omit<EntryProps, "error"> & { errors: Readonly<Record<string, string>> }) {
  const draft = useSentOf(stored);
  const { send } = useContext(FormDoor);
  const place = useRef<HTMLDivElement>(null);
  const [wanted, setWanted] = useState<{ row: string } | null>(null);
  const { rows, removed } = rowsOf(stored, item, draft);
  const title = item.title || item.name;
  const loud = tried || Object.keys(draft).length > 0;
  const may = editable && !item.readonly;
  const isVendors = (name: string) => stored.repetitions.some((one) => one.name === name && !one.isSet);
  useEffect(() => {
    const row = wanted && place.current?.querySelector(`[data-item="${CSS.escape(wanted.row)}"]`);
    row?.querySelector<HTMLElement>(FIRST)?.focus();
  }, [wanted]);
  const add = () => {
    const name = repetitionName(item.name, [...stored.repetitions.map((one) => one.name), ...Object.keys(draft)], Date.now());
    send(name, setTo("", { repeatableItem: item.name }));
    setWanted({ row: name });
    announce(`${title} ${rows.length + 2} added.`);
  };
  const remove = (at: number) => {
    const row = rows[at];
    if (!row) return;
    send(row.name, row.isSet ? CLEAR : undefined);
    setWanted({ row: (rows[at + 1] ?? rows[at - 1] ?? item).name });
    announce(`${row.title} removed.`);
  };
  return (
    <div className={css.repeatable} role="group" aria-label={title} ref={place}>
      <div data-item={item.name}>
        <Item item={item} stored={stored} sent={draft[item.name]} onSend={(value) => send(item.name, value)} error={loud ? (errors[item.name] ?? null) : null} editable={may} />
      </div>
      {rows.map((row, at) => (
        <div key={row.name} className={css.further} data-item={row.name}>
          <Item
            item={row}
            stored={{ ...row, value: stored.repetitions.find((one) => one.name === row.name)?.value ?? "" }}
            sent={draft[row.name]?.type === "clear" ? undefined : draft[row.name]}
            onSend={(value) => send(row.name, value)}
            error={errors[row.name] ?? null}
            editable={may}
            repeatableItem={item.name}
          />
          {may && row.isSet && draft[row.name]?.type !== "clear" && <IconButton icon={Trash2} label={`Remove ${row.title}`} onPress={() => remove(at)} />}
          {may && !row.isSet && row.name in draft && <IconButton icon={isVendors(row.name) ? Undo2 : Trash2} label={`${isVendors(row.name) ? "Undo" : "Remove"} ${row.title}`} onPress={() => remove(at)} />}
        </div>
      ))}
      {(may || item.minimumCount > 0) && (
        <div className={css.line}>
          {may && (
            <Button icon={Plus} onPress={add}>
              Add another
              <span className="said"> {title}</span>
            </Button>
          )}
          {item.minimumCount > 0 && <span className={css.quiet}>At least {count(item.minimumCount, "value")}</span>}
          {removed.length > 0 && (
            <>
              <span className={css.quiet}>{count(removed.length, "value")} to be removed when you save</span>
              <Button kind="quiet" onPress={() => removed.forEach((name) => send(name, undefined))}>
                Keep {removed.length === 1 ? "it" : "them"}
              </Button>
            </>
          )}
        </div>
      )}
    </div>
  );
});
