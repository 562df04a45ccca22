import { Button } from "../../../components/Button";
import { Field } from "../../../components/Field";
import { Markdown } from "../../../components/Markdown";
import { Tag } from "../../../components/Tag";
import css from "./Configuration.module.css";
import { untouched } from "./draft";
import { Marks, type ItemProps } from "./Item";

/**
 * A secret. The engine never gives one back, so a stored one is a word, not a row of dots: it stays as it is until somebody
 * replaces or clears it.
 */
export function SecretItem({ item, draft, onChange, error, editable }: ItemProps) {
  const sent = draft[item.name];
  const label = item.title || item.name;
  const set = (value: string) => onChange({ ...draft, [item.name]: { type: "set", value, filename: "" } });
  const keep = () => onChange(untouched(draft, item.name));
  if (sent?.type === "set" || (!item.isSet && editable)) {
    const value = sent?.type === "set" ? sent.value : "";
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
        onChange={(text) => (text === "" && !item.isSet ? keep() : set(text))}
      >
        {item.isSet && <Button onPress={keep}>Keep the stored one</Button>}
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
        <Tag tone={cleared ? "warn" : item.isSet ? "good" : "plain"}>
          {cleared ? "Goes back to the vendor's default" : item.isSet ? "Stored, not shown" : "Not set"}
        </Tag>
        {editable && (
          <>
            <Button onPress={() => set("")}>Replace…</Button>
            {cleared ? (
              <Button onPress={keep}>Keep the stored one</Button>
            ) : (
              <Button onPress={() => onChange({ ...draft, [item.name]: { type: "clear" } })}>Clear</Button>
            )}
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
