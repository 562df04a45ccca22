import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import css from "./Empty.module.css";

/** Nothing here yet: why, and the way in. */
export function Empty({ icon: Icon, title, children, actions }: { icon: LucideIcon; title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className={css.empty}>
      <Icon aria-hidden size={28} strokeWidth={1.25} />
      <p className={css.title}>{title}</p>
      {children && <div className={css.text}>{children}</div>}
      {actions && <div className={css.actions}>{actions}</div>}
    </div>
  );
}

/** What is being done, while nothing else can be shown. Appears late, so that quick answers do not flash. */
export function Loading({ what }: { what: string }) {
  return (
    <p className={css.loading} role="status">
      {what}…
    </p>
  );
}
