import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState } from "react";

import type { LogLine } from "../../bindings/LogLine";
import { clock, exact } from "../../components/format";
import { isFiltered, useAllLines, useMatchingLines, type LogFilter } from "./lines";
import css from "./Log.module.css";

const ROW = 18;

export interface LogHandle {
  count: number;
  total: number;
  /** What can be copied: the lines that are loaded. */
  text: () => string;
}

interface Props {
  run: string;
  filter: LogFilter;
  follow: boolean;
  onFollow: (follow: boolean) => void;
  onHandle: (handle: LogHandle) => void;
}

export function LogList({ run, filter, follow, onFollow, onHandle }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [[first, last], setRange] = useState<[number, number]>([0, 60]);
  const filtered = isFiltered(filter);
  const all = useAllLines(run, first, last, !filtered);
  const some = useMatchingLines(run, filter, follow ? Infinity : last, filtered);
  const rows = filtered ? some : all;
  // eslint-disable-next-line react-hooks/incompatible-library -- this component is not compiled
  const virtual = useVirtualizer({
    count: rows.count,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 20,
    onChange: (one) => {
      const { startIndex, endIndex } = one.range ?? { startIndex: 0, endIndex: 0 };
      setRange((before) => (before[0] === startIndex && before[1] === endIndex ? before : [startIndex, endIndex]));
    },
  });
  useLayoutEffect(() => {
    if (follow && rows.count > 0) virtual.scrollToIndex(rows.count - 1, { align: "end" });
  }, [follow, rows.count, virtual]);
  const { count, total, lineAt } = rows;
  useEffect(() => {
    const text = () => Array.from({ length: count }, (_, at) => lineAt(at)).flatMap((line) => (line ? [textOf(line)] : [])).join("\n");
    onHandle({ count, total, text });
    // The lines themselves change with every row seen; what is said about them changes with their number.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [count, total, onHandle]);
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- to notice that somebody scrolls away
    <div
      ref={box}
      className={css.list}
      role="log"
      aria-label="Lines of the log"
      // Thousands of lines would be read out loud; failures and states are announced by themselves.
      aria-live="off"
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
      tabIndex={0}
      onWheel={(event) => event.deltaY < 0 && onFollow(false)}
      onKeyDown={(event) => {
        if (["ArrowUp", "PageUp", "Home"].includes(event.key)) onFollow(false);
        if (event.key === "End") onFollow(true);
      }}
    >
      {rows.error && <p className={css.none}>{rows.error.message}</p>}
      {count === 0 && !rows.error && <p className={css.none}>{filtered ? "No line matches." : "Nothing was logged yet."}</p>}
      <div className={css.all} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => (
          <div
            key={item.key}
            data-index={item.index}
            ref={virtual.measureElement}
            className={css.row}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <Line line={lineAt(item.index)} search={filter.search} />
          </div>
        ))}
      </div>
    </div>
  );
}

function textOf(line: LogLine): string {
  return `${new Date(line.at).toISOString()} ${line.level.toUpperCase().padEnd(5)} ${line.step ? `[${line.step}] ` : ""}${line.text}`;
}

function Line({ line, search }: { line: LogLine | undefined; search: string }) {
  if (!line) return <span className={css.time}>…</span>;
  return (
    <>
      <time className={css.time} dateTime={new Date(line.at).toISOString()} title={exact(line.at)}>
        {clock(line.at)}
      </time>
      <span className={`${css.word} ${css[line.level]}`}>{line.level}</span>
      <span className={css.text}>
        {line.step && <span className={css.step}>{line.step} </span>}
        <Marked text={line.text} search={search} />
      </span>
    </>
  );
}

function Marked({ text, search }: { text: string; search: string }) {
  const at = search ? text.toLowerCase().indexOf(search.toLowerCase()) : -1;
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + search.length)}</mark>
      {text.slice(at + search.length)}
    </>
  );
}
