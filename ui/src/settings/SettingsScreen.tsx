import { useState } from "react";

import type { Settings } from "../bindings/Settings";
import type { Theme } from "../bindings/Theme";
import { announce } from "../components/Announcer";
import { Button } from "../components/Button";
import { Checkbox, Radios } from "../components/Choice";
import { Loading } from "../components/Empty";
import { Field } from "../components/Field";
import { Facts, Panel, Row, Section, Stack } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { useAsk, useDo } from "../engine/ask";
import { fieldErrors, problemOf } from "../engine/problem";
import { AuditTrail } from "./AuditTrail";
import { LicenseKeys } from "./LicenseKeys";
import { VendorKeys } from "./VendorKeys";

export function SettingsScreen() {
  const settings = useAsk("settings_get", {});
  const health = useAsk("health", {}).data;
  return (
    <Page title="Settings">
      {settings.isPending && <Loading what="Reading the settings" />}
      {settings.isError && <ProblemNotice problem={problemOf(settings.error)} />}
      {settings.data && <SettingsForm key={JSON.stringify(settings.data)} stored={settings.data} />}
      <AuditTrail />
      {health && (
        <Section title="About">
          <Panel>
            <Facts
              facts={[
                { term: "Longshore", value: health.version },
                { term: "Data and logs", value: <code>{health.data}</code> },
              ]}
            />
          </Panel>
        </Section>
      )}
    </Page>
  );
}

const THEMES = [
  { id: "system", label: "As the system says" },
  { id: "light", label: "Light" },
  { id: "dark", label: "Dark" },
];

function SettingsForm({ stored }: { stored: Settings }) {
  const save = useDo("settings_set");
  const [draft, setDraft] = useState(stored);
  const errors = fieldErrors(save.error);
  const changed = JSON.stringify(draft) !== JSON.stringify(stored);
  const keep = (settings: Settings) => save.mutate(settings, { onSuccess: () => announce("Settings saved.") });
  return (
    <Stack gap="l">
      <Section title="Colours">
        <Panel>
          <Radios label="Colours" hideLabel options={THEMES} value={stored.theme} onChange={(theme) => keep({ ...stored, theme: theme as Theme })} />
        </Panel>
      </Section>
      <Section title="Licenses">
        <Panel>
          <LicenseKeys stored={stored} />
        </Panel>
      </Section>
      <Section title="Keys of vendors">
        <Panel>
          <VendorKeys />
        </Panel>
      </Section>
      <Section title="Library and metrics">
        <Panel>
          <Stack>
            <Field
              label="Folder of the bundle library"
              value={draft.library}
              onChange={(library) => setDraft({ ...draft, library })}
              placeholder="The default one"
              help="From the next start on. To take along what is in it, move it from the library's own screen."
              error={errors["library"]}
              mono
            />
            <Checkbox
              label="Report starts, successes and failures of installs and upgrades"
              isSelected={draft.metrics.enabled}
              onChange={(enabled) => setDraft({ ...draft, metrics: { ...draft.metrics, enabled } })}
            />
            <Field
              label="Where reports go"
              value={draft.metrics.endpoint}
              onChange={(endpoint) => setDraft({ ...draft, metrics: { ...draft.metrics, endpoint } })}
              isDisabled={!draft.metrics.enabled}
              help="Runs of airgapped releases are never reported."
              placeholder="https://"
              error={errors["metrics.endpoint"]}
              mono
            />
            {save.isError && <ProblemNotice problem={problemOf(save.error)} />}
            <Row end>
              <Button onPress={() => setDraft(stored)} isDisabled={!changed}>
                Discard changes
              </Button>
              <Button onPress={() => keep({ ...draft, theme: stored.theme })} isDisabled={!changed || save.isPending}>
                Save settings
              </Button>
            </Row>
          </Stack>
        </Panel>
      </Section>
    </Stack>
  );
}
