import { useCallback } from "react";

import type { RunView } from "../bindings/RunView";
import { Button } from "../components/Button";
import { Loading } from "../components/Empty";
import { ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { problemOf } from "../engine/problem";
import { useRun } from "../engine/run";
import { releaseChange } from "../engine/words";
import { way } from "../frame/place";
import { currentStep, wizardSteps, type WizardStep } from "./position";
import { ChecksStep } from "./steps/checks/ChecksStep";
import { ClusterStep } from "./steps/cluster/ClusterStep";
import { ConfigurationStep } from "./steps/configuration/ConfigurationStep";
import { DoneStep } from "./steps/done/DoneStep";
import { ExecuteStep } from "./steps/execute/ExecuteStep";
import { HostsStep } from "./steps/hosts/HostsStep";
import { InstallationStep } from "./steps/installation/InstallationStep";
import { PlanStep } from "./steps/plan/PlanStep";
import { ReleaseStep } from "./steps/release/ReleaseStep";
import { DecisionButtons } from "./DecisionButtons";
import { useDecisions } from "./decisions";
import { titleOf } from "./title";
import { Wizard } from "./Wizard";

/** A run, live or long over: the same steps and the same timeline. */
export function RunScreen({ run, look }: { run: string; look: string | undefined }) {
  const query = useRun(run);
  if (query.isError) {
    return (
      <Page title="Run">
        <ProblemNotice problem={problemOf(query.error)} actions={<Button onPress={() => void query.refetch()}>Read again</Button>} />
      </Page>
    );
  }
  if (!query.data) return <Loading what="Reading the run" />;
  return <Run view={query.data} look={look} />;
}

export interface StepProps {
  view: RunView;
  /** An earlier step is being looked at; where the run is lies ahead. */
  past: boolean;
  /** Back to where the run is. */
  onReturn: () => void;
  /** To look at another step. */
  onLook: (step: WizardStep) => void;
}

const COMPONENTS: Record<WizardStep, (props: StepProps) => React.ReactNode> = {
  release: ReleaseStep,
  configuration: ConfigurationStep,
  installation: InstallationStep,
  plan: PlanStep,
  hosts: HostsStep,
  cluster: ClusterStep,
  checks: ChecksStep,
  execute: ExecuteStep,
  done: DoneStep,
};

function Run({ view, look }: { view: RunView; look: string | undefined }) {
  const { id, siteName, workflow } = view.summary;
  const steps = wizardSteps(view);
  const here = currentStep(view);
  const shown = steps.find((step) => step.id === look && step.open)?.id ?? here;
  const onLook = useCallback(
    (step: WizardStep) => way.turn(step === here ? { screen: "run", run: id } : { screen: "run", run: id, look: step }),
    [id, here],
  );
  const onReturn = useCallback(() => way.turn({ screen: "run", run: id }), [id]);
  const Step = COMPONENTS[shown];
  return (
    <Wizard title={titleOf(workflow, siteName)} about={releaseChange(view.summary)} steps={steps} shown={shown} onLook={onLook} foot={<PutAway view={view} />}>
      <Step key={shown} view={view} past={shown !== here} onReturn={onReturn} onLook={onLook} />
    </Wizard>
  );
}

/** A run that nobody wants to go on with is put away from wherever it stands. */
function PutAway({ view }: { view: RunView }) {
  const decisions = useDecisions(view);
  if (view.summary.discarded) return <p>Discarded. It goes no further.</p>;
  return <DecisionButtons view={view} decisions={decisions} offer={["discard"]} />;
}
