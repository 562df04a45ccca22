import type { InstallationSettings } from "../../../bindings/InstallationSettings";
import { Radios } from "../../../components/Choice";
import { Field } from "../../../components/Field";
import { Panel, Section, Stack } from "../../../components/Layout";
import { Notice } from "../../../components/Notice";
import css from "./Installation.module.css";
import { InterfaceField } from "./InterfaceField";
import { networksOf, networkWord } from "./networks";
import { noProxyOf } from "./proxy";
import { NamespaceField, ProxyFields } from "./ProxyFields";
import type { FieldOf, Found } from "./settings";

export interface LinuxSettingsProps {
  draft: InstallationSettings;
  set: (change: (before: InstallationSettings) => InstallationSettings) => void;
  field: FieldOf;
  found: Found;
  /** Pods and services have networks of their own. */
  split: boolean;
  onSplit: (split: boolean) => void;
  editable: boolean;
  asking: boolean;
  onAsk: () => void;
}

/** What a cluster on bare hosts must know before it is made. What is left empty is as the placeholders say. */
export function LinuxSettings({ draft, set, field, found, split, onSplit, editable, asking, onAsk }: LinuxSettingsProps) {
  const { defaults, hosts, controllers } = found;
  const name = field("networkInterface");
  return (
    <Stack gap="l">
      <Section title="Hosts">
        <Panel>
          <Stack>
            <Field label="Data directory" {...field("dataDirectory")} placeholder={defaults.dataDirectory} help="On every host, for the cluster, its images and its volumes. No symbolic link; it cannot be moved later." />
            <InterfaceField value={draft.networkInterface} onChange={name.onChange} error={name.error} hosts={hosts} editable={editable} asking={asking} onAsk={onAsk} />
          </Stack>
        </Panel>
      </Section>
      <Networks draft={draft} set={set} field={field} found={found} split={split} onSplit={onSplit} editable={editable} />
      {(controllers > 1 || draft.endpoint !== "") && (
        <Section title="API endpoint">
          <Panel>
            <Stack>
              <Field label="API endpoint" {...field("endpoint")} placeholder="The first controller" help={`Name or address of the load balancer before the ${controllers} controllers, with its port if that is not 6443.`} />
              {draft.endpoint === "" && (
                <Notice tone="warn" title="Without a load balancer every node depends on the first controller">
                  When it is away, the others cannot reach the API. It cannot be changed after the install.
                </Notice>
              )}
            </Stack>
          </Panel>
        </Section>
      )}
      <Section title="Proxy">
        <Panel>
          <Stack>
            <ProxyFields field={field} becomes={<Becomes list={noProxyOf(draft, defaults, hosts)} />} />
          </Stack>
        </Panel>
      </Section>
      <Section title="Application">
        <Panel>
          <NamespaceField field={field} />
        </Panel>
      </Section>
    </Stack>
  );
}

/** The whole of NO_PROXY, so that nobody has to guess what is added. */
function Becomes({ list }: { list: string[] }) {
  if (list.length === 0) return "Separated by commas. What the cluster itself needs is added once there is a proxy.";
  return (
    <>
      Separated by commas. With what the cluster needs it becomes <code className={css.long}>{list.join(", ")}</code>
    </>
  );
}

const WAYS = [
  { id: "one", label: "One network, halved" },
  { id: "two", label: "Two networks" },
];

function Networks({ draft, set, field, found, split, onSplit, editable }: Omit<LinuxSettingsProps, "asking" | "onAsk">) {
  const networks = networksOf(draft, found.defaults);
  const choose = (two: boolean) => {
    onSplit(two);
    // What belongs to the other way is not sent along.
    set((before) => (two ? { ...before, globalCidr: "" } : { ...before, podCidr: "", serviceCidr: "" }));
  };
  return (
    <Section title="Networks of pods and services">
      <Panel>
        <Stack>
          <Radios label="Addresses" options={WAYS} value={split ? "two" : "one"} onChange={(id) => choose(id === "two")} isReadOnly={!editable} />
          {split ? (
            <div className={css.two}>
              <Field label="Network of pods" {...field("podCidr")} placeholder="10.244.0.0/17" />
              <Field label="Network of services" {...field("serviceCidr")} placeholder="10.244.128.0/17" />
            </div>
          ) : (
            <Field
              label="Network of both"
              {...field("globalCidr")}
              placeholder={found.defaults.globalCidr}
              help={networks ? `Pods get ${networkWord(networks.pods)}, services ${networkWord(networks.services)}.` : "/16 or larger, written as 10.244.0.0/16."}
            />
          )}
          <p className={css.soft}>They are used inside the cluster only, and must not be in use on the hosts&rsquo; networks. They cannot be changed after the install.</p>
        </Stack>
      </Panel>
    </Section>
  );
}
