import type { ReactNode } from "react";

import type { Change } from "../../../bindings/Change";
import type { ChartChange } from "../../../bindings/ChartChange";
import type { ManifestChange } from "../../../bindings/ManifestChange";
import type { ObjectDiff } from "../../../bindings/ObjectDiff";
import { Diff, type DiffView } from "../../../components/Diff";
import { Fold } from "../../../components/Fold";
import { count } from "../../../components/format";
import { Panel, Section } from "../../../components/Layout";
import { Tag, type TagTone } from "../../../components/Tag";
import css from "./Plan.module.css";

const CHART: Record<Change, { word: string; tone: TagTone }> = {
  add: { word: "Install", tone: "good" },
  change: { word: "Upgrade", tone: "busy" },
  remove: { word: "Remove", tone: "bad" },
  keep: { word: "Leave", tone: "plain" },
};

const OBJECT: Record<Change, { word: string; tone: TagTone }> = {
  add: { word: "Added", tone: "good" },
  change: { word: "Changed", tone: "busy" },
  remove: { word: "Removed", tone: "bad" },
  keep: { word: "Same", tone: "plain" },
};

/** Charts of the application, or of the cluster itself, whose objects are not compared beforehand. */
export function ChartChanges({ title = "Charts", compared = true, charts, diff }: { title?: string; compared?: boolean; charts: ChartChange[]; diff: DiffView }) {
  if (charts.length === 0) return null;
  return (
    <Section title={title} aside={<span className={css.soft}>In the order they are done</span>}>
      <Panel flush>
        {charts.map((chart) => (
          <Fold key={`${chart.namespace}/${chart.release}`} title={<ChartTitle chart={chart} />} aside={(compared || chart.change === "keep") && <Objects objects={chart.objects} />}>
            {() => (
              <div className={css.inside}>
                {chart.objects.length === 0 ? <p className={css.none}>{compared || chart.change === "keep" ? "No object differs." : "What its objects are like is seen when it is done."}</p> : <ObjectList objects={chart.objects} diff={diff} level={4} />}
              </div>
            )}
          </Fold>
        ))}
      </Panel>
    </Section>
  );
}

function ChartTitle({ chart }: { chart: ChartChange }) {
  const { word, tone } = CHART[chart.change];
  const versions = [chart.fromVersion, chart.toVersion].filter(Boolean);
  return (
    <>
      <span className={css.change}>
        <Tag tone={tone}>{word}</Tag>
      </span>
      <span className={css.name}>{chart.release}</span>
      <span className={css.soft}>{versions[0] === versions[1] ? versions[0] : versions.join(" → ")}</span>
    </>
  );
}

function Objects({ objects }: { objects: ObjectDiff[] }) {
  const changed = objects.filter((object) => object.change !== "keep").length;
  return <span className={css.soft}>{changed === 0 ? "Nothing differs" : count(changed, "object")}</span>;
}

export function ManifestChanges({ manifests, diff }: { manifests: ManifestChange[]; diff: DiffView }) {
  if (manifests.length === 0) return null;
  return (
    <Section title="Plain manifests">
      <Panel flush>
        <ObjectList objects={manifests.map((one) => one.object)} diff={diff} level={3} />
      </Panel>
    </Section>
  );
}

export function ObjectList({ objects, diff, level, whole }: { objects: ObjectDiff[]; diff: DiffView; level: 3 | 4; whole?: boolean }) {
  return objects.map((object) => (
    <Fold key={`${object.kind}/${object.namespace}/${object.name}`} level={level} title={<ObjectTitle object={object} />}>
      {() => <ObjectChange object={object} diff={diff} whole={whole} />}
    </Fold>
  ));
}

function ObjectTitle({ object }: { object: ObjectDiff }): ReactNode {
  const { word, tone } = OBJECT[object.change];
  return (
    <>
      <span className={css.change}>
        <Tag tone={tone}>{word}</Tag>
      </span>
      <span>{object.kind}</span>
      <code className={css.name}>
        {object.namespace && `${object.namespace}/`}
        {object.name}
      </code>
    </>
  );
}

function ObjectChange({ object, diff, whole }: { object: ObjectDiff; diff: DiffView; whole: boolean | undefined }) {
  if (object.before === object.after) return <p className={css.none}>The rendered object is the same.</p>;
  return <Diff label={`What changes in ${object.kind} ${object.name}`} before={object.before} after={object.after} view={diff} whole={whole} />;
}
