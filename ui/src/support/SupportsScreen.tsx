import { FolderOpen, LifeBuoy } from "lucide-react";
import { useMemo, useState } from "react";

import type { SupportSummary } from "../bindings/SupportSummary";
import { Button } from "../components/Button";
import { Chosen } from "../components/Chosen";
import { DataTable } from "../components/DataTable";
import { Empty, Loading } from "../components/Empty";
import { count } from "../components/format";
import { ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { useAsk } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { useCommands, type Command } from "../frame/commands";
import { go, way } from "../frame/place";
import { verdict } from "../preflights/words";
import { Collect } from "./Collect";
import { SUPPORT_COLUMNS } from "./columns";
import { OpenFile } from "./OpenFile";
import { RemoveSupports } from "./RemoveSupports";
import css from "./Supports.module.css";
import { standing } from "./words";

const collect = () => way.turn({ screen: "supports", asking: "collect" });
const open = () => way.turn({ screen: "supports", asking: "open" });
const close = () => way.turn({ screen: "supports" });

/** Every support bundle, collected here or opened from a file, the newest first. */
export function SupportsScreen({ asking, path }: { asking: "collect" | "open" | null; path: string }) {
  const list = useAsk("support_list", {});
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  useCommands(
    useMemo<Command[]>(
      () => [
        { id: "collect-support", title: "Collect a support bundle…", group: "Do", keys: "s", run: collect },
        { id: "open-support", title: "Open a support bundle's file…", group: "Do", keys: "o", run: open },
      ],
      [],
    ),
  );
  const supports = list.data?.bundles ?? [];
  const chosen = supports.filter((one) => selected.has(one.id));
  return (
    <Page title="Support" full actions={<Ways />}>
      {list.isPending && <Loading what="Reading support bundles" />}
      {list.isError && <ProblemNotice problem={problemOf(list.error)} actions={<Button onPress={() => void list.refetch()}>Read again</Button>} />}
      {list.data && supports.length === 0 && <None />}
      {chosen.length > 0 && <Selected supports={chosen} onClear={() => setSelected(new Set())} />}
      {supports.length > 0 && (
        <div className={css.table}>
          <DataTable
            label="Support bundles"
            columns={SUPPORT_COLUMNS}
            rows={supports}
            idOf={(one: SupportSummary) => one.id}
            textOf={(one: SupportSummary) => `${one.name}, ${standing(one).word.toLowerCase()}: ${verdict(one)}`}
            selected={selected}
            onSelect={setSelected}
            onOpen={(one) => go({ screen: "support", support: one.id })}
            empty={() => null}
          />
        </div>
      )}
      {asking === "collect" && <Collect site={null} onClose={close} />}
      {asking === "open" && <OpenFile key={path} path={path} onClose={close} />}
    </Page>
  );
}

function Ways() {
  return (
    <>
      <Button icon={FolderOpen} onPress={open}>
        Open a file…
      </Button>
      <Button kind="main" onPress={collect}>
        Collect…
      </Button>
    </>
  );
}

function None() {
  return (
    <Empty
      icon={LifeBuoy}
      title="No support bundles yet"
      actions={
        <>
          <Button onPress={collect}>Collect…</Button>
          <Button onPress={open}>Open a file…</Button>
        </>
      }
    >
      When something is wrong with a site and somebody else is to help, a support bundle shows them what you see: its cluster or
      hosts, its runs and their logs, and what checks find, in one file that holds no secret. It stays here until you save it.
    </Empty>
  );
}

function Selected({ supports, onClear }: { supports: SupportSummary[]; onClear: () => void }) {
  const [removing, setRemoving] = useState(false);
  const running = supports.some((one) => one.progress === "running");
  return (
    <Chosen
      label="Selected support bundles"
      words={count(supports.length, "support bundle")}
      onClear={onClear}
      after={
        <>
          {running && <span className={css.soft}>One under way is cancelled before it can be removed.</span>}
          {removing && <RemoveSupports supports={supports} onDone={onClear} onClose={() => setRemoving(false)} />}
        </>
      }
    >
      <Button kind="quiet" isDisabled={running} onPress={() => setRemoving(true)}>
        Remove…
      </Button>
    </Chosen>
  );
}
