import { History } from "lucide-react";
import { useState } from "react";

import type { RevisionView } from "../bindings/RevisionView";
import type { SiteDetail } from "../bindings/SiteDetail";
import { Button } from "../components/Button";
import { Empty } from "../components/Empty";
import { Panel } from "../components/Layout";
import { Tag } from "../components/Tag";
import { Ago } from "../components/Time";
import { go } from "../frame/place";
import { RollBack } from "../wizard/RollBack";
import css from "./Revisions.module.css";

/** What ran here over time, newest first, and the way back to it. */
export function Revisions({ detail }: { detail: SiteDetail }) {
  const [target, setTarget] = useState<RevisionView | null>(null);
  const { revisions, summary } = detail;
  const current = revisions.find((one) => one.current);
  if (revisions.length === 0) {
    return (
      <Empty icon={History} title="No revision yet">
        The first installation makes one, and every upgrade after it.
      </Empty>
    );
  }
  return (
    <Panel flush>
      <ol className={css.list}>
        {revisions.map((revision) => (
          <li key={revision.revision} className={css.row}>
            <span className={css.number}>{revision.revision}</span>
            <div className={css.what}>
              <div className={css.version}>
                {revision.version} {revision.current && <Tag tone="good">Live</Tag>}
              </div>
              <div className={css.charts}>{revision.charts.join(", ")}</div>
            </div>
            <div className={css.who}>
              <Ago at={revision.at} />
              <div>{revision.who}</div>
            </div>
            <div className={css.buttons}>
              {detail.runs.some((run) => run.id === revision.run) && (
                <Button kind="quiet" onPress={() => go({ screen: "run", run: revision.run })}>
                  Show run
                </Button>
              )}
              {!revision.current && current && (
                <Button kind="quiet" onPress={() => setTarget(revision)}>
                  Roll back to {revision.version}…
                </Button>
              )}
            </div>
          </li>
        ))}
      </ol>
      {target && current && (
        <RollBack
          run={current.run}
          siteName={summary.name}
          from={current.version}
          revision={target.revision}
          to={target.version}
          onClose={() => setTarget(null)}
        />
      )}
    </Panel>
  );
}
