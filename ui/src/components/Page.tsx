import { useEffect, useRef, type ReactNode, type RefObject } from "react";

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
  useEffect(() => focusWhenFree(heading), [title]);
  const Title = level === 1 ? "h1" : "h2";
  return (
    <Title ref={heading} tabIndex={-1} className={css.title}>
      {title}
    </Title>
  );
}

/** Focuses once the dialog or palette that led here has gone; one that stays keeps the focus. */
function focusWhenFree(heading: RefObject<HTMLElement | null>): () => void {
  let tries = 0;
  const attempt = () => {
    tries += 1;
    const taken = document.querySelector("[role=dialog], [role=alertdialog]") !== null;
    if (!taken) heading.current?.focus({ preventScroll: true });
    if (!taken || tries > 20) clearInterval(timer);
  };
  const timer = setInterval(attempt, 50);
  attempt();
  return () => clearInterval(timer);
}
