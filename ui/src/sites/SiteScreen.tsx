import { LifeBuoy, Pin, PinOff, PlugZap, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";

import type { SiteDetail } from "../bindings/SiteDetail";
import { Button } from "../components/Button";
import { Loading } from "../components/Empty";
import { Row } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { Tabs } from "../components/Tabs";
import { Tags } from "../components/Tag";
import { useDo } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { useCommands, type Command } from "../frame/commands";
import { go, way } from "../frame/place";
import { RunTable } from "../runs/RunTable";
import { CollectOf } from "./CollectOf";
import { ConfigHistory } from "./ConfigHistory";
import { Connection } from "./Connection";
import { HostsSite } from "./hosts/HostsSite";
import { Overview } from "./Overview";
import { RemoveSite } from "./RemoveSite";
import { Revisions } from "./Revisions";
import { useSite } from "./site";
import { NOTHING } from "./update";

export function SiteScreen({ site, tab, host }: { site: string; tab: string; host: string | null }) {
  const detail = useSite(site);
  if (detail.isError) {
    return (
      <Page title="Site">
        <ProblemNotice
          problem={problemOf(detail.error)}
          actions={<Button onPress={() => void detail.refetch()}>Read again</Button>}
        />
      </Page>
    );
  }
  if (!detail.data) return <Loading what="Reading the site" />;
  if (detail.data.linux) return <HostsSite detail={detail.data} linux={detail.data.linux} tab={tab} host={host} />;
  return <Site detail={detail.data} tab={tab} />;
}

function Site({ detail, tab }: { detail: SiteDetail; tab: string }) {
  const { summary } = detail;
  const test = useDo("site_test");
  const update = useDo("site_update");
  const [removing, setRemoving] = useState(false);
  const [collecting, setCollecting] = useState(false);
  const { mutate: runTest } = test;
  const { mutate: change } = update;
  const { id, name, pinned } = summary;
  useCommands(
    useMemo<Command[]>(
      () => [
        { id: "site-test", title: `Test ${name}`, group: "Site", keys: "t", run: () => runTest({ site: id }) },
        {
          id: "site-pin",
          title: `${pinned ? "Unpin" : "Pin"} ${name}`,
          group: "Site",
          keys: "p",
          run: () => change({ ...NOTHING, site: id, pinned: !pinned }),
        },
        {
          id: "site-start",
          title: `Install or upgrade on ${name}…`,
          group: "Site",
          keys: "u",
          run: () => go({ screen: "start", site: id, bundle: null }),
        },
        { id: "collect-support", title: `Collect a support bundle of ${name}…`, group: "Site", keys: "s", run: () => setCollecting(true) },
        { id: "site-remove", title: `Remove ${name}…`, group: "Site", run: () => setRemoving(true) },
      ],
      [id, name, pinned, runTest, change],
    ),
  );
  const tabs = [
    { id: "overview", title: "Overview", content: () => <Overview detail={detail} test={test} /> },
    { id: "revisions", title: "Revisions", count: detail.revisions.length, content: () => <Revisions detail={detail} /> },
    { id: "history", title: "Config history", content: () => <ConfigHistory detail={detail} /> },
    { id: "connection", title: "Configuration and registry", content: () => <Connection detail={detail} /> },
    { id: "runs", title: "Runs", count: detail.runs.length, content: () => <RunTable runs={detail.runs} inPage /> },
  ];
  return (
    <Page
      title={name}
      aside={<Tags tags={summary.tags} />}
      actions={
        <Row>
          <Button icon={PlugZap} onPress={() => runTest({ site: id })} isDisabled={test.isPending}>
            {test.isPending ? "Testing…" : "Test"}
          </Button>
          <Button icon={LifeBuoy} onPress={() => setCollecting(true)}>
            Collect support bundle…
          </Button>
          <Button icon={pinned ? PinOff : Pin} onPress={() => change({ ...NOTHING, site: id, pinned: !pinned })}>
            {pinned ? "Unpin" : "Pin"}
          </Button>
          <Button icon={Trash2} onPress={() => setRemoving(true)}>
            Remove…
          </Button>
        </Row>
      }
    >
      {update.isError && <ProblemNotice problem={problemOf(update.error)} />}
      <Tabs label={name} tabs={tabs} selected={tab} onSelect={(next) => way.turn({ screen: "site", site: id, tab: next })} />
      {removing && <RemoveSite site={summary} onClose={() => setRemoving(false)} />}
      {collecting && <CollectOf site={id} onClose={() => setCollecting(false)} />}
    </Page>
  );
}
