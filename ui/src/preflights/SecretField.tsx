import { useState } from "react";

import { Button } from "../components/Button";
import { Field } from "../components/Field";
import { Tag } from "../components/Tag";
import css from "./CheckHosts.module.css";
import type { SshDraft } from "./draft";

export type SecretName = "password" | "passphrase" | "rootPassword";

/** Passwords that are kept somewhere: which there are, and which of them are to go. */
export interface Kept {
  stored: readonly string[];
  cleared: readonly string[];
  onClear: (name: SecretName, clear: boolean) => void;
}

export interface SecretFieldProps {
  name: SecretName;
  label: string;
  draft: SshDraft;
  onChange: (change: Partial<SshDraft>) => void;
  kept: Kept | undefined;
  help?: string;
  isDisabled?: boolean;
}

/** A password that only goes in. A stored one is a word, not a row of dots: it stays until somebody replaces or clears it. */
export function SecretField({ name, label, draft, onChange, kept, help, isDisabled = false }: SecretFieldProps) {
  const [replacing, setReplacing] = useState(false);
  const stored = kept?.stored.includes(name) ?? false;
  const cleared = kept?.cleared.includes(name) ?? false;
  const keep = () => {
    onChange({ [name]: "" });
    kept?.onClear(name, false);
    setReplacing(false);
  };
  if (!stored || replacing || draft[name] !== "") {
    return (
      <Field type="password" autoComplete="off" label={label} value={draft[name]} onChange={(text) => onChange({ [name]: text })} isDisabled={isDisabled} help={help}>
        {stored && <Button onPress={keep}>Keep the stored one</Button>}
      </Field>
    );
  }
  return (
    <div className={css.secret} role="group" aria-label={label}>
      <p className={css.label}>{label}</p>
      <div>
        <Tag tone={cleared ? "warn" : "good"}>{cleared ? "Cleared when you save" : "Set, unchanged"}</Tag>
        {!cleared && <Button onPress={() => setReplacing(true)}>Replace…</Button>}
        {cleared ? <Button onPress={keep}>Keep it</Button> : <Button onPress={() => kept?.onClear(name, true)}>Clear</Button>}
      </div>
      {help && <p className={css.help}>{help}</p>}
    </div>
  );
}
