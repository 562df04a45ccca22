import { FileTrigger } from "react-aria-components";

import { announce } from "../../../components/Announcer";
import { Button } from "../../../components/Button";
import { bytes } from "../../../components/format";
import { Markdown } from "../../../components/Markdown";
import { Tag } from "../../../components/Tag";
import css from "./Configuration.module.css";
import { untouched } from "./draft";
import { Marks, type ItemProps } from "./Item";

/** A file as a value. It is read here and sent with the others; its content is not shown again. */
export function FileItem({ item, draft, onChange, error, editable }: ItemProps) {
  const sent = draft[item.name];
  const label = item.title || item.name;
  const take = async (files: FileList | null) => {
    const file = files?.[0];
    if (!file) return;
    const value = toBase64(new Uint8Array(await file.arrayBuffer()));
    onChange({ ...draft, [item.name]: { type: "set", value, filename: file.name } });
    announce(`${file.name}, ${bytes(file.size)}, chosen.`);
  };
  const name = sent?.type === "set" ? sent.filename : sent?.type === "clear" ? "" : item.filename || (item.isSet ? "Stored" : "");
  return (
    <div className={css.field} role="group" aria-label={label}>
      <div className={css.line}>
        <span className={css.label}>{label}</span>
        <Marks item={item} />
      </div>
      <div className={css.secret}>
        <Tag tone={name ? "good" : "plain"}>{name || "No file"}</Tag>
        {editable && (
          <>
            <FileTrigger onSelect={(files) => void take(files)}>
              <Button>{name ? "Replace…" : "Choose a file…"}</Button>
            </FileTrigger>
            {sent && <Button onPress={() => onChange(untouched(draft, item.name))}>Undo</Button>}
            {!sent && item.isSet && (
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

/** In pieces, since a call cannot take a whole file as its arguments. */
function toBase64(content: Uint8Array): string {
  let text = "";
  for (let at = 0; at < content.length; at += 0x8000) text += String.fromCharCode(...content.subarray(at, at + 0x8000));
  return btoa(text);
}
