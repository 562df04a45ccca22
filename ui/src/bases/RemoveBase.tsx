import type { BaseSummary } from "../bindings/BaseSummary";
import { Confirm } from "../components/Confirm";
import { count } from "../components/format";
import { ProblemNotice } from "../components/Notice";
import { useDo } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { go } from "../frame/place";

/** Asks before a base is forgotten: its values cannot be brought back. */
export function RemoveBase({ summary, onClose }: { summary: BaseSummary; onClose: () => void }) {
  const remove = useDo("base_remove");
  const many = summary.sites.length;
  return (
    <Confirm
      title={`Remove ${summary.name}`}
      verb={`Remove ${summary.name}`}
      type={{ label: `Type ${summary.name} to remove it`, text: summary.name }}
      busy={remove.isPending}
      problem={remove.isError && <ProblemNotice problem={problemOf(remove.error)} />}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          { base: summary.id },
          {
            onSuccess: () => {
              onClose();
              go({ screen: "bases" });
            },
          },
        )
      }
    >
      {count(summary.values, "value is", "values are")} forgotten and cannot be brought back.{" "}
      {many > 0 && `${count(many, "site that follows it keeps", "sites that follow it keep")} the values they have, as their own. `}
      Nothing on any site changes.
    </Confirm>
  );
}
