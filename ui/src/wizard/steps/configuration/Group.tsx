import type { ConfigGroup } from "../../../bindings/ConfigGroup";
import { Markdown } from "../../../components/Markdown";
import css from "./Configuration.module.css";
import type { ConfigForm } from "./form";
import { Item } from "./Item";

interface Props {
  group: ConfigGroup;
  form: ConfigForm;
  errors: Readonly<Record<string, string>>;
  /** The form was sent once: every refusal shows, not only those of fields that were touched. */
  tried: boolean;
  editable: boolean;
}

export function Group({ group, form, errors, tried, editable }: Props) {
  return (
    <section className={css.group} aria-labelledby={`group-${group.name}`}>
      <h3 id={`group-${group.name}`} tabIndex={-1}>
        {group.title || group.name}
      </h3>
      {group.description && (
        <div className={css.soft}>
          <Markdown source={group.description} />
        </div>
      )}
      {group.items.map((item) => {
        const loud = tried || item.name in form.draft || item.note === "noLongerAccepted";
        return (
          <div key={item.name} data-item={item.name}>
            <Item
              item={item}
              draft={form.draft}
              onChange={(draft) => form.change(item.name, draft)}
              error={loud ? (errors[item.name] ?? null) : null}
              editable={editable && !item.readonly}
            />
          </div>
        );
      })}
    </section>
  );
}
