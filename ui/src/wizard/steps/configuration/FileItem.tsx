import { FileTrigger } from "react-aria-components";

import { announce } from "../../../components/Announcer";
import { toBase64 } from "../../../components/base64";
import { Button } from "../../../components/Button";
import { FileDrop } from "../../../components/FileDrop";
import { bytes } from "../../../components/format";
import { Markdown } from "../../../components/Markdown";
import { Tag } from "../../../components/Tag";
import { usePlatform } from "../../../engine/platform";
import css from "./Configuration.module.css";
import { CLEAR, setTo } from "./draft";
import type { ItemProps } from "./Item";
import { Marks } from "./Marks";

/** A file as a value. It is read here and sent with the others; its content is not shown again. */
export function FileItem({ item, stored, sent, onSend, error, editable, repeatableItem = "" }: ItemProps) {
  const { onFileDrop, readDropped } = usePlatform();
  const label = item.title || item.name;
  const take = async (file: File | undefined) => {
    if (!file) return;
    const value = toBase64(new Uint8Array(await file.arrayBuffer()));
    onSend(setTo(value, { filename: file.name, repeatableItem }));
    announce(`${file.name}, ${bytes(file.size)}, chosen.`);
  };
  const name = sent?.type === "set" ? sent.filename : sent?.type === "clear" ? (item.baseValue ?? "") : stored.filename || (stored.isSet ? "Stored" : "");
  // A window gives paths, which must be read for the page.
  const drops = editable && (!onFileDrop || readDropped !== undefined);
  return (
    <div className={css.field} role="group" aria-label={label}>
      <div className={css.line}>
        <span className={css.label}>{label}</span>
        <Marks item={item} />
      </div>
      <FileDrop label={`Drop a file for ${label}, or paste one`} onFiles={(files) => void take(files[0])} isDisabled={!drops}>
        <div className={css.secret}>
          <Tag tone={name ? "good" : "plain"}>{name || "No file"}</Tag>
          {editable && (
            <>
              <FileTrigger onSelect={(files) => void take(files?.[0])}>
                <Button>{name ? "Replace…" : "Choose a file…"}</Button>
              </FileTrigger>
              {sent && repeatableItem === "" && <Button onPress={() => onSend(undefined)}>Undo</Button>}
              {!sent && stored.isSet && repeatableItem === "" && item.baseValue === null && <Button onPress={() => onSend(CLEAR)}>Clear</Button>}
            </>
          )}
          {drops && <span className={css.quiet}>or drop one here</span>}
        </div>
      </FileDrop>
      {item.helpText && (
        <div className={css.help}>
          <Markdown source={item.helpText} />
        </div>
      )}
      {error && <div className={css.error}>{error}</div>}
    </div>
  );
}
