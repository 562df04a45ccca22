import { Button } from "../../../components/Button";
import { Notice } from "../../../components/Notice";
import { useAsk } from "../../../engine/ask";
import { go } from "../../../frame/place";
import { startLabel, useExecute } from "../../execute";
import { phasesAt } from "../../position";
import type { StepProps } from "../../RunScreen";
import { Work } from "../execute/ExecuteStep";

/** The cluster on its hosts: made, grown or upgraded, a host after the other. */
export function ClusterStep(props: StepProps) {
  const { view } = props;
  const { execute, check, start } = useExecute(view, view.planDigest);
  const plan = useAsk("run_plan", { run: view.summary.id }, { enabled: view.planDigest !== null });
  const checks = view.steps.some((step) => step.phase === "appPreflights");
  const may = view.allowed.includes(checks ? "runChecks" : "start");
  return (
    <Work
      {...props}
      title="Cluster"
      phases={phasesAt("cluster", view)}
      nodes={["infrastructure"]}
      failed={
        plan.data?.cluster && (
          <Notice
            tone="info"
            title="What can be done about the cluster"
            actions={
              view.summary.workflow === "upgrade" && <Button onPress={() => go({ screen: "site", site: view.summary.site })}>Backups on {view.summary.siteName}</Button>
            }
          >
            {plan.data.cluster.recovery}
          </Notice>
        )
      }
      refused={execute.error}
      next={
        may && (
          <Button kind="main" isDisabled={execute.isPending} onPress={checks ? () => check("appPreflights") : start}>
            {execute.isPending ? "Starting…" : checks ? "Run checks" : startLabel(view)}
          </Button>
        )
      }
    />
  );
}
