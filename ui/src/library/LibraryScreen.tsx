import { Archive, Wrench } from "lucide-react";
import { useMemo, useState } from "react";

import type { BundleSummary } from "../bindings/BundleSummary";
import { Button } from "../components/Button";
import { Chosen } from "../components/Chosen";
import { DataTable } from "../components/DataTable";
import { Empty, Loading } from "../components/Empty";
import { bytes, count } from "../components/format";
import { ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { compareVersions } from "../components/versions";
import { useAsk } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { useCommands, type Command } from "../frame/commands";
import { go } from "../frame/place";
import { BUNDLE_COLUMNS } from "./columns";
import { Care } from "./Care";
import { ImportControls } from "./ImportControls";
import { Imports } from "./Imports";
import css from "./Library.module.css";
import { Tasks } from "./Tasks";

/** How often the list is read again: what other processes begin to import, no event tells. */
const EVERY = 15_000;

export function LibraryScreen() {
  const list = useAsk("bundle_list", {}, { every: EVERY });
  const library = useAsk("library_get", {});
  const [caring, setCaring] = useState(false);
  const [asking, setAsking] = useState(false);
  useCommands(
    useMemo<Command[]>(
      () => [
        { id: "import", title: "Import a bundle…", group: "Do", keys: "i", run: () => setAsking(true) },
        { id: "care", title: "Look after the library…", group: "Do", run: () => setCaring(true) },
      ],
      [],
    ),
  );
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const bundles = list.data?.bundles ?? [];
  const chosen = bundles.filter((bundle) => selected.has(bundle.id));
  return (
    <Page
      title="Library"
      full
      aside={list.data && bundles.length > 0 && <span className={css.soft}>{bytes(list.data.librarySize)} in all</span>}
      actions={
        <>
          <Button icon={Wrench} isDisabled={!library.data} onPress={() => setCaring(true)}>
            Look after…
          </Button>
          <ImportControls asking={asking} onAsk={setAsking} />
        </>
      }
    >
      {list.isPending && <Loading what="Reading the library" />}
      {list.isError && <ProblemNotice problem={problemOf(list.error)} />}
      {list.data && <Imports imports={list.data.imports} />}
      {library.data && <Tasks tasks={library.data.tasks} />}
      {caring && library.data && <Care library={library.data} onClose={() => setCaring(false)} />}
      {list.data && bundles.length === 0 && (
        <Empty icon={Archive} title="No bundles yet">
          A bundle is a file (.airgap) that carries a release and everything it needs offline. Drop one anywhere in this
          window, or import it by its path.
        </Empty>
      )}
      {chosen.length > 0 && <Selected bundles={chosen} onClear={() => setSelected(new Set())} />}
      {bundles.length > 0 && (
        <div className={css.table}>
          <DataTable
            label="Bundles"
            columns={BUNDLE_COLUMNS}
            rows={bundles}
            idOf={(bundle: BundleSummary) => bundle.id}
            textOf={(bundle: BundleSummary) => `${bundle.title} ${bundle.version}`}
            selected={selected}
            onSelect={setSelected}
            onOpen={(bundle) => go({ screen: "bundle", bundle: bundle.id })}
            empty={() => null}
          />
        </div>
      )}
    </Page>
  );
}

function Selected({ bundles, onClear }: { bundles: BundleSummary[]; onClear: () => void }) {
  const [older, newer] = [...bundles].sort((a, b) => compareVersions(a.version, b.version));
  return (
    <Chosen label="Selected bundles" words={count(bundles.length, "bundle")} onClear={onClear}>
      <Button
        kind="quiet"
        isDisabled={bundles.length !== 2}
        onPress={() => older && newer && go({ screen: "compare", bundle: newer.id, from: older.id })}
      >
        Compare two
      </Button>
    </Chosen>
  );
}
