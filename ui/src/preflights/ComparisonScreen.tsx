import { ArrowDown, ArrowRight, ArrowUp, Equal } from "lucide-react";

import type { CheckChange } from "../bindings/CheckChange";
import type { CheckState } from "../bindings/CheckState";
import type { PreflightComparison } from "../bindings/PreflightComparison";
import type { PreflightSummary } from "../bindings/PreflightSummary";
import { Button } from "../components/Button";
import { Select } from "../components/Choice";
import { Empty, Loading } from "../components/Empty";
import { count, exact, noun, relative } from "../components/format";
import { Panel, Section, Stack } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { StateMark } from "../components/StateMark";
import { Tag } from "../components/Tag";
import { Ago, useNow } from "../components/Time";
import { useAsk } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { checkMark } from "../engine/words";
import { go, way } from "../frame/place";
import { byHost, directionOf, type Direction } from "./compare";
import css from "./Comparison.module.css";
import { subjects } from "./words";

/** What is another than it was, by host. */
export function ComparisonScreen({ after, before }: { after: PreflightSummary; before: string }) {
  const list = useAsk("preflight_list", {}).data?.preflights ?? [];
  // One under way changes with every answer.
  const comparison = useAsk("preflight_compare", { before, after: after.id }, { staleTime: 0 });
  return (
    <Page
      title="What changed"
      aside={
        <span className={css.soft}>
          in {subjects(after)}, <Ago at={after.at} />
        </span>
      }
      actions={<Button onPress={() => go({ screen: "preflight", preflight: after.id })}>Show all results</Button>}
    >
      <div className={css.tools}>
        <Earlier list={list.filter((one) => one.id !== after.id)} after={after} before={before} />
        {comparison.data && <Counts of={comparison.data} />}
      </div>
      {comparison.isError && <ProblemNotice problem={problemOf(comparison.error)} />}
      {comparison.isPending && <Loading what="Comparing" />}
      {comparison.data && <Changes of={comparison.data} site={after.siteName} />}
    </Page>
  );
}

function Earlier({ list, after, before }: { list: PreflightSummary[]; after: PreflightSummary; before: string }) {
  const now = useNow();
  return (
    <div className={css.choice}>
      <Select
        label="Since"
        value={before}
        options={list.map((one) => ({
          id: one.id,
          label: `${relative(one.at, Math.max(now, one.at))}: ${subjects(one)}`,
          text: exact(one.at),
        }))}
        onChange={(id) => way.turn({ screen: "preflight", preflight: after.id, against: id })}
      />
    </div>
  );
}

function Counts({ of }: { of: PreflightComparison }) {
  const number = (direction: Direction) => of.changes.filter((one) => directionOf(one) === direction).length;
  const [worse, better, other] = [number("worse"), number("better"), number("other")];
  return (
    <span className={css.states}>
      {worse > 0 && <Tag tone="bad">{worse} worse</Tag>}
      {better > 0 && <Tag tone="good">{better} better</Tag>}
      {other > 0 && <Tag>{other} otherwise</Tag>}
      <span className={css.soft}>{count(of.same, "check")} as {of.same === 1 ? "it was" : "they were"}</span>
    </span>
  );
}

function Changes({ of, site }: { of: PreflightComparison; site: string }) {
  if (of.changes.length === 0) {
    return (
      <Empty icon={Equal} title="Nothing changed">
        {of.same > 0
          ? `All ${of.same} ${noun(of.same, "check has", "checks have")} the same answer in both runs.`
          : "Neither run has an answer that could be compared."}
      </Empty>
    );
  }
  return (
    <Stack gap="l">
      {byHost(of.changes).map(({ host, changes }) => (
        <Section key={host} title={host || (site ? `Cluster of ${site}` : "Cluster")} aside={<span className={css.soft}>{count(changes.length, "change")}</span>}>
          <Panel flush>
            <table className={css.table}>
              <thead>
                <tr>
                  <th scope="col" className={css.check}>
                    Check
                  </th>
                  <th scope="col" className={css.change}>
                    Before and now
                  </th>
                  <th scope="col">What it says</th>
                </tr>
              </thead>
              <tbody>
                {changes.map((one, at) => (
                  <Change key={at} change={one} />
                ))}
              </tbody>
            </table>
          </Panel>
        </Section>
      ))}
    </Stack>
  );
}

function Change({ change }: { change: CheckChange }) {
  const direction = directionOf(change);
  return (
    <tr>
      <th scope="row">{change.title}</th>
      <td>
        <span className={css.states}>
          <State of={change.before} none="Was not there" />
          <ArrowRight role="img" aria-label="now" size={14} strokeWidth={1.5} />
          <State of={change.after} none="Not there any more" />
          {direction === "worse" && <ArrowDown role="img" aria-label="worse" className={css.worse} size={14} strokeWidth={2} />}
          {direction === "better" && <ArrowUp role="img" aria-label="better" className={css.better} size={14} strokeWidth={2} />}
        </span>
      </td>
      <td>{change.message}</td>
    </tr>
  );
}

function State({ of, none }: { of: CheckState | null; none: string }) {
  if (of === null) return <span className={css.soft}>{none}</span>;
  return <StateMark {...checkMark(of)} />;
}
