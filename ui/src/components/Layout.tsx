import type { ReactNode } from "react";

import css from "./Layout.module.css";

/** Things below each other. */
export function Stack({ children, gap = "m" }: { children: ReactNode; gap?: "s" | "m" | "l" }) {
  return <div className={`${css.stack} ${css[gap]}`}>{children}</div>;
}

/** Things beside each other, wrapping when narrow. */
export function Row({ children, end, between, top }: { children: ReactNode; end?: boolean; between?: boolean; top?: boolean }) {
  const place = end ? css.end : between ? css.between : "";
  return <div className={`${css.row} ${place} ${top ? css.top : ""}`}>{children}</div>;
}

/** A titled part of a page. */
export function Section({ title, aside, children, level = 2 }: { title: ReactNode; aside?: ReactNode; children: ReactNode; level?: 2 | 3 }) {
  const Title = level === 2 ? "h2" : "h3";
  return (
    <section className={css.section}>
      <div className={css.sectionHead}>
        <Title>{title}</Title>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** Content in a box with a border. */
export function Panel({ children, flush }: { children: ReactNode; flush?: boolean }) {
  return <div className={`${css.panel} ${flush ? css.flush : ""}`}>{children}</div>;
}

export interface Fact {
  term: string;
  value: ReactNode;
}

/** Names and their values. */
export function Facts({ facts }: { facts: Fact[] }) {
  return (
    <dl className={css.facts}>
      {facts.map((fact) => (
        <div key={fact.term}>
          <dt>{fact.term}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
