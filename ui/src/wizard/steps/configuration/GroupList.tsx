import { useEffect, useRef } from "react";
import { Button, Toolbar } from "react-aria-components";

import type { ConfigGroup } from "../../../bindings/ConfigGroup";
import css from "./Configuration.module.css";
import { showGroup } from "./groups";

interface Props {
  groups: ConfigGroup[];
  counts: Readonly<Record<string, number>>;
  loud: boolean;
  current: string | null;
}

/** The groups of a long form, with what is still to do in each: one stop for Tab, arrows between them. */
export function GroupList({ groups, counts, loud, current }: Props) {
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    const marked = list.current?.querySelector("[aria-current]");
    marked?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current]);
  return (
    <nav className={css.groups} aria-label="Groups" ref={list}>
      <Toolbar orientation="vertical" aria-label="Groups" className={css.groupLinks}>
        {groups.map((group) => {
          const open = counts[group.name] ?? 0;
          return (
            <Button key={group.name} className={css.groupLink} aria-current={group.name === current ? "location" : undefined} onPress={() => showGroup(group.name)}>
              <span className={css.groupName}>{group.title || group.name}</span>
              {open > 0 && <span className={loud ? css.open : css.quiet}>{open} to do</span>}
            </Button>
          );
        })}
      </Toolbar>
    </nav>
  );
}
