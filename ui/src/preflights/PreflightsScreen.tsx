import { ListChecks } from "lucide-react";
import { useState } from "react";

import type { PreflightSummary } from "../bindings/PreflightSummary";
import { Button } from "../components/Button";
import { Chosen } from "../components/Chosen";
import { DataTable } from "../components/DataTable";
import { Empty, Loading } from "../components/Empty";
import { count } from "../components/format";
import { ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { useAsk } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { go } from "../frame/place";
import { PREFLIGHT_COLUMNS } from "./columns";
import css from "./Preflights.module.css";
import { RemovePreflights } from "./RemovePreflights";
import { subjects, verdict } from "./words";

const check = () => go({ screen: "checkhosts" });

/** Every preflight run that was started by itself, the newest first. */
export function PreflightsScreen() {
  const list = useAsk("preflight_list", {});
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const preflights = list.data?.preflights ?? [];
  const chosen = preflights.filter((one) => selected.has(one.id));
  return (
    <Page
      title="Preflights"
      full
      actions={
        <Button kind="main" onPress={check}>
          Check hosts…
        </Button>
      }
    >
      {list.isPending && <Loading what="Reading preflight runs" />}
      {list.isError && <ProblemNotice problem={problemOf(list.error)} />}
      {list.data && preflights.length === 0 && <None />}
      {chosen.length > 0 && <Selected preflights={chosen} onClear={() => setSelected(new Set())} />}
      {preflights.length > 0 && (
        <div className={css.table}>
          <DataTable
            label="Preflight runs"
            columns={PREFLIGHT_COLUMNS}
            rows={preflights}
            idOf={(one: PreflightSummary) => one.id}
            textOf={(one: PreflightSummary) => `${subjects(one)}: ${verdict(one)}`}
            selected={selected}
            onSelect={setSelected}
            onOpen={(one) => go({ screen: "preflight", preflight: one.id })}
            empty={() => null}
          />
        </div>
      )}
    </Page>
  );
}

function None() {
  return (
    <Empty icon={ListChecks} title="No hosts checked yet" actions={<Button onPress={check}>Check hosts…</Button>}>
      Host preflights say days ahead whether machines are fit: CPU, memory, disks, kernel, clock, network, ports. They run
      over SSH on many hosts at once, install nothing and leave nothing there, and every check gets an answer. Results stay
      here, so that two runs can be compared.
    </Empty>
  );
}

function Selected({ preflights, onClear }: { preflights: PreflightSummary[]; onClear: () => void }) {
  const [removing, setRemoving] = useState(false);
  const [before, after] = [...preflights].sort((a, b) => a.at - b.at);
  const running = preflights.some((one) => one.progress === "running");
  const compare = () => before && after && go({ screen: "preflight", preflight: after.id, against: before.id });
  return (
    <Chosen
      label="Selected preflight runs"
      words={count(preflights.length, "preflight run")}
      onClear={onClear}
      after={
        <>
          {running && <span className={css.soft}>One under way is cancelled before it can be removed.</span>}
          {removing && <RemovePreflights preflights={preflights} onDone={onClear} onClose={() => setRemoving(false)} />}
        </>
      }
    >
      <Button kind="quiet" isDisabled={preflights.length !== 2} onPress={compare}>
        Compare two
      </Button>
      <Button kind="quiet" isDisabled={running} onPress={() => setRemoving(true)}>
        Remove…
      </Button>
    </Chosen>
  );
}
