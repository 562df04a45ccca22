import { Confirm } from "../components/Confirm";
import { ProblemNotice } from "../components/Notice";
import { useDo } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { go } from "../frame/place";

interface Props {
  run: string;
  siteName: string;
  /** Version that runs now, as far as known. */
  from: string;
  /** Null takes the revision before the run. */
  revision: number | null;
  /** Version it goes back to, when known. */
  to: string | null;
  onClose: () => void;
}

/** Goes back to a recorded revision. That is a run of its own, so there is something to come back to. */
export function RollBack({ run, siteName, from, revision, to, onClose }: Props) {
  const rollback = useDo("run_rollback");
  return (
    <Confirm
      title={`Roll back ${siteName}`}
      verb={`Roll back ${siteName}`}
      type={{ label: `Type ${siteName} to roll it back`, text: siteName }}
      busy={rollback.isPending}
      problem={rollback.isError && <ProblemNotice problem={problemOf(rollback.error)} />}
      onClose={onClose}
      onConfirm={() =>
        rollback.mutate(
          { run, revision },
          {
            onSuccess: (view) => {
              onClose();
              go({ screen: "run", run: view.summary.id });
            },
          },
        )
      }
    >
      {to ? `From ${from} to ${to}.` : `From ${from} to the revision before it.`} Charts go back in reverse order, and plain
      manifests and config values with them. It starts at once. Data that the application migrated stays migrated.
    </Confirm>
  );
}
