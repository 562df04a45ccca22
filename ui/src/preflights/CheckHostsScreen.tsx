import { useState } from "react";

import { Button } from "../components/Button";
import { Checkbox, Select } from "../components/Choice";
import { Loading } from "../components/Empty";
import { Section, Stack } from "../components/Layout";
import { Notice, ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { useAsk } from "../engine/ask";
import { fieldErrors, problemOf } from "../engine/problem";
import { useHostsOf, useSites } from "../engine/sites";
import css from "./CheckHosts.module.css";
import { BUILTIN, draftFrom, draftOf, EMPTY, missing, requestOf, type Draft } from "./draft";
import { lineErrors, parseHosts, type HostLine } from "./host-lines";
import { HostsField } from "./HostsField";
import { useRequest, useStart } from "./requests";
import { SpecFiles } from "./SpecFiles";
import { SshFields } from "./SshFields";

/** What a preflight run needs to begin, empty or as an earlier one had it. */
export function CheckHostsScreen({ like, accept, site }: { like: string | null; accept: string[]; site: string | null }) {
  const request = useRequest(like ?? "");
  const view = useAsk("preflight_get", { preflight: like ?? "" }, { enabled: like !== null && request === null });
  if (like === null) return <CheckHosts first={{ ...EMPTY, site }} />;
  if (request) return <CheckHosts first={{ ...draftOf(request), acceptedKeys: [...new Set([...request.ssh.acceptedKeys, ...accept])] }} />;
  if (view.isError) return <CheckHosts first={EMPTY} />;
  if (!view.data) return <Loading what="Reading the preflight run" />;
  const lost = view.data.summary.specs.filter((spec) => spec !== BUILTIN);
  return <CheckHosts first={{ ...draftFrom(view.data), acceptedKeys: accept }} lost={lost} forgotten />;
}

interface FormProps {
  first: Draft;
  /** Specs that the earlier run had and that are not kept. */
  lost?: string[];
  /** The way to the hosts was given earlier and is not in memory any more. */
  forgotten?: boolean;
}

function CheckHosts({ first, lost = [], forgotten }: FormProps) {
  const [draft, setDraft] = useState(first);
  const [sent, setSent] = useState<HostLine[]>([]);
  const { start, pending, error } = useStart();
  const change = (more: Partial<Draft>) => setDraft((before) => ({ ...before, ...more }));
  const errors = fieldErrors(error);
  const lines = lineErrors(errors, sent);
  const own = useHostsOf(draft.site);
  const why = missing(draft, own !== null);
  const submit = () => {
    setSent(parseHosts(draft.hosts));
    start(requestOf(draft));
  };
  return (
    <Page title="Check hosts">
      {forgotten && (
        <Notice tone="info" title="Hosts and checks are those of the earlier run">
          Passwords and other ways to the hosts are not kept; give them again.
          {lost.length > 0 && ` Add again: ${lost.join(", ")}.`}
        </Notice>
      )}
      <div className={css.two}>
        <Stack>
          <HostsField label={own ? "Further hosts, one a line" : "Hosts, one a line"} value={draft.hosts} onChange={(hosts) => change({ hosts })} errors={lines} error={errors["hosts"]} />
          {own && own.length > 0 && <OwnHosts hosts={own} />}
          <Checkbox label="This machine too" isSelected={draft.local} onChange={(local) => change({ local })} />
        </Stack>
        <Stack>
          <Section title="Checks">
            <Checkbox label="Built-in host checks" isSelected={draft.builtin} onChange={(builtin) => change({ builtin })} />
            <ReleaseChoice bundle={draft.bundle} onChange={(bundle) => change({ bundle })} error={errors["bundle"]} />
          </Section>
          <SpecFiles specs={draft.specs} onChange={(specs) => change({ specs })} />
          <SiteChoice site={draft.site} ofHosts={own !== null} onChange={(site) => change({ site })} error={errors["site"]} />
        </Stack>
      </div>
      <SshFields title={own ? "How further hosts are reached" : undefined} draft={draft} onChange={change} />
      {error && <ProblemNotice problem={{ ...problemOf(error), details: lines.map(({ line, host }) => `Line ${line}: ${host}`) }} />}
      <div className={css.start}>
        <Button kind="main" isDisabled={why !== "" || pending} onPress={submit}>
          {pending ? "Starting…" : startLabel(draft, own)}
        </Button>
        <span className={css.help} role="status">
          {why || "Nothing is installed on the hosts, and nothing is left there."}
        </span>
      </div>
    </Page>
  );
}

/** What a site of Linux hosts adds by itself. */
function OwnHosts({ hosts }: { hosts: string[] }) {
  return (
    <Notice tone="info" title={`${hosts.length === 1 ? "The host" : `The ${hosts.length} hosts`} of the site are checked, entered as the site says`}>
      <div className={css.own}>{hosts.join(", ")}</div>
    </Notice>
  );
}

function startLabel(draft: Draft, own: string[] | null): string {
  const hosts = new Set([...requestOf(draft).hosts, ...(own ?? [])]).size + Number(draft.local);
  if (hosts === 0) return draft.site === null ? "Check hosts" : "Check the site";
  return `Check ${hosts} ${hosts === 1 ? "host" : "hosts"}`;
}

const NONE = "none";

function ReleaseChoice({ bundle, onChange, error }: { bundle: string | null; onChange: (bundle: string | null) => void; error: string | undefined }) {
  const list = useAsk("bundle_list", {});
  const bundles = list.data?.bundles ?? [];
  return (
    <Select
      label="The checks of a release"
      value={bundle ?? NONE}
      options={[{ id: NONE, label: "None" }, ...bundles.map((one) => ({ id: one.id, label: `${one.title} ${one.version}` }))]}
      onChange={(id) => onChange(id === NONE ? null : id)}
      help="What its vendor checks on hosts and in the cluster, with the defaults of its config."
      error={error}
    />
  );
}

function SiteChoice({ site, ofHosts, onChange, error }: { site: string | null; ofHosts: boolean; onChange: (site: string | null) => void; error: string | undefined }) {
  const sites = useSites();
  return (
    <Select
      label="Site"
      value={site ?? NONE}
      options={[{ id: NONE, label: "No site" }, ...sites.map((one) => ({ id: one.id, label: one.name }))]}
      onChange={(id) => onChange(id === NONE ? null : id)}
      help={ofHosts ? "Its hosts are checked; app checks need a cluster." : "App checks are run on its cluster; the hosts of a Linux site are checked."}
      error={error}
    />
  );
}
