import { useId } from "react";

import type { ConfigItem } from "../../../bindings/ConfigItem";
import type { ItemNote } from "../../../bindings/ItemNote";
import { Checkbox, Radios, Select } from "../../../components/Choice";
import { Field } from "../../../components/Field";
import { Markdown } from "../../../components/Markdown";
import { Tag, type TagTone } from "../../../components/Tag";
import css from "./Configuration.module.css";
import { chosenValue, shownValue, typed, type Draft } from "./draft";
import { FileItem } from "./FileItem";
import { SecretItem } from "./SecretItem";

export interface ItemProps {
  item: ConfigItem;
  draft: Draft;
  onChange: (draft: Draft) => void;
  error: string | null;
  editable: boolean;
}

/** One item of the vendor's form, by its kind. A kind that is not known is edited as text. */
export function Item(props: ItemProps) {
  const { item, draft, onChange, error, editable } = props;
  const common = {
    label: item.title || item.name,
    help: item.helpText ? <Markdown source={item.helpText} /> : undefined,
    mark: <Marks item={item} />,
    error,
  };
  const set = (value: string) => onChange(typed(draft, item, value));
  const options = item.options.map((option) => ({ id: option.name, label: option.title || option.name }));
  switch (item.kind) {
    case "label":
      return <Markdown source={item.title} />;
    case "heading":
      return <h4 className={css.heading}>{item.title}</h4>;
    case "bool":
      return <BoolItem {...props} />;
    case "radio":
      return <Radios {...common} options={options} value={chosenValue(item, draft)} onChange={set} isDisabled={!editable} />;
    case "dropdown":
    case "select_one":
      return <Select {...common} options={options} value={chosenValue(item, draft)} onChange={set} isReadOnly={!editable} />;
    case "password":
      return <SecretItem {...props} />;
    case "file":
      return <FileItem {...props} />;
    default:
      return (
        <Field
          {...common}
          value={shownValue(item, draft)}
          onChange={set}
          placeholder={item.default}
          affix={item.affix}
          isReadOnly={!editable}
          isRequired={item.required}
          {...(item.kind === "textarea" ? { rows: 4 } : {})}
        />
      );
  }
}

function BoolItem({ item, draft, onChange, error, editable }: ItemProps) {
  const described = useId();
  return (
    <div className={css.field}>
      <div className={css.line}>
        <Checkbox
          label={item.title || item.name}
          isSelected={chosenValue(item, draft) === "1"}
          onChange={(on) => onChange(typed(draft, item, on ? "1" : "0"))}
          isReadOnly={!editable}
          isInvalid={Boolean(error)}
          describedBy={described}
        />
        <Marks item={item} />
      </div>
      <div id={described}>
        {item.helpText && (
          <div className={css.help}>
            <Markdown source={item.helpText} />
          </div>
        )}
        {error && <div className={css.error}>{error}</div>}
      </div>
    </div>
  );
}

const NOTES: Partial<Record<ItemNote, { word: string; tone: TagTone; about: string }>> = {
  added: { word: "New", tone: "accent", about: "The installed release did not have it." },
  newlyRequired: { word: "Now required", tone: "warn", about: "The installed release did not ask for it." },
  noLongerAccepted: { word: "No longer accepted", tone: "bad", about: "This release refuses the stored value." },
  defaultChanged: { word: "Default changed", tone: "busy", about: "The vendor's default is another one now; the stored value stays." },
};

/** What there is to know about an item before filling it. */
export function Marks({ item }: { item: ConfigItem }) {
  const note = item.note && NOTES[item.note];
  return (
    <>
      {note && (
        <Tag tone={note.tone} title={note.about}>
          {note.word}
        </Tag>
      )}
      {item.required && item.note !== "newlyRequired" && <Tag>Required</Tag>}
      {item.recommended && <Tag tone="good">Recommended</Tag>}
      {item.readonly && <Tag>Set by the vendor</Tag>}
    </>
  );
}
