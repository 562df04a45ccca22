import { memo, useCallback, useContext } from "react";

import type { ConfigItem } from "../../../bindings/ConfigItem";
import type { SentValue } from "../../../bindings/SentValue";
import { FormDoor, useSent } from "./form";
import { FromBase } from "./FromBase";
import { Item } from "./Item";

export interface EntryProps {
  item: ConfigItem;
  stored: ConfigItem;
  /** What is wrong with it, shown once it was touched. */
  error: string | null;
  /** The form was sent once: every refusal shows, not only those of fields that were touched. */
  tried: boolean;
  editable: boolean;
}

/** An item and what was typed in it. Rendered again when one of the two changes, and not for what happens elsewhere. */
export const Entry = memo(function Entry({ item, stored, error, tried, editable }: EntryProps) {
  const sent = useSent(item.name);
  const { send } = useContext(FormDoor);
  const onSend = useCallback((value: SentValue | undefined) => send(item.name, value), [send, item.name]);
  const loud = tried || sent !== undefined || item.note === "noLongerAccepted";
  return (
    <div data-item={item.name}>
      <Item item={item} stored={stored} sent={sent} onSend={onSend} error={loud ? error : null} editable={editable && !item.readonly} />
      <FromBase item={item} sent={sent} onSend={onSend} editable={editable && !item.readonly} />
    </div>
  );
});
