import { useState } from "react";

import type { SiteAddRequest } from "../bindings/SiteAddRequest";
import type { Target } from "../bindings/Target";
import { Button } from "../components/Button";
import { Radios } from "../components/Choice";
import { Dialog } from "../components/Dialog";
import { Field } from "../components/Field";
import { ProblemNotice } from "../components/Notice";
import { useDo } from "../engine/ask";
import { fieldErrors, problemOf } from "../engine/problem";
import { go } from "../frame/place";
import { ClusterFields } from "./ClusterFields";
import { EMPTY_CLUSTER, kubernetesOf, missing as missingOfCluster } from "./cluster-draft";
import { parseTags } from "./filter";
import { EMPTY_LINUX, linuxOf, missing as missingOfHosts } from "./hosts/draft";
import hosts from "./hosts/Hosts.module.css";
import { HostsEditor } from "./hosts/HostsEditor";
import css from "./Sites.module.css";

const TARGETS = [
  { id: "kubernetes", label: "Existing cluster" },
  { id: "linux", label: "Linux hosts" },
];

/** Adds a site: a cluster by its kubeconfig, or Linux hosts by the way to them. */
export function AddSite({ onClose }: { onClose: () => void }) {
  const [target, setTarget] = useState<Target>("kubernetes");
  const [cluster, setCluster] = useState(EMPTY_CLUSTER);
  const [linux, setLinux] = useState(EMPTY_LINUX);
  const [name, setName] = useState("");
  const [named, setNamed] = useState(false);
  const [tags, setTags] = useState("");
  const add = useDo("site_add");
  const test = useDo("host_test");
  const errors = fieldErrors(add.error);
  const ofHosts = target === "linux";
  const shownName = named || ofHosts ? name : cluster.context;
  const why = (ofHosts ? missingOfHosts(linux) : missingOfCluster(cluster)) || (shownName.trim() === "" ? "Give the site a name." : "");
  const request = (): SiteAddRequest => ({
    name: shownName.trim(),
    tags: parseTags(tags),
    kubernetes: ofHosts ? null : kubernetesOf(cluster),
    linux: ofHosts ? linuxOf(linux) : null,
  });
  const submit = () =>
    add.mutate(request(), {
      onSuccess: ({ summary }) => {
        if (ofHosts) test.mutate({ site: summary.id, hosts: [], acceptedKeys: [] });
        onClose();
        go({ screen: "site", site: summary.id });
      },
    });
  return (
    <Dialog
      title="Add a site"
      isOpen
      onClose={onClose}
      wide={!ofHosts}
      full={ofHosts}
      footer={
        <>
          {ofHosts && (
            <span className={hosts.why} role="status">
              {why}
            </span>
          )}
          <Button onPress={onClose}>Cancel</Button>
          <Button kind="main" isDisabled={why !== "" || add.isPending} onPress={submit}>
            {!add.isPending ? "Add site" : ofHosts ? "Adding…" : "Contacting the cluster…"}
          </Button>
        </>
      }
    >
      <Radios label="What it is" options={TARGETS} value={target} onChange={(id) => setTarget(id as Target)} />
      {!ofHosts && <ClusterFields draft={cluster} change={setCluster} errors={errors} part="connection" />}
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
        <Field label="Tags" value={tags} onChange={setTags} placeholder="Separated by spaces or commas" />
      </div>
      {ofHosts ? <HostsEditor draft={linux} change={setLinux} errors={errors} first="lines" /> : <ClusterFields draft={cluster} change={setCluster} errors={errors} part="rest" />}
      {add.isError && <ProblemNotice problem={problemOf(add.error)} />}
    </Dialog>
  );
}
