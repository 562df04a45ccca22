import type { PreflightSummary } from "../bindings/PreflightSummary";
import { Confirm } from "../components/Confirm";
import { count } from "../components/format";
import { ProblemNotice } from "../components/Notice";
import { Ago } from "../components/Time";
import { useDo } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { subjects } from "./words";

/** Asks before results are forgotten. */
export function RemovePreflights({ preflights, onDone, onClose }: { preflights: PreflightSummary[]; onDone: () => void; onClose: () => void }) {
  const remove = useDo("preflight_remove");
  const all = async () => {
    for (const one of preflights) await remove.mutateAsync({ preflight: one.id });
    onDone();
  };
  const [first] = preflights;
  const what = preflights.length === 1 ? "this preflight run" : count(preflights.length, "preflight run");
  return (
    <Confirm
      title={`Remove ${what}`}
      verb={`Remove ${preflights.length === 1 ? "it" : what}`}
      busy={remove.isPending}
      problem={remove.isError && <ProblemNotice problem={problemOf(remove.error)} />}
      onClose={onClose}
      onConfirm={() => void all().catch(() => undefined)}
    >
      {preflights.length === 1 && first ? (
        <>
          The results of {subjects(first)}, <Ago at={first.at} />, are forgotten.{" "}
        </>
      ) : (
        "Their results are forgotten. "
      )}
      Nothing was left on the hosts, so nothing changes there; a later run cannot be compared with these results any more.
    </Confirm>
  );
}
