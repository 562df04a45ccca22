import { useState } from "react";

import type { SiteSummary } from "../bindings/SiteSummary";
import type { SpecFile } from "../bindings/SpecFile";
import { Button } from "../components/Button";
import { Select } from "../components/Choice";
import { Dialog } from "../components/Dialog";
import { Notice, ProblemNotice } from "../components/Notice";
import { useAsk } from "../engine/ask";
import { fieldErrors, problemOf } from "../engine/problem";
import { useSites } from "../engine/sites";
import { EMPTY_SSH, sshOf } from "../preflights/draft";
import { SpecFiles } from "../preflights/SpecFiles";
import { SshFields } from "../preflights/SshFields";
import { useCollect } from "./requests";
import css from "./Supports.module.css";

const OWN = "own";

/** Asks what a support bundle is to be of, and what is to be in it beyond what always is. */
export function Collect({ site: first, onClose }: { site: string | null; onClose: () => void }) {
  const sites = useSites();
  const [site, setSite] = useState(first);
  const [bundle, setBundle] = useState<string | null>(null);
  const [specs, setSpecs] = useState<SpecFile[]>([]);
  const [ssh, setSsh] = useState(EMPTY_SSH);
  const { start, pending, error } = useCollect(onClose);
  const errors = fieldErrors(error);
  const chosen = sites.find((one) => one.id === site);
  return (
    <Dialog
      title="Collect a support bundle"
      isOpen
      onClose={onClose}
      wide
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button kind="main" isDisabled={site === null || pending} onPress={() => site !== null && start({ site, specs, bundle, ssh: sshOf(ssh) })}>
            {pending ? "Starting…" : chosen ? `Collect from ${chosen.name}` : "Collect"}
          </Button>
        </>
      }
    >
      {sites.length === 0 && (
        <Notice tone="info" title="There is no site yet">
          A support bundle is of a site. Add one first, under Sites.
        </Notice>
      )}
      <Select label="Site" options={sites.map((one) => ({ id: one.id, label: one.name }))} value={site} onChange={setSite} error={errors["site"]} />
      <p className={css.content}>{contentOf(chosen)}</p>
      <BundleChoice of={chosen} bundle={bundle} onChange={setBundle} error={errors["bundle"]} />
      <SpecFiles specs={specs} onChange={setSpecs} kinds="SupportBundle, Preflight and Redactor, as a vendor ships them." />
      {chosen?.target === "linux" && <SshFields draft={ssh} onChange={(more) => setSsh((before) => ({ ...before, ...more }))} />}
      {error && <ProblemNotice problem={problemOf(error)} />}
    </Dialog>
  );
}

function contentOf(site: SiteSummary | undefined): string {
  const there = !site ? "what the site says of itself" : site.target === "linux" ? "facts and logs of its hosts" : "objects, events and pod logs of its cluster";
  return `It will hold ${there}, its runs with their plans and logs, who did what there, and what checks find; passwords, tokens and keys are masked before anything is written.`;
}

interface BundleChoiceProps {
  of: SiteSummary | undefined;
  bundle: string | null;
  onChange: (bundle: string | null) => void;
  error: string | undefined;
}

function BundleChoice({ of, bundle, onChange, error }: BundleChoiceProps) {
  const bundles = useAsk("bundle_list", {}).data?.bundles ?? [];
  const { installed } = of ?? {};
  const own = installed ? `What is installed: ${installed.title} ${installed.version}` : "None";
  return (
    <Select
      label="The specs of a release"
      value={bundle ?? OWN}
      options={[{ id: OWN, label: own }, ...bundles.map((one) => ({ id: one.id, label: `${one.title} ${one.version}` }))]}
      onChange={(id) => onChange(id === OWN ? null : id)}
      help={`What its vendor collects, checks and masks${installed ? ", when the library has its bundle" : ""}.`}
      error={error}
    />
  );
}
