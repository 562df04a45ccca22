import { useState } from "react";

import type { HostChecks } from "../bindings/HostChecks";
import { Button } from "../components/Button";
import { Checkbox } from "../components/Choice";
import { Dialog } from "../components/Dialog";
import { count } from "../components/format";
import { CopyButton } from "../components/Id";
import { Notice, ProblemNotice } from "../components/Notice";
import { problemOf } from "../engine/problem";
import { go } from "../frame/place";
import { accepting } from "./draft";
import { useRequest, useStart } from "./requests";
import css from "./Result.module.css";

/** Fingerprints that nobody has compared yet, each with the hosts that show it. */
export function unknownKeys(hosts: HostChecks[]): { key: string; hosts: string[] }[] {
  const keys = [...new Set(hosts.map((one) => one.unknownKey).filter(Boolean))];
  return keys.map((key) => ({ key, hosts: hosts.filter((one) => one.unknownKey === key).map((one) => one.host) }));
}

/** Has fingerprints compared one by one; only those that were are taken, by the run that starts then. */
export function AcceptKeys({ preflight, hosts, onClose }: { preflight: string; hosts: HostChecks[]; onClose: () => void }) {
  const request = useRequest(preflight);
  const { start, pending, error } = useStart();
  const [compared, setCompared] = useState<ReadonlySet<string>>(new Set());
  const keys = [...compared];
  const turn = (key: string, on: boolean) => setCompared(new Set(on ? [...compared, key] : keys.filter((one) => one !== key)));
  const accept = () => (request ? start(accepting(request, keys)) : go({ screen: "checkhosts", like: preflight, accept: keys }));
  return (
    <Dialog
      title="Compare host keys"
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>Accept none</Button>
          <Button kind="main" isDisabled={keys.length === 0 || pending} onPress={accept}>
            {pending ? "Starting…" : `Accept ${keys.length > 0 ? count(keys.length, "key") : "keys"} and ${request ? "run again" : "start anew…"}`}
          </Button>
        </>
      }
    >
      <p>
        Nobody has accepted these keys on this machine before. Compare each with the host's own, on its console:{" "}
        <code>ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</code>
      </p>
      <ul className={css.keys}>
        {unknownKeys(hosts).map(({ key, hosts: shown }) => (
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
      {!request && (
        <Notice tone="info" title="This run has to be started anew">
          What it was started with is not in memory any more. Its hosts and the accepted keys are filled in for you.
        </Notice>
      )}
      {error && <ProblemNotice problem={problemOf(error)} />}
    </Dialog>
  );
}
