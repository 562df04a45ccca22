import { CircleCheck } from "lucide-react";

import type { BaseComparison } from "../bindings/BaseComparison";
import type { BaseDifference } from "../bindings/BaseDifference";
import type { BaseItem } from "../bindings/BaseItem";
import type { BaseSiteState } from "../bindings/BaseSiteState";
import type { BaseView } from "../bindings/BaseView";
import { Button } from "../components/Button";
import { Empty, Loading } from "../components/Empty";
import { count } from "../components/format";
import { Section, Stack } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { Ago } from "../components/Time";
import { useAsk } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { go } from "../frame/place";
import css from "./Bases.module.css";
import { baseWord, columnsOf, differenceWord, stateWord } from "./words";

/** Which sites differ from the base they follow, and where: asked of the sites when somebody looks. */
export function Differences({ view }: { view: BaseView }) {
  const comparison = useAsk("base_compare", { base: view.summary.id }, { staleTime: 30_000 });
  if (comparison.isError) {
    const again = <Button onPress={() => void comparison.refetch()}>Compare again</Button>;
    return <ProblemNotice problem={problemOf(comparison.error)} actions={again} />;
  }
  if (!comparison.data) return <Loading what={`Asking ${count(view.summary.sites.length, "site")}`} />;
  const { sites, items } = comparison.data;
  if (sites.length === 0) {
    return (
      <Empty icon={CircleCheck} title="Nothing to compare">
        No site follows this base. Once some do, what differs at each of them shows here.
      </Empty>
    );
  }
  return (
    <Stack gap="l">
      <Section
        title={`${count(sites.length, "site follows it", "sites follow it")}`}
        aside={
          <Button onPress={() => void comparison.refetch()} isDisabled={comparison.isFetching}>
            {comparison.isFetching ? "Asking…" : "Compare again"}
          </Button>
        }
      >
        <Sites sites={sites} />
      </Section>
      <Section title={items.length === 0 ? "No item differs" : `${count(items.length, "item differs", "items differ")}`}>
        {items.length > 0 && <Matrix comparison={comparison.data} known={view.items} />}
      </Section>
    </Stack>
  );
}

function Sites({ sites }: { sites: BaseSiteState[] }) {
  return (
    <div className={css.scroll}>
      <table className={css.rows} aria-label="Sites that follow the base">
        <thead>
          <tr>
            <th scope="col">Site</th>
            <th scope="col">Version</th>
            <th scope="col">Against the base</th>
            <th scope="col">Read</th>
          </tr>
        </thead>
        <tbody>
          {sites.map((site) => (
            <tr key={site.id}>
              <th scope="row" className={css.item}>
                <Button kind="quiet" onPress={() => go({ screen: "site", site: site.id, tab: "history" })} aria-label={`Open the config history of ${site.name}`}>
                  {site.name}
                </Button>
              </th>
              <td>{site.version || "–"}</td>
              <td>{stateWord(site)}</td>
              <td className={css.soft}>
                {site.readAt !== null && <Ago at={site.readAt} />}
                {site.readAt !== null && site.problem && "; "}
                {site.problem}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Items down, sites that differ across; an empty cell is as the base says. */
function Matrix({ comparison, known }: { comparison: BaseComparison; known: BaseItem[] }) {
  const columns = columnsOf(comparison);
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div className={css.scroll} tabIndex={0} role="region" aria-label="Items that differ, by site">
      <table className={css.rows} aria-label="Items that differ">
        <thead>
          <tr>
            <th scope="col">Item</th>
            <th scope="col" className={css.edge}>
              Base
            </th>
            {columns.map((site) => (
              <th key={site.id} scope="col" className={css.edge}>
                {site.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {comparison.items.map((item) => {
            const form = known.find((one) => one.name === item.name);
            return (
              <tr key={item.name}>
                <th scope="row" className={css.item} title={item.name}>
                  {item.title || item.name}
                </th>
                <td className={css.edge}>
                  <span className={item.secret || item.base === null ? css.soft : undefined}>{baseWord(item, form)}</span>
                </td>
                {columns.map((site) => (
                  <td key={site.id} className={css.edge}>
                    <SiteCell item={item} site={site.id} form={form} />
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function SiteCell({ item, site, form }: { item: BaseDifference; site: string; form: BaseItem | undefined }) {
  const value = item.sites.find((one) => one.site === site);
  if (!value) return <span className={css.soft}>As the base</span>;
  return (
    <>
      {differenceWord(item, value, form)} {value.behind && <div className={css.behind}>From the base as it was</div>}
    </>
  );
}
