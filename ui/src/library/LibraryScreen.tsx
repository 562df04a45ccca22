import { Archive } from "lucide-react";
import { useMemo, useState } from "react";

import type { BundleSummary } from "../bindings/BundleSummary";
import { Button } from "../components/Button";
import { DataTable } from "../components/DataTable";
import { Empty, Loading } from "../components/Empty";
import { bytes, count } from "../components/format";
import { ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { useAsk } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { useCommands, type Command } from "../frame/commands";
import { go } from "../frame/place";
import { BUNDLE_COLUMNS } from "./columns";
import { CompareBundles } from "./CompareBundles";
import { ImportControls } from "./ImportControls";
import { Imports } from "./Imports";
import css from "./Library.module.css";

export function LibraryScreen() {
  const list = useAsk("bundle_list", {});
  const [asking, setAsking] = useState(false);
  useCommands(
    useMemo<Command[]>(() => [{ id: "import", title: "Import a bundle…", group: "Do", keys: "i", run: () => setAsking(true) }], []),
  );
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const bundles = list.data?.bundles ?? [];
  const chosen = bundles.filter((bundle) => selected.has(bundle.id));
  return (
    <Page
      title="Library"
      full
      aside={list.data && bundles.length > 0 && <span className={css.soft}>{bytes(list.data.librarySize)} in all</span>}
      actions={<ImportControls asking={asking} onAsk={setAsking} />}
    >
      {list.isPending && <Loading what="Reading the library" />}
      {list.isError && <ProblemNotice problem={problemOf(list.error)} />}
      {list.data && <Imports imports={list.data.imports} />}
      {list.data && bundles.length === 0 && (
        <Empty icon={Archive} title="No bundles yet">
          A bundle is a file (.airgap) that carries a release and everything it needs offline. Drop one anywhere in this
          window, or import it by its path.
        </Empty>
      )}
      {chosen.length > 0 && <Chosen bundles={chosen} onClear={() => setSelected(new Set())} />}
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

function Chosen({ bundles, onClear }: { bundles: BundleSummary[]; onClear: () => void }) {
  const [comparing, setComparing] = useState(false);
  const [one, other] = bundles;
  return (
    <div className={css.chosen} role="group" aria-label="Selected bundles">
      <strong>{count(bundles.length, "bundle")} selected</strong>
      <Button kind="quiet" isDisabled={bundles.length !== 2} onPress={() => setComparing(true)}>
        Compare two
      </Button>
      <Button kind="quiet" onPress={onClear}>
        Clear selection
      </Button>
      {comparing && one && other && <CompareBundles bundles={[one, other]} onClose={() => setComparing(false)} />}
    </div>
  );
}
