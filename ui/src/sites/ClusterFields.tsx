import { useCallback, useMemo, type ReactNode } from "react";

import { Button } from "../components/Button";
import { Radios } from "../components/Choice";
import { Field } from "../components/Field";
import { Fold } from "../components/Fold";
import { Panel, Row, Stack } from "../components/Layout";
import { usePlatform } from "../engine/platform";
import { sourceOf, type ChangeCluster, type ClusterDraft } from "./cluster-draft";
import { ContextChoice } from "./ContextChoice";
import { useLater } from "./later";
import { RegistryForm } from "./RegistryForm";
import css from "./Sites.module.css";

const WAYS = [
  { id: "environment", label: "Found on this machine" },
  { id: "file", label: "A file" },
  { id: "pasted", label: "Pasted" },
];

export interface ClusterFieldsProps {
  draft: ClusterDraft;
  change: ChangeCluster;
  errors: Record<string, string>;
  /** What comes before the site's name, which follows from it, and what comes after. */
  part: "connection" | "rest";
}

/** A cluster by its kubeconfig. */
export function ClusterFields({ draft, change, errors, part }: ClusterFieldsProps) {
  const set = useCallback((more: Partial<ClusterDraft>) => change((now) => ({ ...now, ...more })), [change]);
  return part === "connection" ? <Connection draft={draft} set={set} errors={errors} /> : <Rest draft={draft} set={set} errors={errors} />;
}

interface PartProps {
  draft: ClusterDraft;
  set: (more: Partial<ClusterDraft>) => void;
  errors: Record<string, string>;
}

function Connection({ draft: { way, path, content, context }, set, errors }: PartProps) {
  const source = useLater(useMemo(() => sourceOf({ way, path, content }), [way, path, content]), 300);
  const choose = useCallback((chosen: string) => set({ context: chosen }), [set]);
  return (
    <>
      <Radios label="Kubeconfig" options={WAYS} value={way} onChange={(id) => set({ way: id as ClusterDraft["way"] })} />
      {way === "file" && <PathField path={path} onChange={(text) => set({ path: text })} error={errors["kubernetes.kubeconfig.path"]} />}
      {way === "pasted" && (
        <Field label="Kubeconfig as text" value={content} onChange={(text) => set({ content: text })} rows={6} mono help="Kept encrypted and never shown again." />
      )}
      {source && <ContextChoice source={source} value={context} onChange={choose} />}
    </>
  );
}

function Rest({ draft: { namespace, registry }, set, errors }: PartProps) {
  return (
    <>
      <div className={css.pair}>
        <Field label="Namespace" value={namespace} onChange={(text) => set({ namespace: text })} help="Empty takes the application's name." error={errors["kubernetes.namespace"]} mono />
      </div>
      <Panel flush>
        <Fold title="Registry for airgapped releases">
          {() => (
            <Padded>
              <RegistryForm value={registry} onChange={(value) => set({ registry: value })} errors={errors} stored={false} />
            </Padded>
          )}
        </Fold>
      </Panel>
    </>
  );
}

function Padded({ children }: { children: ReactNode }) {
  return (
    <div className={css.padded}>
      <Stack>{children}</Stack>
    </div>
  );
}

function PathField({ path, onChange, error }: { path: string; onChange: (path: string) => void; error?: string | undefined }) {
  const { pickFile, kind } = usePlatform();
  return (
    <Field
      label="Path of the file"
      value={path}
      onChange={onChange}
      mono
      error={error}
      help={kind === "http" ? "On the server's machine. It is read, never written." : "It is read, never written."}
    >
      {pickFile && (
        <Row>
          <Button onPress={() => void pickFile("Kubeconfig", []).then((picked) => picked && onChange(picked))}>Choose…</Button>
        </Row>
      )}
    </Field>
  );
}
