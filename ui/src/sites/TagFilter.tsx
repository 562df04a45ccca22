import { ToggleButton } from "react-aria-components";

import css from "./Sites.module.css";

const SHOWN = 8;

export function TagFilter({ tags, tag, onChange }: { tags: string[]; tag: string | null; onChange: (tag: string | null) => void }) {
  if (tags.length === 0) return null;
  return (
    <div className={css.tags} role="group" aria-label="Filter by tag">
      {tags.slice(0, SHOWN).map((one) => (
        <ToggleButton
          key={one}
          className={css.tag}
          isSelected={tag === one}
          onChange={(selected) => onChange(selected ? one : null)}
        >
          {one}
        </ToggleButton>
      ))}
    </div>
  );
}
