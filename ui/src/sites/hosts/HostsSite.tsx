import { LifeBuoy, ListChecks, Pencil, Pin, PinOff, PlugZap, Trash2 } from "lucide-react";
import { useCallback, useMemo, useRef, useState } from "react";

import type { LinuxSite } from "../../bindings/LinuxSite";
import type { SiteDetail } from "../../bindings/SiteDetail";
import { Button } from "../../components/Button";
import { Loading } from "../../components/Empty";
import { count } from "../../components/format";
import { Notice, ProblemNotice } from "../../components/Notice";
import { Page } from "../../components/Page";
import { Tabs } from "../../components/Tabs";
import { Tags } from "../../components/Tag";
import { useAsk, useDo } from "../../engine/ask";
import { isUnderWay } from "../../engine/hosts";
import { problemOf } from "../../engine/problem";
import { useCommands, type Command } from "../../frame/commands";
import { go, way } from "../../frame/place";
import { CollectOf } from "../CollectOf";
import { RunTable } from "../../runs/RunTable";
import { ConfigHistory } from "../ConfigHistory";
import { RemoveSite } from "../RemoveSite";
import { Revisions } from "../Revisions";
import { NOTHING } from "../update";
import { EditHosts } from "./EditHosts";
import { paired } from "./facts";
import { HostPage } from "./HostPage";
import { HostsOverview } from "./HostsOverview";
import { HostsConnection } from "./HostsConnection";
import { HostsTab } from "./HostsTab";
import { SiteChecks, useChecksOf } from "./SiteChecks";

export interface HostsSiteProps {
  detail: SiteDetail;
  linux: LinuxSite;
  tab: string;
  /** One of its hosts, when that is looked at. */
  host: string | null;
}

const NO_TESTS = { hosts: [], clocksApart: null };

/** A site of Linux hosts. Before anything is installed the hosts come first, after that what is on them. */
export function HostsSite({ detail, linux, tab, host }: HostsSiteProps) {
  const { summary } = detail;
  const { id, name, pinned } = summary;
  const listed = useAsk("host_list", { site: id });
  const test = useDo("host_test");
  const update = useDo("site_update");
  const checks = useChecksOf(id);
  const [dialog, setDialog] = useState<"edit" | "remove" | "collect" | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const { mutate: startTest } = test;
  const { mutate: change } = update;
  const tests = listed.data ?? NO_TESTS;
  const rows = useMemo(() => paired(linux.hosts, tests.hosts), [linux.hosts, tests.hosts]);
  const testing = test.isPending || rows.some((row) => isUnderWay(row.test));
  const onTest = useCallback((hosts: string[]) => startTest({ site: id, hosts, acceptedKeys: [] }), [startTest, id]);
  const check = useCallback(() => go({ screen: "checkhosts", site: id }), [id]);
  useCommands(
    useMemo<Command[]>(
      () => [
        { id: "site-test", title: host === null ? `Test all hosts of ${name}` : `Test ${host}`, group: "Site", keys: "t", run: () => onTest(host === null ? [] : [host]) },
        { id: "site-start", title: `Install or upgrade on ${name}…`, group: "Site", keys: "u", run: () => go({ screen: "start", site: id, bundle: null }) },
        { id: "site-check", title: `Run checks on ${name}…`, group: "Site", keys: "c", run: check },
        { id: "site-edit", title: `Edit the hosts of ${name}…`, group: "Site", keys: "e", run: () => setDialog("edit") },
        { id: "site-pin", title: `${pinned ? "Unpin" : "Pin"} ${name}`, group: "Site", keys: "p", run: () => change({ ...NOTHING, site: id, pinned: !pinned }) },
        { id: "collect-support", title: `Collect a support bundle of ${name}…`, group: "Site", keys: "s", run: () => setDialog("collect") },
        { id: "site-remove", title: `Remove ${name}…`, group: "Site", run: () => setDialog("remove") },
        ...(host === null ? [{ id: "find", title: "Filter hosts", group: "Do", keys: "/", run: () => field.current?.focus() }] : []),
      ],
      [id, name, pinned, host, onTest, check, change],
    ),
  );
  const shown = rows.find((row) => row.host.address === host);
  const dialogs = (
    <>
      {dialog === "edit" && <EditHosts site={summary} linux={linux} onClose={() => setDialog(null)} />}
      {dialog === "collect" && <CollectOf site={id} onClose={() => setDialog(null)} />}
      {dialog === "remove" && <RemoveSite site={summary} onClose={() => setDialog(null)} />}
    </>
  );
  if (shown) {
    return (
      <>
        <HostPage key={host} site={summary} row={shown} testing={test.isPending} error={test.error} onTest={() => onTest([shown.host.address])} />
        {dialogs}
      </>
    );
  }
  const open = (address: string) => go({ screen: "site", site: id, host: address });
  const hosts = () => (listed.isPending ? <Loading what="Reading hosts" /> : <HostsTab site={id} rows={rows} tests={tests} testing={testing} onTest={onTest} onOpen={open} field={field} />);
  const used = summary.installed !== null || detail.runs.length > 0;
  const tabs = [
    ...(used ? [{ id: "overview", title: "Overview", content: () => <HostsOverview detail={detail} linux={linux} /> }] : []),
    { id: used ? "hosts" : "overview", title: "Hosts", count: rows.length, content: hosts },
    { id: "checks", title: "Checks", count: checks.length, content: () => <SiteChecks checks={checks} onCheck={check} /> },
    ...(used ? pastOf(detail) : []),
    { id: "connection", title: "Name and connection", content: () => <HostsConnection detail={summary} linux={linux} onEdit={() => setDialog("edit")} /> },
  ];
  return (
    <Page
      title={name}
      full
      aside={<Tags tags={summary.tags} />}
      actions={
        <>
          <Button icon={ListChecks} onPress={check}>
            Run checks…
          </Button>
          <Button icon={PlugZap} onPress={() => onTest([])} isDisabled={testing}>
            {testing ? "Testing…" : "Test all"}
          </Button>
          <Button icon={Pencil} onPress={() => setDialog("edit")}>
            Edit hosts…
          </Button>
          <Button icon={LifeBuoy} onPress={() => setDialog("collect")}>
            Collect support bundle…
          </Button>
          <Button icon={pinned ? PinOff : Pin} onPress={() => change({ ...NOTHING, site: id, pinned: !pinned })}>
            {pinned ? "Unpin" : "Pin"}
          </Button>
          <Button icon={Trash2} onPress={() => setDialog("remove")}>
            Remove…
          </Button>
        </>
      }
    >
      {host !== null && <Notice tone="info" title={`${host} is not among the ${count(rows.length, "host")} of this site any more`} />}
      {[test.error, update.error, listed.error].map((error) => error && <ProblemNotice key={error.message} problem={problemOf(error)} />)}
      <Tabs label={name} tabs={tabs} selected={tabs.some((one) => one.id === tab) ? tab : "overview"} onSelect={(next) => way.turn({ screen: "site", site: id, tab: next })} />
      {dialogs}
    </Page>
  );
}

/** What was done on the site, as on any other. */
function pastOf(detail: SiteDetail) {
  return [
    { id: "revisions", title: "Revisions", count: detail.revisions.length, content: () => <Revisions detail={detail} /> },
    { id: "history", title: "Config history", content: () => <ConfigHistory detail={detail} /> },
    { id: "runs", title: "Runs", count: detail.runs.length, content: () => <RunTable runs={detail.runs} inPage /> },
  ];
}
