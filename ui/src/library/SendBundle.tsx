import { useState } from "react";

import type { BundleSummary } from "../bindings/BundleSummary";
import { Button } from "../components/Button";
import { Radios, Select } from "../components/Choice";
import { Dialog } from "../components/Dialog";
import { Field } from "../components/Field";
import { Row, Stack } from "../components/Layout";
import { Notice, ProblemNotice } from "../components/Notice";
import { useAsk, useDo } from "../engine/ask";
import { fieldErrors, problemOf } from "../engine/problem";
import { go } from "../frame/place";
import { EMPTY_SSH, sshOf } from "../preflights/draft";
import { NO_REGISTRY, RegistryForm } from "../sites/RegistryForm";

const TO = [
  { id: "site", label: "A site" },
  { id: "registry", label: "Another registry" },
];

/** Images of a bundle to a registry or to hosts, outside of any run: ahead of an upgrade, or for others to pull. */
export function PushBundle({ bundle, onClose }: { bundle: BundleSummary; onClose: () => void }) {
  const push = useDo("bundle_push");
  const sites = useAsk("site_list", { search: "", tag: null }).data?.sites ?? [];
  const [to, setTo] = useState("site");
  const [site, setSite] = useState("");
  const [registry, setRegistry] = useState(NO_REGISTRY);
  const ofHosts = to === "site" && sites.some((one) => one.id === site && one.target === "linux");
  const ready = to === "site" ? site !== "" : registry.address.trim() !== "";
  const begin = () =>
    push.mutate(
      { bundle: bundle.id, site: to === "site" ? site : null, registry: to === "site" ? null : registry, hosts: [], ssh: sshOf(EMPTY_SSH) },
      { onSuccess: () => go({ screen: "library" }) },
    );
  return (
    <Dialog title={`Push the images of ${bundle.title} ${bundle.version}`} isOpen onClose={onClose}>
      <Stack>
        <Radios label="To" options={TO} value={to} onChange={setTo} />
        {to === "site" ? (
          <Select label="Site" options={sites.map((one) => ({ id: one.id, label: one.target === "linux" ? `${one.name} (hosts)` : one.name }))} value={site} onChange={setSite} />
        ) : (
          <RegistryForm value={registry} onChange={setRegistry} errors={fieldErrors(push.error)} stored={false} />
        )}
        <Notice tone="info" title={ofHosts ? "What a host has is not sent again" : "What the registry has is not sent again"}>
          {ofHosts && "The images go to the site's registry; when it names none, straight into the containerd of each host."}
        </Notice>
        {push.isError && <ProblemNotice problem={problemOf(push.error)} />}
        <Row end>
          <Button onPress={onClose}>Close</Button>
          <Button kind="main" isDisabled={!ready || push.isPending} onPress={begin}>
            Push
          </Button>
        </Row>
      </Stack>
    </Dialog>
  );
}

/** A bundle as a file again, whole or without what another bundle carries. */
export function ExportBundle({ bundle, onClose }: { bundle: BundleSummary; onClose: () => void }) {
  const write = useDo("bundle_export");
  const bundles = useAsk("bundle_list", {}).data?.bundles ?? [];
  const [file, setFile] = useState("");
  const [base, setBase] = useState("");
  const bases = bundles.filter((one) => one.slug === bundle.slug && one.id !== bundle.id);
  const errors = fieldErrors(write.error);
  const begin = () =>
    write.mutate({ bundle: bundle.id, file: file.trim(), base: base === "" ? null : base }, { onSuccess: () => go({ screen: "library" }) });
  return (
    <Dialog title={`Write ${bundle.title} ${bundle.version} to a file`} isOpen onClose={onClose}>
      <Stack>
        <Field label="File" value={file} onChange={setFile} placeholder="/media/stick/release.airgap" help="Whole path, on the machine that Longshore runs on; it must not be there yet." error={errors["file"]} mono />
        <Select
          label="The other side has"
          options={[{ id: "", label: "Nothing: write all of it" }, ...bases.map((one) => ({ id: one.id, label: `${one.title} ${one.version}: write what that one lacks` }))]}
          value={base}
          onChange={setBase}
        />
        {write.isError && Object.keys(errors).length === 0 && <ProblemNotice problem={problemOf(write.error)} />}
        <Row end>
          <Button onPress={onClose}>Close</Button>
          <Button kind="main" isDisabled={file.trim() === "" || write.isPending} onPress={begin}>
            Write
          </Button>
        </Row>
      </Stack>
    </Dialog>
  );
}
