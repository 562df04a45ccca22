import { useState, type ReactNode } from "react";

import type { ConfigFormDiff } from "../bindings/ConfigFormDiff";
import type { ReleaseImage } from "../bindings/ReleaseImage";
import type { ReleaseChange } from "../bindings/ReleaseChange";
import type { ReleaseDiff } from "../bindings/ReleaseDiff";
import { Radios } from "../components/Choice";
import { Diff, type DiffView } from "../components/Diff";
import { Loading } from "../components/Empty";
import { Fold } from "../components/Fold";
import { bytes, count } from "../components/format";
import { Facts, Panel, Section } from "../components/Layout";
import { Markdown } from "../components/Markdown";
import { Notice, ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { Tag, type TagTone } from "../components/Tag";
import { useAsk } from "../engine/ask";
import { problemOf } from "../engine/problem";
import css from "./Library.module.css";

type Kind = "added" | "changed" | "removed";

const KINDS: Record<Kind, { word: string; tone: TagTone }> = {
  added: { word: "Added", tone: "good" },
  changed: { word: "Changed", tone: "busy" },
  removed: { word: "Removed", tone: "bad" },
};

const VIEWS = [
  { id: "unified", label: "One column" },
  { id: "split", label: "Side by side" },
];

/** What a release changes, against an older one or against what a site runs. */
export function CompareScreen({ bundle, from, site }: { bundle: string; from: string | null; site: string | null }) {
  const diff = useAsk("bundle_diff", { bundle, from, site });
  return (
    <Page title={diff.data ? `${diff.data.from.version} and ${diff.data.to.version}` : "What changes"}>
      {diff.isPending && <Loading what="Comparing the releases" />}
      {diff.isError && <ProblemNotice problem={problemOf(diff.error)} />}
      {diff.data && <Comparison diff={diff.data} />}
    </Page>
  );
}

function Comparison({ diff }: { diff: ReleaseDiff }) {
  const [view, setView] = useState<DiffView>("unified");
  const lists: [string, ReleaseChange[]][] = [
    ["Rendered objects", diff.rendered],
    ["Files of charts", diff.chartFiles],
    ["HelmChart objects", diff.chartSpecs],
    ["Plain manifests", diff.manifests],
    ["Rights", diff.rbac],
    ["Preflights", diff.preflights],
    ["Cluster config", diff.infrastructure ? [diff.infrastructure] : []],
  ];
  const config = configChanges(diff.config);
  const nothing = lists.every(([, changes]) => changes.length === 0) && diff.images.length + diff.charts.length + config.length === 0;
  return (
    <>
      <Summary diff={diff} config={config.length} />
      {nothing && <Notice tone="good" title="Nothing differs between these two releases" />}
      {diff.config.problem && <Notice tone="warn" title={diff.config.problem} />}
      {diff.renderedProblem && <Notice tone="info" title={diff.renderedProblem} />}
      {diff.to.releaseNotes && (
        <Section title="Release notes">
          <Panel>
            <Markdown source={diff.to.releaseNotes} />
          </Panel>
        </Section>
      )}
      {config.length > 0 && (
        <Section title="Configuration">
          <Lines lines={config} />
        </Section>
      )}
      {diff.charts.length > 0 && (
        <Section title="Charts">
          <Lines lines={diff.charts.map((chart) => ({ name: chart.name, kind: kindOf(chart), words: versions(chart) }))} />
        </Section>
      )}
      {diff.images.length > 0 && (
        <Section title="Images" aside={<span className={css.soft}>{bytes(diff.bytesToMove)} to move</span>}>
          <Lines lines={diff.images.map((image) => ({ name: image.repository, kind: kindOf(image), words: imageWords(image) }))} />
        </Section>
      )}
      {lists.some(([, changes]) => changes.length > 0) && (
        <Radios label="How texts are shown" hideLabel options={VIEWS} value={view} onChange={(next) => setView(next as DiffView)} />
      )}
      {lists.map(([title, changes]) => (
        <Texts key={title} title={title} changes={changes} view={view} />
      ))}
    </>
  );
}

function Summary({ diff, config }: { diff: ReleaseDiff; config: number }) {
  return (
    <Panel>
      <Facts
        facts={[
          { term: "From", value: `${diff.from.version} ${diff.from.channel}`.trim() },
          { term: "To", value: `${diff.to.version} ${diff.to.channel}`.trim() },
          { term: "To move", value: `${bytes(diff.bytesToMove)} of images` },
          { term: "Charts", value: differs(diff.charts.length, "chart") },
          { term: "Configuration", value: differs(config, "item") },
          { term: "Rights", value: diff.rbac.length > 0 ? differs(diff.rbac.length, "object") : "The same" },
        ]}
      />
    </Panel>
  );
}

function differs(number: number, one: string): string {
  return number === 0 ? "The same" : `${count(number, one)} ${number === 1 ? "differs" : "differ"}`;
}

interface Line {
  name: string;
  kind: Kind;
  words: ReactNode;
}

function Lines({ lines }: { lines: Line[] }) {
  return (
    <Panel flush>
      <ul className={css.lines}>
        {lines.map((line) => (
          <li key={`${line.kind} ${line.name}`}>
            <Tagged kind={line.kind} />
            <code className={css.reference}>{line.name}</code>
            <span className={css.soft}>{line.words}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Tagged({ kind }: { kind: Kind }) {
  const { word, tone } = KINDS[kind];
  return (
    <span className={css.kind}>
      <Tag tone={tone}>{word}</Tag>
    </span>
  );
}

function Texts({ title, changes, view }: { title: string; changes: ReleaseChange[]; view: DiffView }) {
  if (changes.length === 0) return null;
  return (
    <Section title={title} aside={<span className={css.soft}>{count(changes.length, "difference")}</span>}>
      <Panel flush>
        {changes.map((change) => (
          <Fold
            key={change.name}
            title={
              <>
                <Tagged kind={kindOf(change)} />
                <code>{change.name}</code>
              </>
            }
          >
            {() => <Diff label={`What changes in ${change.name}`} before={change.before ?? ""} after={change.after ?? ""} view={view} />}
          </Fold>
        ))}
      </Panel>
    </Section>
  );
}

function kindOf(change: { before: string | null; after: string | null }): Kind {
  if (change.before === null) return "added";
  return change.after === null ? "removed" : "changed";
}

function versions({ before, after }: ReleaseChange): string {
  if (before === after) return `${after}, other content`;
  return [before, after].filter(Boolean).join(" → ");
}

function imageWords({ repository, before, after, bytes: size }: ReleaseImage): string {
  const tag = (reference: string) => reference.slice(repository.length).replace(/^[:@]/, "");
  const tags = [before, after].filter((one) => one !== null).map(tag);
  const moved = size > 0 ? `, ${bytes(size)}` : "";
  return `${[...new Set(tags)].join(" → ")}${moved}`;
}

/** Config items as lines: what is new, gone, or another, and what must be filled in now. */
function configChanges(diff: ConfigFormDiff): Line[] {
  const required = new Set(diff.newlyRequired);
  const must = (name: string) => (required.has(name) ? "must be filled in now" : "");
  const words = (...parts: string[]) => parts.filter((part) => part !== "").join(", ");
  return [
    ...diff.added.map((item): Line => ({ name: item.name, kind: "added", words: words(item.title, item.type, must(item.name)) })),
    ...diff.changed.map((item): Line => ({ name: item.name, kind: "changed", words: words(item.title, item.fields.map((field) => field.field).join(", "), must(item.name)) })),
    ...diff.removed.map((item): Line => ({ name: item.name, kind: "removed", words: item.title })),
  ];
}
