import { Button } from "react-aria-components";

import type { ConfigGroup } from "../../../bindings/ConfigGroup";
import css from "./Configuration.module.css";

/** The groups of a long form, with what is still to do in each. */
export function GroupList({ groups, counts, loud }: { groups: ConfigGroup[]; counts: Readonly<Record<string, number>>; loud: boolean }) {
  if (groups.length < 2) return null;
  return (
    <nav className={css.groups} aria-label="Groups">
      {groups.map((group) => {
        const open = counts[group.name] ?? 0;
        return (
          <Button key={group.name} className={css.groupLink} onPress={() => show(group.name)}>
            {group.title || group.name}
            {open > 0 && <span className={loud ? css.open : css.quiet}>{open} to do</span>}
          </Button>
        );
      })}
    </nav>
  );
}

function show(group: string): void {
  const heading = document.getElementById(`group-${group}`);
  heading?.scrollIntoView({ block: "start" });
  heading?.focus({ preventScroll: true });
}
