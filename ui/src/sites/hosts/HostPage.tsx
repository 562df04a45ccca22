import { ArrowLeft, Check, Copy, PlugZap } from "lucide-react";
import { useState, type ReactNode } from "react";

import type { HostDisk } from "../../bindings/HostDisk";
import type { HostTest } from "../../bindings/HostTest";
import type { SiteSummary } from "../../bindings/SiteSummary";
import { announce } from "../../components/Announcer";
import { Button } from "../../components/Button";
import { bytes } from "../../components/format";
import { Facts, Panel, Section } from "../../components/Layout";
import { Meter } from "../../components/Meter";
import { Notice, ProblemNotice } from "../../components/Notice";
import { Page } from "../../components/Page";
import { MarkIcon, StateMark } from "../../components/StateMark";
import { Tags } from "../../components/Tag";
import { Ago } from "../../components/Time";
import { hostMark, isUnderWay, stepMark, stepWord } from "../../engine/hosts";
import { problemOf } from "../../engine/problem";
import { go } from "../../frame/place";
import { factGroups, hostText, shareFree, type Tested } from "./facts";
import { HostKeys } from "./HostNotices";
import css from "./Hosts.module.css";

export interface HostPageProps {
  site: SiteSummary;
  row: Tested;
  testing: boolean;
  error: Error | null;
  onTest: () => void;
}

/** All that is known of one host. */
export function HostPage({ site, row, testing, error, onTest }: HostPageProps) {
  const { host, test } = row;
  const { mark, word, share } = hostMark(test);
  const facts = test?.facts ?? null;
  const groups = factGroups(row);
  const busy = testing || isUnderWay(test);
  return (
    <Page
      title={host.address}
      aside={
        <>
          <StateMark mark={mark} word={word} share={share} />
          <Tags tags={host.tags} />
        </>
      }
      actions={
        <>
          <Button kind="quiet" icon={ArrowLeft} onPress={() => go({ screen: "site", site: site.id })}>
            Hosts of {site.name}
          </Button>
          <CopyAsText row={row} />
          <Button icon={PlugZap} isDisabled={busy} onPress={onTest}>
            {busy ? "Testing…" : "Test this host"}
          </Button>
        </>
      }
    >
      {error && <ProblemNotice problem={problemOf(error)} />}
      <HostKeys site={site.id} rows={[row]} />
      {facts && facts.kubernetes.length > 0 && <Notice tone="warn" title={`Kubernetes is here already: ${facts.kubernetes.join(", ")}`} />}
      <div className={css.two}>
        <Section title="Last test" aside={<span className={css.soft}>{test ? <Ago at={test.at} /> : "Not tested yet"}</span>}>
          {test && <Steps test={test} />}
        </Section>
        {groups.slice(0, -1).map((group, at) => (
          <Group key={group.title} {...group} aside={at === 0 && test?.factsAt != null && <Read at={test.factsAt} of={test} />} />
        ))}
        {facts && facts.disks.length > 0 && (
          <Section title="Disks">
            <Panel flush>
              {facts.disks.map((disk) => (
                <Disk key={`${disk.mount} ${disk.device}`} disk={disk} />
              ))}
            </Panel>
          </Section>
        )}
        {groups.slice(-1).map((group) => (
          <Group key={group.title} {...group} />
        ))}
      </div>
    </Page>
  );
}

function Group({ title, facts, aside }: ReturnType<typeof factGroups>[number] & { aside?: ReactNode }) {
  return (
    <Section title={title} aside={aside}>
      <Panel>
        <Facts facts={facts.map(({ term, value }) => ({ term, value: typeof value === "string" ? value : value.map((line) => <div key={line}>{line}</div>) }))} />
      </Panel>
    </Section>
  );
}

/** When facts were read; those of an earlier test say so. */
function Read({ at, of }: { at: number; of: HostTest }) {
  return (
    <span className={css.soft}>
      {at < of.at ? "From an earlier test, read " : "Read "}
      <Ago at={at} />
    </span>
  );
}

function Steps({ test }: { test: HostTest }) {
  return (
    <Panel flush>
      <ol className={css.steps}>
        {test.steps.map(({ step, state, message }) => (
          <li key={step}>
            <MarkIcon mark={stepMark(state).mark} />
            <span>{stepWord(step)}</span>
            <p>
              <span className={message === "" ? undefined : "said"}>{stepMark(state).word}</span> {message}
            </p>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Disk({ disk }: { disk: HostDisk }) {
  const words = `${bytes(disk.free)} of ${bytes(disk.size)} free`;
  return (
    <div className={css.disk}>
      <div title={`${disk.mount} on ${disk.device}`}>
        <code>{disk.mount}</code>
        <small>{disk.device}</small>
      </div>
      <Meter label={`Used of ${disk.mount}`} used={100 - shareFree(disk)} words={words} />
      <span>{words}</span>
    </div>
  );
}

function CopyAsText({ row }: { row: Tested }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(hostText(row));
    announce("Copied.");
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <Button icon={copied ? Check : Copy} onPress={() => void copy()}>
      Copy as text
    </Button>
  );
}
