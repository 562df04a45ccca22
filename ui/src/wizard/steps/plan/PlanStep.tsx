import { useState } from "react";

import type { Phase } from "../../../bindings/Phase";
import type { Plan } from "../../../bindings/Plan";
import type { RunView } from "../../../bindings/RunView";
import { Button } from "../../../components/Button";
import { Radios } from "../../../components/Choice";
import type { DiffView } from "../../../components/Diff";
import { Loading } from "../../../components/Empty";
import { bytes } from "../../../components/format";
import { Stack } from "../../../components/Layout";
import { Notice, ProblemNotice } from "../../../components/Notice";
import { useAsk } from "../../../engine/ask";
import { problemOf } from "../../../engine/problem";
import { nextStop, startLabel, useExecute } from "../../execute";
import type { StepProps } from "../../RunScreen";
import { StepFrame } from "../../Wizard";
import { ChartChanges, ManifestChanges } from "./Changes";
import { ClusterChanges } from "./ClusterChanges";
import { ConfigChanges } from "./ConfigChanges";
import { Counts } from "./Counts";
import { ImageChanges } from "./ImageChanges";
import { PlannedSteps } from "./PlannedSteps";

const VIEWS = [
  { id: "unified", label: "Unified" },
  { id: "split", label: "Side by side" },
];

/** Where the operator decides: what would change, all of it, before anything does. */
export function PlanStep({ view, past, onReturn, onLook }: StepProps) {
  const plan = useAsk("run_plan", { run: view.summary.id });
  const { execute, check, start } = useExecute(view, plan.data?.digest ?? null);
  const [diff, setDiff] = useState<DiffView>("unified");
  const stop = plan.data ? nextStop(plan.data.steps.map((step) => step.phase), false) : null;
  return (
    <StepFrame
      title="Plan"
      aside={plan.data && <Radios label="Differences" hideLabel options={VIEWS} value={diff} onChange={(id) => setDiff(id as DiffView)} />}
      next={
        past ? (
          <Button kind="main" onPress={onReturn}>
            Back to where the run is
          </Button>
        ) : (
          <Button
            kind="main"
            isDisabled={!plan.data || execute.isPending || !view.allowed.includes(stop ? "runChecks" : "start")}
            onPress={stop ? () => check(stop) : start}
          >
            {execute.isPending ? "Starting…" : plan.data && stop ? checkLabel(plan.data, view, stop) : startLabel(view)}
          </Button>
        )
      }
      others={
        !past && (
          <>
            <Button onPress={() => onLook("configuration")}>Configuration</Button>
            <Button onPress={() => void plan.refetch()} isDisabled={plan.isFetching}>
              {plan.isFetching ? "Making the plan…" : "Plan again"}
            </Button>
            {stop && <span>{stop === "hostPreflights" ? "Nothing is done to the cluster or the application yet." : "Checks change nothing of the application."}</span>}
          </>
        )
      }
    >
      {view.warnings.map((warning) => (
        <Notice key={warning} tone="warn" title={warning} />
      ))}
      {plan.isPending && <Loading what="Reading the site and making the plan" />}
      {plan.isError && (
        <ProblemNotice problem={problemOf(plan.error)} actions={<Button onPress={() => void plan.refetch()}>Plan again</Button>} />
      )}
      {execute.isError && <ProblemNotice problem={problemOf(execute.error)} />}
      {plan.data && <PlanView plan={plan.data} diff={diff} />}
    </StepFrame>
  );
}

/** What the first stretch does besides checking. */
function checkLabel(plan: Plan, view: RunView, stop: Phase): string {
  if (stop === "hostPreflights" && view.summary.workflow === "install") return "Prepare and check the hosts";
  if (view.summary.workflow === "install") return "Prepare the site and run checks";
  // Files for hosts are brought there with the cluster, after the checks of the hosts.
  const moves = plan.images.reduce((sum, image) => sum + image.missingBytes, 0);
  const then = stop === "hostPreflights" ? "check the hosts" : "run checks";
  return view.airgap && moves > 0 ? `Move ${bytes(moves)} and ${then}` : `${then.charAt(0).toUpperCase()}${then.slice(1)}`;
}

export function PlanView({ plan, diff }: { plan: Plan; diff: DiffView }) {
  const titles = new Map(plan.steps.map((step) => [step.id, step.title]));
  return (
    <Stack gap="l">
      <Counts summary={plan.summary} cluster={plan.cluster ?? null} />
      {plan.pointsOfNoReturn.length === 0 ? (
        <Notice tone="good" title="No point of no return">
          {plan.cluster ? "Every step of the application can be rolled back." : "Every step of this plan can be rolled back."}
        </Notice>
      ) : (
        plan.pointsOfNoReturn.map((point) => (
          <Notice key={point.step} tone="warn" title={`No way back after “${titles.get(point.step) ?? point.step}”`}>
            {point.why}
          </Notice>
        ))
      )}
      {plan.warnings?.map((warning) => (
        <Notice key={warning} tone="warn" title="Before you start">
          {warning}
        </Notice>
      ))}
      {plan.cluster && <ClusterChanges cluster={plan.cluster} />}
      <ChartChanges title="Extensions of the cluster" compared={false} charts={plan.extensions ?? []} diff={diff} />
      <ChartChanges charts={plan.charts} diff={diff} />
      <ManifestChanges manifests={plan.manifests} diff={diff} />
      <ConfigChanges changes={plan.config} />
      <ImageChanges images={plan.images} />
      <PlannedSteps steps={plan.steps} />
    </Stack>
  );
}
