import { useState } from "react";

import type { InstallationSettings } from "../../../bindings/InstallationSettings";
import type { RunView } from "../../../bindings/RunView";
import { Button } from "../../../components/Button";
import { Loading } from "../../../components/Empty";
import { count } from "../../../components/format";
import { Panel, Stack } from "../../../components/Layout";
import { Notice, ProblemNotice } from "../../../components/Notice";
import { useAsk, useDo } from "../../../engine/ask";
import { fieldErrors, problemOf } from "../../../engine/problem";
import type { StepProps } from "../../RunScreen";
import { StepFrame } from "../../Wizard";
import { LinuxSettings } from "./LinuxSettings";
import { networkErrors, isSplit } from "./networks";
import { NamespaceField, ProxyFields } from "./ProxyFields";
import { controllersOf, NOTHING_FOUND, plainErrors, type Found } from "./settings";

/** Settings of the installation that are not the application's own. */
export function InstallationStep({ view, past, onReturn }: StepProps) {
  const run = view.summary.id;
  const linux = view.summary.target === "linux";
  const settings = useAsk("installation_get", { run });
  const choices = useAsk("installation_choices", { run }, { enabled: linux, staleTime: 30_000 });
  const site = useAsk("site_get", { site: view.summary.site }, { enabled: linux });
  const error = settings.error ?? choices.error ?? site.error;
  const found: Found | null = !linux ? NOTHING_FOUND : choices.data && site.data ? { ...choices.data, controllers: controllersOf(site.data.linux?.hosts ?? []) } : null;
  if (settings.data && found) {
    return (
      <Settings
        view={view}
        past={past}
        stored={settings.data}
        found={found}
        asking={choices.isFetching}
        onAsk={() => void choices.refetch()}
        onReturn={onReturn}
      />
    );
  }
  return (
    <StepFrame title="Installation settings">
      {error ? (
        <ProblemNotice problem={problemOf(error)} actions={<Button onPress={() => void choices.refetch()}>Ask again</Button>} />
      ) : (
        <Loading what={linux ? "Asking the hosts for their interfaces and routes" : "Reading the installation settings"} />
      )}
    </StepFrame>
  );
}

interface Props {
  view: RunView;
  past: boolean;
  stored: InstallationSettings;
  found: Found;
  /** Whether hosts are being asked, and how they are asked again. */
  asking: boolean;
  onAsk: () => void;
  onReturn: () => void;
}

function Settings({ view, past, stored, found, asking, onAsk, onReturn }: Props) {
  const save = useDo("installation_set");
  const allowed = view.allowed.includes("configureInstallation");
  const [changing, setChanging] = useState(!past);
  const [draft, setDraft] = useState(stored);
  const [split, setSplit] = useState(isSplit(stored));
  const editable = allowed && changing;
  const linux = view.summary.target === "linux";
  const refused = fieldErrors(save.error);
  const own = linux ? { ...plainErrors(draft), ...networkErrors(draft, found.defaults, found.hosts, split) } : plainErrors(draft);
  const wrong = Object.keys(own).length;
  const field = (name: keyof InstallationSettings) => ({
    value: draft[name],
    onChange: (value: string) => setDraft((before) => ({ ...before, [name]: value })),
    error: own[name] ?? refused[name] ?? refused[`settings.${name}`],
    isReadOnly: !editable,
    mono: true,
  });
  const submit = () => save.mutate({ run: view.summary.id, settings: draft }, { onSuccess: onReturn });
  return (
    <StepFrame
      title="Installation settings"
      next={
        <Button kind="main" onPress={editable ? submit : onReturn} isDisabled={save.isPending || (editable && wrong > 0)}>
          {editable ? "Save settings" : "Back to where the run is"}
        </Button>
      }
      others={
        <>
          {allowed && !changing && <Button onPress={() => setChanging(true)}>Change…</Button>}
          <span role="status">{editable && wrong > 0 ? `Mend ${count(wrong, "field")} first.` : ""}</span>
        </>
      }
    >
      {save.isError && <ProblemNotice problem={problemOf(save.error)} />}
      {!editable && <Notice tone="info" title="Shown as stored" />}
      {linux ? (
        <LinuxSettings draft={draft} set={setDraft} field={field} found={found} split={split} onSplit={setSplit} editable={editable} asking={asking} onAsk={onAsk} />
      ) : (
        <Panel>
          <Stack>
            <NamespaceField field={field} />
            <ProxyFields field={field} />
          </Stack>
        </Panel>
      )}
    </StepFrame>
  );
}
