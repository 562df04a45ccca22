import { X } from "lucide-react";

import { Button, IconButton } from "../components/Button";
import { Checkbox } from "../components/Choice";
import { Field } from "../components/Field";
import { Fold } from "../components/Fold";
import { Panel, Stack } from "../components/Layout";
import { usePlatform } from "../engine/platform";
import css from "./CheckHosts.module.css";
import type { SshDraft } from "./draft";
import { SecretField, type Kept } from "./SecretField";

type Change = (change: Partial<SshDraft>) => void;

interface Props {
  title?: string | undefined;
  draft: SshDraft;
  onChange: Change;
  /** Where passwords are kept with a site, and which are. Elsewhere they are in memory only. */
  kept?: Kept;
}

/** How hosts are reached, where ssh_config does not say it. */
export function SshFields({ title = "How hosts are reached", draft, onChange, kept }: Props) {
  return (
    <Panel flush>
      <Fold title={title} aside={<span className={css.at}>{summaryOf(draft, kept)}</span>} level={2} defaultOpen={draft.acceptedKeys.length > 0}>
        {() => (
          <div className={css.padded}>
            <Files draft={draft} onChange={onChange} />
            <Secrets draft={draft} onChange={onChange} kept={kept} />
          </div>
        )}
      </Fold>
    </Panel>
  );
}

function summaryOf(draft: SshDraft, kept: Kept | undefined): string {
  const said = [
    draft.identities.trim() && "key files",
    draft.knownHosts.trim() && "known_hosts",
    draft.config.trim() && "ssh_config",
    (draft.password || draft.passphrase || draft.rootPassword || (kept && kept.stored.length > kept.cleared.length)) && "passwords",
    draft.acceptedKeys.length > 0 && "accepted host keys",
    draft.asUser && "without root",
  ].filter(Boolean);
  return said.length > 0 ? said.join(", ") : "As ssh on this machine does, becoming root";
}

function Files({ draft, onChange }: Props) {
  const { pickFile, kind } = usePlatform();
  const where = kind === "http" ? "On the server's machine." : "On this machine.";
  const choose = (title: string, take: (path: string) => void) =>
    pickFile && <Button onPress={() => void pickFile(title, []).then((path) => path && take(path))}>Choose…</Button>;
  return (
    <Stack>
      <Field
        label="Key files, one a line"
        value={draft.identities}
        onChange={(identities) => onChange({ identities })}
        rows={2}
        mono
        help={`Tried before those of ssh_config. ${where}`}
      >
        {choose("Key file", (path) => onChange({ identities: [draft.identities.trim(), path].filter(Boolean).join("\n") }))}
      </Field>
      <Field label="known_hosts" value={draft.knownHosts} onChange={(knownHosts) => onChange({ knownHosts })} mono placeholder="~/.ssh/known_hosts" help={`Instead of the usual files. ${where}`}>
        {choose("known_hosts", (knownHosts) => onChange({ knownHosts }))}
      </Field>
      <Field label="ssh_config" value={draft.config} onChange={(config) => onChange({ config })} mono placeholder="~/.ssh/config" help="Instead of the usual files; none reads no file at all.">
        {choose("ssh_config", (config) => onChange({ config }))}
      </Field>
    </Stack>
  );
}

function Secrets({ draft, onChange, kept }: Props) {
  const shared = { draft, onChange, kept };
  return (
    <Stack>
      <SecretField {...shared} name="password" label="Password for logging in" />
      <SecretField {...shared} name="passphrase" label="Passphrase of the key files" />
      <SecretField
        {...shared}
        name="rootPassword"
        label="Password for sudo"
        isDisabled={draft.asUser}
        help={`Empty takes the one for logging in. ${kept ? "All three are kept encrypted and never shown again." : "None of the three is stored: they are in memory until this window is closed."}`}
      />
      <Checkbox label="Run without root; what only root can see is then told as such" isSelected={draft.asUser} onChange={(asUser) => onChange({ asUser })} />
      {draft.acceptedKeys.length > 0 && (
        <div role="group" aria-label="Accepted host keys">
          <p className={css.label}>Accepted host keys</p>
          {draft.acceptedKeys.map((key) => (
            <div key={key} className={css.key}>
              <code>{key}</code>
              <IconButton icon={X} label={`Do not accept ${key}`} onPress={() => onChange({ acceptedKeys: draft.acceptedKeys.filter((one) => one !== key) })} />
            </div>
          ))}
        </div>
      )}
    </Stack>
  );
}
