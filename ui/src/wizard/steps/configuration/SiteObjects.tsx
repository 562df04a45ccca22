import { Button } from "../../../components/Button";
import { Loading } from "../../../components/Empty";
import { Panel, Row, Stack } from "../../../components/Layout";
import { Notice, ProblemNotice } from "../../../components/Notice";
import { useDo } from "../../../engine/ask";
import { problemOf } from "../../../engine/problem";
import { ObjectList } from "../plan/Changes";
import type { Draft } from "./draft";
import css from "./Preview.module.css";
import { ChartTitle } from "./PreviewDiffs";

/** The objects of changed charts. They are rendered by Helm for the site, so only when they are asked for. */
export function SiteObjects({ run, site, values }: { run: string; site: string; values: Draft }) {
  const render = useDo("config_render");
  const older = render.variables !== undefined && render.variables.values !== values;
  const charts = render.data?.charts.filter((one) => one.change !== "keep") ?? [];
  const ask = () => render.mutate({ run, values, objects: true });
  return (
    <Stack gap="s">
      <Row>
        <Button onPress={ask} isDisabled={render.isPending}>
          {render.isPending ? "Rendering…" : `${render.data ? "Render objects again" : "Render objects"} on ${site}`}
        </Button>
        <span className={css.soft}>Asks Helm and the cluster; changes nothing there.</span>
      </Row>
      {render.isPending && <Loading what={`Rendering objects on ${site}`} />}
      {render.isError && <ProblemNotice problem={problemOf(render.error)} />}
      {render.data && older && (
        <Notice tone="info" title="Of the values before">
          A value was changed since these objects were rendered.
        </Notice>
      )}
      {charts.map((chart) => (
        <section key={chart.release} aria-label={`Objects of ${chart.release}`}>
          <h4 className={css.chart}>
            <ChartTitle chart={chart} />
          </h4>
          {chart.objects.length === 0 ? (
            <p className={css.soft}>It has no objects.</p>
          ) : (
            <Panel flush>
              <ObjectList objects={chart.objects} diff="unified" level={4} whole />
            </Panel>
          )}
        </section>
      ))}
    </Stack>
  );
}
