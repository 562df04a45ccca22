import { useState } from "react";

import type { InstallationSettings } from "../../../bindings/InstallationSettings";
import type { RunView } from "../../../bindings/RunView";
import { Button } from "../../../components/Button";
import { Loading } from "../../../components/Empty";
import { Field } from "../../../components/Field";
import { Panel, Stack } from "../../../components/Layout";
import { Notice, ProblemNotice } from "../../../components/Notice";
import { useAsk, useDo } from "../../../engine/ask";
import { fieldErrors, problemOf } from "../../../engine/problem";
import type { StepProps } from "../../RunScreen";
import { StepFrame } from "../../Wizard";

/** Settings of the installation that are not the application's own. */
export function InstallationStep({ view, past, onReturn }: StepProps) {
  const settings = useAsk("installation_get", { run: view.summary.id });
  if (settings.data) return <Settings view={view} past={past} stored={settings.data} onReturn={onReturn} />;
  return (
    <StepFrame title="Installation settings">
      {settings.isError ? <ProblemNotice problem={problemOf(settings.error)} /> : <Loading what="Reading the installation settings" />}
    </StepFrame>
  );
}

interface Props {
  view: RunView;
  past: boolean;
  stored: InstallationSettings;
  onReturn: () => void;
}

function Settings({ view, past, stored, onReturn }: Props) {
  const save = useDo("installation_set");
  const allowed = view.allowed.includes("configureInstallation");
  const [changing, setChanging] = useState(!past);
  const [draft, setDraft] = useState(stored);
  const editable = allowed && changing;
  const errors = fieldErrors(save.error);
  const field = (name: keyof InstallationSettings) => ({
    value: draft[name],
    onChange: (value: string) => setDraft({ ...draft, [name]: value }),
    error: errors[name] ?? errors[`settings.${name}`],
    isReadOnly: !editable,
    mono: true,
  });
  const submit = () => save.mutate({ run: view.summary.id, settings: draft }, { onSuccess: onReturn });
  return (
    <StepFrame
      title="Installation settings"
      next={
        <Button kind="main" onPress={editable ? submit : onReturn} isDisabled={save.isPending}>
          {editable ? "Save settings" : "Back to where the run is"}
        </Button>
      }
      others={allowed && !changing && <Button onPress={() => setChanging(true)}>Change…</Button>}
    >
      {save.isError && <ProblemNotice problem={problemOf(save.error)} />}
      {!editable && <Notice tone="info" title="Shown as stored" />}
      <Panel>
        <Stack>
          <Field label="Namespace" {...field("namespace")} help="Made when it does not exist. The application cannot move to another one later." />
          <Field label="HTTP proxy" {...field("httpProxy")} placeholder="http://proxy.example:3128" help="Empty when the application needs none." />
          <Field label="HTTPS proxy" {...field("httpsProxy")} placeholder="http://proxy.example:3128" />
          <Field label="Hosts reached without a proxy" {...field("noProxy")} placeholder=".svc,.cluster.local,10.0.0.0/8" help="Separated by commas." />
        </Stack>
      </Panel>
    </StepFrame>
  );
}
