import { useId } from "react";

import type { ConfigItem } from "../../../bindings/ConfigItem";
import type { SentValue } from "../../../bindings/SentValue";
import { Checkbox, Radios, Select } from "../../../components/Choice";
import { Field } from "../../../components/Field";
import { Markdown } from "../../../components/Markdown";
import css from "./Configuration.module.css";
import { chosenValue, shownValue, typed } from "./draft";
import { FileItem } from "./FileItem";
import { Marks } from "./Marks";
import { SecretItem } from "./SecretItem";

export interface ItemProps {
  item: ConfigItem;
  /** The item as it is stored. */
  stored: ConfigItem;
  /** What was typed and is not stored yet. */
  sent: SentValue | undefined;
  onSend: (value: SentValue | undefined) => void;
  error: string | null;
  editable: boolean;
  /** The repeatable item that this is a further value of. */
  repeatableItem?: string;
}

/** One item of the vendor's form, by its kind. A kind that is not known is edited as text. */
export function Item(props: ItemProps) {
  const { item, stored, sent, onSend, error, editable, repeatableItem = "" } = props;
  const common = {
    label: item.title || item.name,
    help: item.helpText ? <Markdown source={item.helpText} /> : undefined,
    mark: <Marks item={item} />,
    error,
    hideLabel: repeatableItem !== "",
  };
  const set = (value: string) => onSend(typed(stored, value, repeatableItem));
  const options = item.options.map((option) => ({ id: option.name, label: option.title || option.name }));
  switch (item.kind) {
    case "label":
      return <Markdown source={item.title} />;
    case "heading":
      return <h4 className={css.heading}>{item.title}</h4>;
    case "bool":
      return <BoolItem {...props} />;
    case "radio":
      return <Radios {...common} options={options} value={chosenValue(item, sent)} onChange={set} isDisabled={!editable} />;
    case "dropdown":
    case "select_one":
      return <Select {...common} options={options} value={chosenValue(item, sent)} onChange={set} isReadOnly={!editable} />;
    case "password":
      return <SecretItem {...props} />;
    case "file":
      return <FileItem {...props} />;
    default:
      return (
        <Field
          {...common}
          value={shownValue(item, sent)}
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

function BoolItem({ item, stored, sent, onSend, error, editable, repeatableItem = "" }: ItemProps) {
  const described = useId();
  return (
    <div className={css.field}>
      <div className={css.line}>
        <Checkbox
          label={item.title || item.name}
          isSelected={chosenValue(item, sent) === "1"}
          onChange={(on) => onSend(typed(stored, on ? "1" : "0", repeatableItem))}
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
