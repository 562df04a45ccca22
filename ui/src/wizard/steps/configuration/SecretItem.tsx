import { Button } from "../../../components/Button";
import { Field } from "../../../components/Field";
import { Markdown } from "../../../components/Markdown";
import { Tag } from "../../../components/Tag";
import css from "./Configuration.module.css";
import { CLEAR, setTo } from "./draft";
import type { ItemProps } from "./Item";
import { Marks } from "./Marks";

/**
 * A secret. The engine never gives one back, so a stored one is a word, not a row of dots: it stays as it is until somebody
 * replaces or clears it.
 */
export function SecretItem({ item, stored, sent, onSend, error, editable, repeatableItem = "" }: ItemProps) {
  const label = item.title || item.name;
  const set = (value: string) => onSend(setTo(value, { repeatableItem }));
  const keep = () => onSend(undefined);
  if (sent?.type === "set" || (!stored.isSet && editable)) {
    const value = sent?.type === "set" ? sent.value : "";
    // A further value that is not stored has nothing to go back to: emptied, it stays, empty.
    const emptied = stored.isSet || repeatableItem !== "" ? () => set("") : keep;
    return (
      <Field
        label={label}
        mark={<Marks item={item} />}
        help={item.helpText ? <Markdown source={item.helpText} /> : undefined}
        error={error}
        type="password"
        autoComplete="new-password"
        isRequired={item.required}
        value={value}
        onChange={(text) => (text === "" ? emptied() : set(text))}
      >
        {stored.isSet && <Button onPress={keep}>Keep the stored one</Button>}
      </Field>
    );
  }
  const cleared = sent?.type === "clear";
  return (
    <div className={css.field} role="group" aria-label={label}>
      <div className={css.line}>
        <span className={css.label}>{label}</span>
        <Marks item={item} />
      </div>
      <div className={css.secret}>
        <Tag tone={cleared ? "warn" : stored.isSet ? "good" : "plain"}>
          {cleared ? `Goes back to the ${item.baseValue === null ? "vendor's default" : "base's value"}` : stored.isSet ? "Stored, not shown" : "Not set"}
        </Tag>
        {editable && (
          <>
            <Button onPress={() => set("")}>Replace…</Button>
            {cleared ? <Button onPress={keep}>Keep the stored one</Button> : repeatableItem === "" && item.baseValue === null && <Button onPress={() => onSend(CLEAR)}>Clear</Button>}
          </>
        )}
      </div>
      {item.helpText && (
        <div className={css.help}>
          <Markdown source={item.helpText} />
        </div>
      )}
      {error && <div className={css.error}>{error}</div>}
    </div>
  );
}
