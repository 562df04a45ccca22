import type { UseMutationResult } from "@tanstack/react-query";

import type { SiteDetail } from "../bindings/SiteDetail";
import type { SiteTest } from "../bindings/SiteTest";
import { Button } from "../components/Button";
import { Facts, Panel, Section, Stack, type Fact } from "../components/Layout";
import { Notice, ProblemNotice } from "../components/Notice";
import { StateMark } from "../components/StateMark";
import { Ago } from "../components/Time";
import { useDo } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { reachabilityMark } from "../engine/words";
import { RunLine } from "../runs/RunLine";
import { Health, Installed } from "./Installed";
import css from "./Overview.module.css";
import { NOTHING } from "./update";

type Test = UseMutationResult<SiteTest, Error, { site: string }>;

export function Overview({ detail, test }: { detail: SiteDetail; test: Test }) {
  const { summary, informers } = detail;
  const { installed } = summary;
  return (
    <Stack gap="l">
      <TestResult test={test} />
      <Reach detail={detail} />
      {summary.lastRun && <RunLine run={summary.lastRun} />}
      <Installed app={installed} />
      <Health informers={informers} />
      <Section title="Site">
        <Panel>
          <Facts facts={siteFacts(detail)} />
        </Panel>
      </Section>
    </Stack>
  );
}

function siteFacts({ summary, kubernetes }: SiteDetail): Fact[] {
  const reach = reachabilityMark(summary.reachability);
  return [
    { term: "Kind", value: summary.target === "linux" ? "Linux" : "Kubernetes" },
    { term: "Context", value: <code>{kubernetes.context}</code> },
    { term: "Reachability", value: <StateMark mark={reach.mark} word={reach.word} /> },
    { term: "Cluster", value: reach.detail || "Not read yet" },
    { term: "Last seen", value: <Ago at={summary.seenAt} /> },
    { term: "Cluster UID", value: <code>{kubernetes.clusterUid || "Not read yet"}</code> },
  ];
}

/** What stands between this machine and the site, when something does. */
function Reach({ detail: { summary } }: { detail: SiteDetail }) {
  const update = useDo("site_update");
  const reach = summary.reachability;
  if (reach.type === "offline") {
    return (
      <Notice tone="bad" title="The site does not answer">
        {reach.reason}
      </Notice>
    );
  }
  if (reach.type === "credentialDied") {
    return (
      <Notice tone="warn" title="The site answers, and refuses the credential">
        {reach.reason}
      </Notice>
    );
  }
  if (reach.type !== "otherCluster") return null;
  const accept = () => update.mutate({ ...NOTHING, site: summary.id, acceptNewCluster: true });
  return (
    <Notice
      tone="bad"
      title="The context points at another cluster than the one this site was added with"
      actions={
        <Button kind="danger" onPress={accept} isDisabled={update.isPending}>
          Accept the new cluster for {summary.name}
        </Button>
      }
    >
      Expected <code>{reach.expected}</code>, found <code>{reach.found}</code>. Longshore does nothing here until that is
      settled. If the cluster was rebuilt on purpose, accept it; if not, correct the kubeconfig.
    </Notice>
  );
}

function TestResult({ test }: { test: Test }) {
  if (test.isError) return <ProblemNotice problem={problemOf(test.error)} />;
  if (!test.data) return null;
  const { reachability, missingRights, registry } = test.data;
  const reach = reachabilityMark(reachability);
  if (missingRights.length > 0) {
    return (
      <Notice tone="warn" title={`${reach.word}, but the credential lacks ${missingRights.length} rights that a run needs`} live>
        <ul className={css.rights}>
          {missingRights.map((right) => (
            <li key={right}>
              <code>{right}</code>
            </li>
          ))}
        </ul>
        Ask the cluster's administrator for them, then test again.
      </Notice>
    );
  }
  const tone = reachability.type === "reachable" && registry === "" ? "good" : "warn";
  return (
    <Notice tone={tone} title={`${reach.word}${reach.detail ? `: ${reach.detail}` : ""}`} live>
      {registry || "Every right a run needs is there."}
    </Notice>
  );
}
