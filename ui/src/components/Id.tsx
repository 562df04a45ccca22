import { Check, Copy } from "lucide-react";
import { useState } from "react";

import { IconButton } from "./Button";
import { middle } from "./format";
import css from "./Id.module.css";

/** A long id: both ends shown, the whole to copy. */
export function Id({ value, label, length = 20 }: { value: string; label: string; length?: number }) {
  return (
    <span className={css.id}>
      <code title={value}>{middle(value, length)}</code>
      <CopyButton text={value} label={`Copy ${label}`} />
    </span>
  );
}

export function CopyButton({ text, label }: { text: string | (() => string); label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(typeof text === "string" ? text : text());
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <>
      <IconButton icon={copied ? Check : Copy} label={label} onPress={() => void copy()} />
      <span role="status" className="said">
        {copied ? "Copied." : ""}
      </span>
    </>
  );
}
