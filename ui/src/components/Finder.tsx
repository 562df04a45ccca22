import { useMemo, useState, type ReactNode } from "react";
import { Autocomplete, Collection, Header, Menu, MenuItem, MenuSection } from "react-aria-components";

import css from "./Finder.module.css";
import { find, type Findable } from "./find";
import { Kbd } from "./Kbd";
import { Search } from "./Search";

export interface FinderItem extends Findable {
  icon?: ReactNode;
  detail?: ReactNode;
  keys?: string;
  run: () => void;
}

/** Type to narrow, arrows to choose, Enter to do. */
export function Finder({ label, items, onDone, none }: { label: string; items: FinderItem[]; onDone: () => void; none: string }) {
  const [text, setText] = useState("");
  const groups = useMemo(() => find(items, text), [items, text]);
  const byId = useMemo(() => new Map(items.map((item) => [item.id, item])), [items]);
  return (
    <div className={css.finder}>
      <Autocomplete inputValue={text} onInputChange={setText}>
        {/* eslint-disable-next-line jsx-a11y/no-autofocus -- what floats here was opened to type into */}
        <Search label={label} value={text} onChange={setText} autoFocus />
        <Menu
          aria-label={label}
          className={css.list}
          items={groups}
          renderEmptyState={() => <p className={css.none}>{none}</p>}
          onAction={(key) => {
            onDone();
            byId.get(String(key))?.run();
          }}
        >
          {(group) => (
            <MenuSection id={group.title}>
              <Header className={css.group}>{group.title}</Header>
              <Collection items={group.items}>
                {(item) => (
                  <MenuItem id={item.id} textValue={item.title} className={css.item}>
                    {item.icon}
                    <span className={css.title}>{item.title}</span>
                    {item.detail && <span className={css.detail}>{item.detail}</span>}
                    {item.keys && <Kbd keys={item.keys} />}
                  </MenuItem>
                )}
              </Collection>
            </MenuSection>
          )}
        </Menu>
      </Autocomplete>
    </div>
  );
}
