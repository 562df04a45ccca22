import { Plus } from "lucide-react";
import { useState } from "react";

import type { LinuxSite } from "../../bindings/LinuxSite";
import type { SiteNodes } from "../../bindings/SiteNodes";
import type { SiteSummary } from "../../bindings/SiteSummary";
import { Button } from "../../components/Button";
import { Loading } from "../../components/Empty";
import { count } from "../../components/format";
import { Row, Section } from "../../components/Layout";
import { Notice, ProblemNotice } from "../../components/Notice";
import { useAsk } from "../../engine/ask";
import { problemOf } from "../../engine/problem";
import { Backups } from "./Backups";
import { EditHosts } from "./EditHosts";
import css from "./Hosts.module.css";
import { useJoin } from "./join";
import { clusterLine, mayReset, notJoined } from "./nodes";
import { NodeTable } from "./NodeTable";
import { ResetHosts } from "./ResetHosts";

/** Nodes tell nobody when they change, so they are looked at from time to time. */
const EVERY_MS = 10_000;

type Asked = { what: "join" } | { what: "reset"; hosts: string[] };

/** The cluster on a site's hosts: its nodes, hosts that are not in it yet, and the ways to grow it and to take it off. */
export function Cluster({ site, linux }: { site: SiteSummary; linux: LinuxSite }) {
  const nodes = useAsk("site_nodes", { site: site.id }, { staleTime: 5000, every: EVERY_MS });
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  if (nodes.isError) {
    return (
      <Section title="Cluster">
        <ProblemNotice problem={problemOf(nodes.error)} actions={<Button onPress={() => void nodes.refetch()}>Read again</Button>} />
        {/* A cluster that does not answer is what a backup is for. */}
        <Backups site={site} />
      </Section>
    );
  }
  if (!nodes.data) return <Loading what="Reading the nodes" />;
  const resets = mayReset(nodes.data, site.lastRun);
  return (
    <Section title="Cluster" aside={<span className={css.soft}>{clusterLine(nodes.data)}</span>}>
      <Joining site={site} linux={linux} nodes={nodes.data} asked={asked?.what === "join"} onClose={close} />
      <NodeTable nodes={nodes.data} onReset={resets ? (host) => setAsked({ what: "reset", hosts: [host] }) : undefined} />
      <Row>
        {site.installed && (
          <Button icon={Plus} onPress={() => setAsked({ what: "join" })}>
            Join more hosts…
          </Button>
        )}
        {resets && (
          <Button kind="danger" onPress={() => setAsked({ what: "reset", hosts: [] })}>
            Reset all…
          </Button>
        )}
      </Row>
      {nodes.data.runtime !== "" && <Backups site={site} />}
      {asked?.what === "reset" && <ResetHosts site={site} nodes={nodes.data} hosts={asked.hosts} onClose={close} />}
    </Section>
  );
}

interface JoiningProps {
  site: SiteSummary;
  linux: LinuxSite;
  nodes: SiteNodes;
  /** The dialog in which further hosts are named is asked for. */
  asked: boolean;
  onClose: () => void;
}

/** Hosts that are named and not in the cluster, and the dialog in which more are named. */
function Joining({ site, linux, nodes, asked, onClose }: JoiningProps) {
  const join = useJoin(site);
  const waiting = notJoined(nodes);
  const joined = new Set(nodes.nodes.filter((one) => one.node !== "").map((one) => one.host));
  const saved = ({ hosts }: LinuxSite) => {
    onClose();
    if (hosts.some((one) => !joined.has(one.address))) join.start();
  };
  const then = { title: `Join hosts to ${site.name}`, verb: "Save and plan the join", onSaved: saved };
  return (
    <>
      {join.error && <ProblemNotice problem={problemOf(join.error)} />}
      {site.installed && waiting.length > 0 && (
        <Notice
          tone={join.lacks ? "warn" : "info"}
          title={waiting.length === 1 ? `${waiting[0]} has not joined the cluster` : `${count(waiting.length, "host")} have not joined the cluster`}
          actions={
            <Button onPress={join.start} isDisabled={!join.may || join.pending}>
              {join.pending ? "Reading the site…" : waiting.length === 1 ? "Join it…" : `Join ${count(waiting.length, "host")}…`}
            </Button>
          }
        >
          {join.lacks || "A plan is made first, and nothing is done to the host before it is started."}
        </Notice>
      )}
      {asked && <EditHosts site={site} linux={linux} then={then} onClose={onClose} />}
    </>
  );
}
