import { useState } from "react";

import type { ConfigItem } from "../bindings/ConfigItem";
import type { KubeconfigSource } from "../bindings/KubeconfigSource";
import type { SiteDetail } from "../bindings/SiteDetail";
import { Button } from "../components/Button";
import { Checkbox } from "../components/Choice";
import { Loading } from "../components/Empty";
import { Facts, Panel, Row, Section, Stack } from "../components/Layout";
import { Notice, ProblemNotice } from "../components/Notice";
import { useAsk, useDo } from "../engine/ask";
import { fieldErrors, problemOf } from "../engine/problem";
import { go } from "../frame/place";
import { NameAndTags } from "./NameAndTags";
import { NO_REGISTRY, RegistryForm } from "./RegistryForm";
import { NOTHING } from "./update";

export function Connection({ detail }: { detail: SiteDetail }) {
  return (
    <Stack gap="l">
      <Values detail={detail} />
      <NameAndTags summary={detail.summary} />
      <Registry detail={detail} />
      <Signatures detail={detail} />
      <Section title="Connection">
        <Panel>
          <Facts
            facts={[
              { term: "Kubeconfig", value: sourceWord(detail.kubernetes.kubeconfig) },
              { term: "Context", value: <code>{detail.kubernetes.context}</code> },
              { term: "Namespace", value: detail.kubernetes.namespace || "The application's name" },
            ]}
          />
        </Panel>
      </Section>
    </Stack>
  );
}

/** Whether bundles must be signed to be installed here. */
function Signatures({ detail }: { detail: SiteDetail }) {
  const update = useDo("site_update");
  return (
    <Section title="Signatures">
      <Panel>
        <Stack>
          <Checkbox
            label="Take only bundles that are signed with the pinned key of their vendor"
            isSelected={detail.signatureRequired}
            isDisabled={update.isPending}
            onChange={(signatureRequired) => update.mutate({ ...NOTHING, site: detail.summary.id, signatureRequired })}
          />
          {update.isError && <ProblemNotice problem={problemOf(update.error)} />}
        </Stack>
      </Panel>
    </Section>
  );
}

function sourceWord(source: KubeconfigSource): string {
  if (source.type === "file") return source.path;
  return source.type === "pasted" ? "Pasted, kept encrypted" : "As found on this machine";
}

/** The values that the live revision was made with, where its run is known here. */
function Values({ detail }: { detail: SiteDetail }) {
  const { installed } = detail.summary;
  const live = detail.revisions.find((one) => one.current);
  const known = live && detail.runs.some((run) => run.id === live.run);
  const config = useAsk("config_get", { run: live?.run ?? "" }, { enabled: Boolean(known) });
  const bundles = useAsk("bundle_list", {}).data?.bundles ?? [];
  if (!installed) return null;
  const same = bundles.find((one) => one.slug === installed.slug && one.version === installed.version);
  const change = same && (
    <Button onPress={() => go({ screen: "start", site: detail.summary.id, bundle: same.id })}>Change configuration…</Button>
  );
  return (
    <Section title="Configuration" aside={change}>
      <Panel>
        {!known && "The live revision was made elsewhere; its values are read when a change or an upgrade begins."}
        {known && config.isPending && <Loading what="Reading the configuration" />}
        {config.isError && <ProblemNotice problem={problemOf(config.error)} />}
        {config.data && (
          <Facts
            facts={config.data.groups
              .flatMap((group) => group.items)
              .filter((item) => item.kind !== "label" && item.kind !== "heading")
              .map((item) => ({ term: item.title || item.name, value: valueWord(item) }))}
          />
        )}
      </Panel>
    </Section>
  );
}

function valueWord(item: ConfigItem): string {
  if (item.kind === "password") return item.isSet ? "Set, not shown" : "Not set";
  if (item.kind === "file") return item.filename || (item.isSet ? "A file" : "No file");
  const value = item.value || item.default;
  if (item.kind === "bool") return value === "1" ? "On" : "Off";
  return item.options.find((option) => option.name === value)?.title ?? (value || "Empty");
}

function Registry({ detail }: { detail: SiteDetail }) {
  const update = useDo("site_update");
  const stored = detail.kubernetes.registry;
  const [registry, setRegistry] = useState(stored ?? NO_REGISTRY);
  const save = () =>
    update.mutate(
      { ...NOTHING, site: detail.summary.id, registry },
      { onSuccess: () => setRegistry((before) => ({ ...before, password: null })) },
    );
  return (
    <Section title="Registry">
      <Panel>
        <Stack>
          {!stored && (
            <Notice tone="info" title="No registry yet">
              An airgapped release needs one: images are pushed to it, and the cluster pulls from it.
            </Notice>
          )}
          <RegistryForm value={registry} onChange={setRegistry} errors={fieldErrors(update.error)} stored={Boolean(stored?.username)} />
          {update.isError && <ProblemNotice problem={problemOf(update.error)} />}
          <Row end>
            <Button onPress={save} isDisabled={update.isPending || !registry.address.trim()}>
              Save registry
            </Button>
          </Row>
        </Stack>
      </Panel>
    </Section>
  );
}
