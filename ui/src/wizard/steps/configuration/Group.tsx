import { memo } from "react";

import type { ConfigGroup } from "../../../bindings/ConfigGroup";
import type { ConfigItem } from "../../../bindings/ConfigItem";
import { Markdown } from "../../../components/Markdown";
import css from "./Configuration.module.css";
import { Entry } from "./Entry";
import { headingId } from "./groups";
import { RepeatableEntry } from "./RepeatableEntry";

interface Props {
  group: ConfigGroup;
  stored: ReadonlyMap<string, ConfigItem>;
  errors: Readonly<Record<string, string>>;
  tried: boolean;
  editable: boolean;
}

export const Group = memo(function Group({ group, stored, errors, tried, editable }: Props) {
  return (
    <section className={css.group} data-group={group.name} aria-labelledby={headingId(group.name)}>
      <h3 id={headingId(group.name)} tabIndex={-1}>
        {group.title || group.name}
      </h3>
      {group.description && (
        <div className={css.soft}>
          <Markdown source={group.description} />
        </div>
      )}
      {group.items.map((item) => {
        const common = { item, stored: stored.get(item.name) ?? item, tried, editable };
        if (item.repeatable) return <RepeatableEntry key={item.name} {...common} errors={errors} />;
        return <Entry key={item.name} {...common} error={errors[item.name] ?? null} />;
      })}
    </section>
  );
});
