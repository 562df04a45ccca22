import type { ConfigItem } from "../../../bindings/ConfigItem";
import type { SentValue } from "../../../bindings/SentValue";
import { Button } from "../../../components/Button";
import css from "./Configuration.module.css";
import { CLEAR } from "./draft";

interface Props {
  item: ConfigItem;
  sent: SentValue | undefined;
  onSend: (value: SentValue | undefined) => void;
  editable: boolean;
}

/** What the base says of an item that the site says otherwise, and the way back to it. */
export function FromBase({ item, sent, onSend, editable }: Props) {
  if (item.baseValue === null) return null;
  if (sent?.type === "clear") {
    return (
      <div className={css.line}>
        <span className={css.quiet}>The base’s value, once saved.</span>
        <Button kind="quiet" onPress={() => onSend(undefined)} aria-label={`Undo for ${item.title || item.name}`}>
          Undo
        </Button>
      </div>
    );
  }
  if (item.source !== "site") return null;
  return (
    <div className={css.line}>
      <span className={css.help}>{baseWords(item, item.baseValue)}</span>
      {editable && (
        <Button kind="quiet" onPress={() => onSend(CLEAR)} aria-label={`Take the base’s value for ${item.title || item.name}`}>
          Take the base’s value
        </Button>
      )}
    </div>
  );
}

function baseWords(item: ConfigItem, value: string) {
  if (item.kind === "password") return "The base has another password.";
  if (item.kind === "file") return value ? `The base has the file ${value}.` : "The base has another file.";
  if (value === "") return "The base says it is empty.";
  const shown = item.kind === "bool" ? (value === "1" ? "on" : "off") : (item.options.find((one) => one.name === value)?.title ?? value);
  return (
    <>
      The base says <code>{shown}</code>.
    </>
  );
}
