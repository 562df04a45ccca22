import { useVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useMemo, useRef, type ReactNode } from "react";

import css from "./Files.module.css";
import { Marked } from "./Hits";
import { shownOf, widest } from "./text";

const ROW = 18;

interface LinesProps {
  label: string;
  lines: readonly string[];
  /** The line to go to, from 1. */
  line: number | null;
  /** How often somebody has gone anywhere: each time the line is shown again. */
  times: number;
  wrap: boolean;
  search: string;
  exactCase: boolean;
  /** After the last line. */
  children: ReactNode;
}

/** Numbered lines of which only those that are seen exist. */
export function Lines({ label, lines, line, times, wrap, search, exactCase, children }: LinesProps) {
  const box = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- this component is not compiled
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 20 });
  const there = line !== null && line <= lines.length;
  useLayoutEffect(() => {
    if (there) virtual.scrollToIndex(line - 1, { align: "center" });
  }, [there, line, times, virtual]);
  // Rows that wrap have other heights than those that do not.
  useLayoutEffect(() => {
    virtual.measure();
  }, [wrap, virtual]);
  const digits = String(lines.length).length;
  const width = useMemo(() => widest(lines), [lines]);
  return (
    <div
      ref={box}
      className={css.text}
      role="region"
      aria-label={label}
      data-wrap={wrap}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <div className={css.all} style={{ height: virtual.getTotalSize(), minWidth: wrap ? 0 : `${width + digits + 6}ch` }}>
        {virtual.getVirtualItems().map((item) => (
          <div
            key={item.key}
            data-index={item.index}
            ref={virtual.measureElement}
            className={css.line}
            data-here={item.index + 1 === line}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <span className={css.at} style={{ width: `${digits}ch` }}>
              {item.index + 1}
            </span>
            <Line text={lines[item.index] ?? ""} search={search} exactCase={exactCase} />
          </div>
        ))}
      </div>
      {children}
    </div>
  );
}

function Line({ text: whole, search, exactCase }: { text: string; search: string; exactCase: boolean }) {
  const { text, more } = shownOf(whole);
  return (
    <span className={css.content}>
      <Marked text={text} search={search} exactCase={exactCase} />
      {more > 0 && <em> … {more.toLocaleString("en-GB")} letters more; copy the text to have them all</em>}
    </span>
  );
}
