import { useMemo, useState } from "react";

import type { KubeconfigSource } from "../bindings/KubeconfigSource";
import type { RegistrySettings } from "../bindings/RegistrySettings";
import { Button } from "../components/Button";
import { Radios } from "../components/Choice";
import { Dialog } from "../components/Dialog";
import { Field } from "../components/Field";
import { Fold } from "../components/Fold";
import { Panel, Row, Stack } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { useDo } from "../engine/ask";
import { usePlatform } from "../engine/platform";
import { fieldErrors, problemOf } from "../engine/problem";
import { go } from "../frame/place";
import { ContextChoice } from "./ContextChoice";
import { parseTags } from "./filter";
import { NO_REGISTRY, RegistryForm } from "./RegistryForm";
import css from "./Sites.module.css";
import { useLater } from "./later";

type Way = KubeconfigSource["type"];

const WAYS = [
  { id: "environment", label: "Found on this machine" },
  { id: "file", label: "A file" },
  { id: "pasted", label: "Pasted" },
];

/** Adds a cluster by its kubeconfig. */
export function AddSite({ onClose }: { onClose: () => void }) {
  const [way, setWay] = useState<Way>("environment");
  const [path, setPath] = useState("");
  const [content, setContent] = useState("");
  const [context, setContext] = useState("");
  const [name, setName] = useState("");
  const [named, setNamed] = useState(false);
  const [tags, setTags] = useState("");
  const [namespace, setNamespace] = useState("");
  const [registry, setRegistry] = useState<RegistrySettings>(NO_REGISTRY);
  const add = useDo("site_add");
  const source = useLater(useMemo(() => sourceOf(way, path, content), [way, path, content]), 300);
  const errors = fieldErrors(add.error);
  const shownName = named ? name : context;
  const submit = () =>
    add.mutate(
      {
        name: shownName.trim(),
        tags: parseTags(tags),
        kubernetes: {
          kubeconfig: source ?? { type: "environment" },
          context,
          namespace: namespace.trim(),
          registry: registry.address ? registry : null,
          clusterUid: "",
        },
      },
      {
        onSuccess: (site) => {
          onClose();
          go({ screen: "site", site: site.summary.id });
        },
      },
    );
  return (
    <Dialog
      title="Add a site"
      isOpen
      onClose={onClose}
      wide
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button kind="main" isDisabled={!source || !context || !shownName.trim() || add.isPending} onPress={submit}>
            {add.isPending ? "Contacting the cluster…" : "Add site"}
          </Button>
        </>
      }
    >
      <Radios label="Kubeconfig" options={WAYS} value={way} onChange={(id) => setWay(id as Way)} />
      {way === "file" && <PathField path={path} onChange={setPath} error={errors["kubernetes.kubeconfig.path"]} />}
      {way === "pasted" && (
        <Field label="Kubeconfig as text" value={content} onChange={setContent} rows={6} mono help="Kept encrypted and never shown again." />
      )}
      {source && <ContextChoice source={source} value={context} onChange={setContext} />}
      <div className={css.pair}>
        <Field
          label="Name"
          value={shownName}
          onChange={(text) => {
            setNamed(true);
            setName(text);
          }}
          error={errors["name"]}
        />
        <Field label="Tags" value={tags} onChange={setTags} help="Separated by spaces or commas." />
        <Field label="Namespace" value={namespace} onChange={setNamespace} help="Empty takes the application's name." error={errors["kubernetes.namespace"]} mono />
      </div>
      <Panel flush>
        <Fold title="Registry for airgapped releases">
          {() => (
            <Padded>
              <RegistryForm value={registry} onChange={setRegistry} errors={errors} stored={false} />
            </Padded>
          )}
        </Fold>
      </Panel>
      {add.isError && <ProblemNotice problem={problemOf(add.error)} />}
    </Dialog>
  );
}

function Padded({ children }: { children: React.ReactNode }) {
  return (
    <div className={css.padded}>
      <Stack>{children}</Stack>
    </div>
  );
}

function sourceOf(way: Way, path: string, content: string): KubeconfigSource | null {
  if (way === "environment") return { type: "environment" };
  if (way === "file") return path.trim() ? { type: "file", path: path.trim() } : null;
  return content.trim() ? { type: "pasted", content } : null;
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
