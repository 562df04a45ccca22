import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { Button, Disclosure, DisclosurePanel, Heading } from "react-aria-components";

import type { ConfigRendering } from "../../../bindings/ConfigRendering";
import { Loading } from "../../../components/Empty";
import { Stack } from "../../../components/Layout";
import { ProblemNotice } from "../../../components/Notice";
import { useAsk } from "../../../engine/ask";
import { problemOf } from "../../../engine/problem";
import { Store, useStore } from "../../../store";
import type { Draft } from "./draft";
import { renderingWords } from "./preview";
import css from "./Preview.module.css";
import { ManifestsDiff, Unchanged, ValueDiffs } from "./PreviewDiffs";
import { SiteObjects } from "./SiteObjects";

/** Whether it is open stays so for as long as the window is. */
const opened = new Store(false);

export function togglePreview(): void {
  opened.set(!opened.get());
}

/** What the values that are typed make of the release's charts. It stands beside the form, so nothing in the form moves. */
export function Preview({ run, site, values }: { run: string; site: string; values: Draft }) {
  const isOpen = useStore(opened);
  const some = Object.keys(values).length > 0;
  const rendering = useAsk("config_render", { run, values, objects: false }, { enabled: some, keep: true, gcTime: 0 });
  const [last, setLast] = useState<ConfigRendering | null>(null);
  if (rendering.data && rendering.data !== last) setLast(rendering.data);
  const shown = some ? (rendering.data ?? (rendering.isError ? null : last)) : null;
  return (
    <Disclosure className={css.dock} isExpanded={isOpen} onExpandedChange={(open) => opened.set(open)}>
      <Heading level={3} className={css.heading}>
        <Button slot="trigger" className={css.trigger}>
          <ChevronRight aria-hidden size={16} strokeWidth={1.5} className={css.chevron} />
          What this changes
          <span className={rendering.isError && some ? css.bad : css.summary}>{wordsOf(some, rendering.isError, shown)}</span>
          {some && rendering.isPlaceholderData && <span className={css.late}>Rendering…</span>}
        </Button>
      </Heading>
      <DisclosurePanel className={css.panel}>
        {isOpen && (
          <div className={css.body}>
            {!some && <p className={css.soft}>Nothing is changed yet. As you type, this shows what becomes of the charts, against the stored configuration.</p>}
            {some && rendering.isPending && <Loading what="Rendering the charts" />}
            {some && rendering.isError && <ProblemNotice problem={problemOf(rendering.error)} />}
            {shown && <Rendered run={run} site={site} values={values} rendering={shown} />}
          </div>
        )}
      </DisclosurePanel>
    </Disclosure>
  );
}

function wordsOf(some: boolean, failed: boolean, rendering: ConfigRendering | null): string {
  if (!some) return "Nothing yet";
  if (failed) return "Cannot be rendered";
  return rendering ? renderingWords(rendering) : "";
}

function Rendered({ run, site, values, rendering }: { run: string; site: string; values: Draft; rendering: ConfigRendering }) {
  const charts = rendering.charts.filter((one) => one.change !== "keep");
  return (
    <Stack>
      <ValueDiffs charts={charts} />
      <ManifestsDiff before={rendering.manifestsBefore} after={rendering.manifestsAfter} />
      <Unchanged rendering={rendering} />
      {charts.length > 0 && <SiteObjects run={run} site={site} values={values} />}
    </Stack>
  );
}
