import type { Change } from "../../../bindings/Change";
import type { ChartRendering } from "../../../bindings/ChartRendering";
import type { ConfigRendering } from "../../../bindings/ConfigRendering";
import { Diff } from "../../../components/Diff";
import { Fold } from "../../../components/Fold";
import { Panel } from "../../../components/Layout";
import { Tag, type TagTone } from "../../../components/Tag";
import css from "./Preview.module.css";
import { CHART_WORDS, unchangedWords } from "./preview";

const TONES: Record<Change, TagTone> = { add: "good", change: "busy", remove: "bad", keep: "plain" };

/** More than this many are opened one by one. */
const OPEN = 3;

export function ValueDiffs({ charts }: { charts: ChartRendering[] }) {
  if (charts.length === 0) return null;
  return (
    <Panel flush>
      {charts.map((chart) => (
        <Fold key={chart.release} level={4} defaultOpen={charts.length <= OPEN} title={<ChartTitle chart={chart} />}>
          {() =>
            chart.before === chart.after ? (
              <p className={css.none}>Only masked values differ.</p>
            ) : (
              <Diff label={`What changes in the values of ${chart.release}`} before={chart.before} after={chart.after} view="unified" whole />
            )
          }
        </Fold>
      ))}
    </Panel>
  );
}

export function ChartTitle({ chart }: { chart: ChartRendering }) {
  return (
    <>
      <span className={css.change}>
        <Tag tone={TONES[chart.change]}>{CHART_WORDS[chart.change]}</Tag>
      </span>
      <span className={css.name}>{chart.release}</span>
    </>
  );
}

export function ManifestsDiff({ before, after }: { before: string; after: string }) {
  if (before === after) return null;
  return (
    <Panel flush>
      <Fold level={4} defaultOpen title={<span className={css.name}>Plain manifests</span>}>
        {() => <Diff label="What changes in the plain manifests" before={before} after={after} view="unified" whole />}
      </Fold>
    </Panel>
  );
}

export function Unchanged({ rendering }: { rendering: ConfigRendering }) {
  const words = unchangedWords(rendering);
  if (words === "") return null;
  return (
    <p className={css.unchanged} title={words}>
      {words}
    </p>
  );
}
