import { useEffect, useRef, type ReactNode } from "react";

import css from "./Page.module.css";

export interface PageProps {
  title: string;
  /** Beside the title. */
  aside?: ReactNode;
  children: ReactNode;
  /** For tables and logs: takes the full width and scrolls inside. */
  full?: boolean;
  actions?: ReactNode;
}

/** One screen: its heading takes the focus when it appears, so that a screen reader starts there. */
export function Page({ title, aside, children, full, actions }: PageProps) {
  return (
    <div className={`${css.page} ${full ? css.full : css.prose}`}>
      <div className={css.head}>
        <PageHeading title={title} />
        {aside}
        {actions && <div className={css.actions}>{actions}</div>}
      </div>
      {children}
    </div>
  );
}

export function PageHeading({ title, level = 1 }: { title: string; level?: 1 | 2 }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // A dialog or palette that is still open keeps the focus; it hands it back by itself.
    if (!document.querySelector("[role=dialog], [role=alertdialog]")) heading.current?.focus({ preventScroll: true });
  }, [title]);
  const Title = level === 1 ? "h1" : "h2";
  return (
    <Title ref={heading} tabIndex={-1} className={css.title}>
      {title}
    </Title>
  );
}
