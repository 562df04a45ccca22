import type { SupportSummary } from "../bindings/SupportSummary";
import { Confirm } from "../components/Confirm";
import { count } from "../components/format";
import { ProblemNotice } from "../components/Notice";
import { Ago } from "../components/Time";
import { useDo } from "../engine/ask";
import { problemOf } from "../engine/problem";

/** Asks before a support bundle is thrown away. */
export function RemoveSupports({ supports, onDone, onClose }: { supports: SupportSummary[]; onDone: () => void; onClose: () => void }) {
  const remove = useDo("support_remove");
  const all = async () => {
    for (const one of supports) await remove.mutateAsync({ support: one.id });
    onDone();
  };
  const [first] = supports;
  const alone = supports.length === 1 ? first : undefined;
  const what = alone ? "this support bundle" : count(supports.length, "support bundle");
  return (
    <Confirm
      title={`Remove ${what}`}
      verb={`Remove ${alone ? "it" : what}`}
      busy={remove.isPending}
      problem={remove.isError && <ProblemNotice problem={problemOf(remove.error)} />}
      onClose={onClose}
      onConfirm={() => void all().catch(() => undefined)}
    >
      {alone ? (
        <>
          What is kept here of {alone.name}, <Ago at={alone.at} />, is removed with its findings.{" "}
        </>
      ) : (
        "What is kept here of them is removed with their findings. "
      )}
      Files that were saved or opened elsewhere stay there, and nothing changes on a site; how it was at that time cannot be collected again.
    </Confirm>
  );
}
