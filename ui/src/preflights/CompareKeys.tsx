import { useState, type ReactNode } from "react";

import { Button } from "../components/Button";
import { Checkbox } from "../components/Choice";
import { Dialog } from "../components/Dialog";
import { count } from "../components/format";
import { CopyButton } from "../components/Id";
import { Notice, ProblemNotice } from "../components/Notice";
import { problemOf } from "../engine/problem";
import { keysOf, type KeyShown } from "./keys";
import css from "./Result.module.css";

export interface CompareKeysProps {
  hosts: readonly KeyShown[];
  /** What follows when keys are accepted: "run again". */
  then: string;
  pending: boolean;
  error: Error | null;
  onAccept: (keys: string[]) => void;
  onClose: () => void;
  children?: ReactNode;
}

/** Has fingerprints compared one by one; only those that were are taken. */
export function CompareKeys({ hosts, then, pending, error, onAccept, onClose, children }: CompareKeysProps) {
  const [compared, setCompared] = useState<ReadonlySet<string>>(new Set());
  const keys = [...compared];
  const turn = (key: string, on: boolean) => setCompared(new Set(on ? [...compared, key] : keys.filter((one) => one !== key)));
  return (
    <Dialog
      title="Compare host keys"
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>Accept none</Button>
          <Button kind="main" isDisabled={keys.length === 0 || pending} onPress={() => onAccept(keys)}>
            {pending ? "Starting…" : `Accept ${keys.length > 0 ? count(keys.length, "key") : "keys"} and ${then}`}
          </Button>
        </>
      }
    >
      <p>
        Nobody has accepted these keys on this machine before. Compare each with the host's own, on its console:{" "}
        <code>ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</code>
      </p>
      <ul className={css.keys}>
        {keysOf(hosts).map(({ key, hosts: shown }) => (
          <li key={key}>
            <strong>{shown.join(", ")}</strong>
            <span className={css.tags}>
              <code>{key}</code>
              <CopyButton text={key} label={`Copy the fingerprint of ${shown.join(", ")}`} />
            </span>
            <Checkbox label="It is the same" isSelected={compared.has(key)} onChange={(on) => turn(key, on)} />
          </li>
        ))}
      </ul>
      {children}
      {error && <ProblemNotice problem={problemOf(error)} />}
    </Dialog>
  );
}

/** Says that keys are not known, and opens the way to accept them. */
export function UnknownKeys({ hosts, dialog }: { hosts: readonly KeyShown[]; dialog: (onClose: () => void) => ReactNode }) {
  const [comparing, setComparing] = useState(false);
  const unknown = hosts.filter((one) => one.unknownKey !== "");
  if (unknown.length === 0) return null;
  return (
    <>
      <Notice
        tone="warn"
        title={unknown.length === 1 ? `The key of ${unknown[0]?.host} is not known on this machine` : `The keys of ${unknown.length} hosts are not known on this machine`}
        actions={<Button onPress={() => setComparing(true)}>Compare and accept…</Button>}
      >
        {keysOf(unknown).map(({ key }) => (
          <code key={key}>{key} </code>
        ))}
      </Notice>
      {comparing && dialog(() => setComparing(false))}
    </>
  );
}
