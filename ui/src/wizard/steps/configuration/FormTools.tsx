import type { RefObject } from "react";

import type { ConfigView } from "../../../bindings/ConfigView";
import { Checkbox } from "../../../components/Choice";
import { count } from "../../../components/format";
import { Search } from "../../../components/Search";
import css from "./Configuration.module.css";
import { itemCount } from "./narrow";
import type { Narrowing } from "./narrowing";

interface Props {
  view: ConfigView;
  narrowing: Narrowing;
  /** The release that is changed to, when there is one before it. */
  upgradeTo: string | null;
  field: RefObject<HTMLInputElement | null>;
  onEnter: () => void;
}

/** What finds things in the form. */
export function FormTools({ view, narrowing, upgradeTo, field, onEnter }: Props) {
  const { search, setSearch, onlyChanged, setOnlyChanged, shown } = narrowing;
  const narrowed = search !== "" || onlyChanged;
  return (
    <div className={css.tools}>
      <Search label="Search configuration" value={search} onChange={setSearch} onSubmit={onEnter} inputRef={field} />
      <Checkbox label={`Only changed from the defaults${upgradeTo ? ` or by ${upgradeTo}` : ""}`} isSelected={onlyChanged} onChange={setOnlyChanged} />
      <span className={css.quiet} role="status">
        {narrowed && shown ? `${itemCount(shown)} of ${count(itemCount(view), "item")}` : ""}
      </span>
    </div>
  );
}
