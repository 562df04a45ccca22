import type { ReactNode } from "react";

import css from "./Tag.module.css";

export type TagTone = "plain" | "accent" | "good" | "warn" | "bad" | "busy";

/** A short word about something. */
export function Tag({ tone = "plain", children, title }: { tone?: TagTone; children: ReactNode; title?: string }) {
  return (
    <span className={`${css.tag} ${css[tone]}`} title={title}>
      {children}
    </span>
  );
}

export function Tags({ tags }: { tags: string[] }) {
  return (
    <span className={css.tags}>
      {tags.map((tag) => (
        <Tag key={tag}>{tag}</Tag>
      ))}
    </span>
  );
}
