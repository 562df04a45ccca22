import type { ConfigItem } from "../../../bindings/ConfigItem";
import type { ItemNote } from "../../../bindings/ItemNote";
import { Tag, type TagTone } from "../../../components/Tag";

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
      {item.source === "base" && (
        <Tag tone="accent" title="The site follows a base, and this is its value. Another one typed here is this site’s own.">
          From the base
        </Tag>
      )}
      {item.source === "site" && item.baseValue !== null && (
        <Tag tone="busy" title="The base that the site follows says another value.">
          Not the base’s
        </Tag>
      )}
      {item.required && item.note !== "newlyRequired" && <Tag>Required</Tag>}
      {item.recommended && <Tag tone="good">Recommended</Tag>}
      {item.readonly && <Tag>Set by the vendor</Tag>}
    </>
  );
}
