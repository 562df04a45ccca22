import { FileClock } from "lucide-react";

import type { ConfigHistoryEntry } from "../bindings/ConfigHistoryEntry";
import type { SiteDetail } from "../bindings/SiteDetail";
import { Button } from "../components/Button";
import { Empty, Loading } from "../components/Empty";
import { count } from "../components/format";
import { Panel, Stack } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { Tag } from "../components/Tag";
import { Ago } from "../components/Time";
import { useAsk } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { workflowWord } from "../engine/words";
import { go } from "../frame/place";
import { ChangeTable } from "../wizard/steps/plan/ConfigChanges";
import css from "./ConfigHistory.module.css";

/** What the site's config became over time: when, by whom, which items, from which release to which. */
export function ConfigHistory({ detail }: { detail: SiteDetail }) {
  const site = detail.summary.id;
  // Whoever changes it tells of the site, not of its history, so it is read each time that somebody looks.
  const history = useAsk("config_history", { site }, { staleTime: 0 });
  if (history.isError) {
    const again = <Button onPress={() => void history.refetch()}>Read again</Button>;
    return <ProblemNotice problem={problemOf(history.error)} actions={again} />;
  }
  if (!history.data) return <Loading what="Reading what was changed" />;
  if (history.data.entries.length === 0) {
    return (
      <Empty icon={FileClock} title="No config yet">
        The first installation puts one in place. Every change after it is kept with the installation, with who made it.
      </Empty>
    );
  }
  return (
    <ol className={css.list} aria-label="Config changes, newest first">
      {history.data.entries.map((entry) => (
        <li key={`${entry.run} ${entry.at}`}>
          <Entry entry={entry} isHere={detail.runs.some((run) => run.id === entry.run)} />
        </li>
      ))}
    </ol>
  );
}

function Entry({ entry, isHere }: { entry: ConfigHistoryEntry; isHere: boolean }) {
  const { changes } = entry;
  return (
    <Stack gap="s">
      <div className={css.head}>
        <h2 className={css.way}>
          {workflowWord(entry.workflow)} {wayOf(entry)}
        </h2>
        <Tag>Revision {entry.revision}</Tag>
        <span className={css.soft}>
          <Ago at={entry.at} /> by {entry.who}
        </span>
        {isHere && (
          <Button kind="quiet" onPress={() => go({ screen: "run", run: entry.run })} aria-label={`Show run of revision ${entry.revision}`}>
            Show run
          </Button>
        )}
      </div>
      {!entry.comparable && <p className={css.soft}>The values before are no longer kept, so what changed cannot be told.</p>}
      {entry.comparable && changes.length === 0 && <p className={css.soft}>No value changed.</p>}
      {changes.length > 0 && (
        <Panel flush>
          <ChangeTable changes={changes} label={`${count(changes.length, "item")} changed`} />
        </Panel>
      )}
    </Stack>
  );
}

function wayOf({ fromVersion, version }: ConfigHistoryEntry): string {
  return fromVersion === null || fromVersion === version ? version : `${fromVersion} → ${version}`;
}
