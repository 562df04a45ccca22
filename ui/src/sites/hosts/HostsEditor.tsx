import { useState } from "react";

import { Radios } from "../../components/Choice";
import type { SshDraft } from "../../preflights/draft";
import type { SecretName } from "../../preflights/SecretField";
import { SshFields } from "../../preflights/SshFields";
import { AddFromConfig } from "./AddFromConfig";
import { AddLines } from "./AddLines";
import { rowErrors, withRow, type ChangeDraft, type LinuxDraft } from "./draft";
import { HostRows } from "./HostRows";

type Way = "lines" | "config" | "one";

const WAYS = [
  { id: "lines", label: "As lines" },
  { id: "config", label: "From ssh_config" },
  { id: "one", label: "One by one" },
];

export interface HostsEditorProps {
  draft: LinuxDraft;
  change: ChangeDraft;
  /** Refusals of the engine, by field. */
  errors: Record<string, string>;
  /** How hosts are added at first. */
  first: Way;
}

/** The hosts of a site and the way there. However they are added, they end up in one list that can be written into. */
export function HostsEditor({ draft, change, errors, first }: HostsEditorProps) {
  const [way, setWay] = useState<Way>(first);
  const choose = (id: string) => {
    setWay(id as Way);
    if (id === "one" && draft.rows.length === 0) change((now) => ({ ...now, rows: withRow(now.rows, null).rows }));
  };
  const onSsh = (more: Partial<SshDraft>) => change((now) => ({ ...now, ssh: { ...now.ssh, ...more } }));
  const onClear = (name: SecretName, clear: boolean) =>
    change((now) => ({ ...now, cleared: [...now.cleared.filter((one) => one !== name), ...(clear ? [name] : [])] }));
  return (
    <>
      <Radios label="Add hosts" options={WAYS} value={way} onChange={choose} />
      {way === "lines" && <AddLines lines={draft.lines} change={change} />}
      {way === "config" && <AddFromConfig rows={draft.rows} change={change} />}
      <HostRows rows={draft.rows} change={change} errors={rowErrors(errors, draft)} error={errors["linux.hosts"]} />
      <SshFields draft={draft.ssh} onChange={onSsh} kept={{ stored: draft.stored, cleared: draft.cleared, onClear }} />
    </>
  );
}
