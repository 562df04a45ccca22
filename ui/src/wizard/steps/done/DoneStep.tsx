import { useState } from "react";

import type { RunView } from "../../../bindings/RunView";
import { Button } from "../../../components/Button";
import { count, duration } from "../../../components/format";
import { Facts, Panel, Section, Stack } from "../../../components/Layout";
import { Notice } from "../../../components/Notice";
import { StateMark } from "../../../components/StateMark";
import { useAsk } from "../../../engine/ask";
import { go } from "../../../frame/place";
import { DecisionButtons } from "../../DecisionButtons";
import { useDecisions } from "../../decisions";
import { LogPane } from "../../log/LogPane";
import type { StepProps } from "../../RunScreen";
import { Timeline } from "../../timeline/Timeline";
import { StepFrame } from "../../Wizard";
import css from "./Done.module.css";
import { ResetDone } from "./ResetDone";
import { RestoreDone } from "./RestoreDone";

/** What came of it. */
export function DoneStep({ view }: StepProps) {
  const decisions = useDecisions(view);
  const { summary } = view;
  const reset = summary.workflow === "reset";
  const restore = summary.workflow === "restore";
  const [logStep, setLogStep] = useState<string | null>(null);
  const informers = useAsk("site_get", { site: summary.site }, { staleTime: 0, enabled: !reset }).data?.informers ?? [];
  const notReady = informers.filter((one) => one.state !== "ready");
  return (
    <StepFrame
      title={titleOf(view)}
      next={
        <Button kind="main" onPress={() => go({ screen: "site", site: summary.site })}>
          Open {summary.siteName}
        </Button>
      }
      others={<DecisionButtons view={view} decisions={decisions} offer={["rollBack"]} />}
    >
      <Stack gap="l">
        {reset ? (
          <ResetDone view={view} />
        ) : restore ? (
          <RestoreDone view={view} />
        ) : (
          <Notice tone="good" title={`${summary.release.title} ${summary.release.version} runs on ${summary.siteName}`} live>
            {notReady.length === 0
              ? "Everything the vendor watches is ready."
              : `${count(notReady.length, "object")} the vendor watches not ready yet: ${notReady.map((one) => one.name).join(", ")}.`}
          </Notice>
        )}
        <Panel>
          <Facts
            facts={[
              ...(reset || restore
                ? []
                : [
                    { term: "Version", value: summary.release.version },
                    { term: "Before", value: summary.fromVersion ?? "Nothing installed" },
                  ]),
              { term: "Took", value: took(view) },
              { term: "Steps", value: `${summary.stepsDone} of ${summary.stepsTotal}` },
            ]}
          />
        </Panel>
        {!reset && <Remarks view={view} />}
        <Section title="Timeline">
          <Timeline view={view} onShowLog={setLogStep} />
        </Section>
        <div className={css.log}>
          <LogPane view={view} step={logStep} onStep={setLogStep} full={false} onFull={() => go({ screen: "run", run: summary.id, look: "execute" })} />
        </div>
      </Stack>
    </StepFrame>
  );
}

function titleOf({ summary }: RunView): string {
  if (summary.workflow === "rollback") return "Rolled back";
  if (summary.workflow === "reset") return "Reset";
  if (summary.workflow === "restore") return "Restored";
  return summary.workflow === "install" ? "Installed" : "Upgraded";
}

function took(view: RunView): string {
  const times = view.steps.flatMap((step) => (step.startedAt !== null && step.endedAt !== null ? [[step.startedAt, step.endedAt] as const] : []));
  if (times.length === 0) return "Not known";
  return duration(Math.max(...times.map((one) => one[1])) - Math.min(...times.map((one) => one[0])));
}

/** What went differently from the plan, which is what one wants to know a week later. */
function Remarks({ view }: { view: RunView }) {
  const skipped = view.steps.filter((step) => step.status === "skipped");
  const warned = view.steps.filter((step) => step.outcome?.type === "warning");
  const bypassed = view.phases.some((one) => one.status === "bypassed");
  if (skipped.length + warned.length === 0 && !bypassed) return null;
  return (
    <Section title="Remarks">
      <Panel>
        <ul>
          {bypassed && (
            <li>
              <StateMark mark="warning" word="Failed checks were waived" />
            </li>
          )}
          {skipped.map((step) => (
            <li key={step.id}>
              <StateMark mark="skipped" word={`${step.title}: ${step.outcome?.type === "skipped" ? step.outcome.reason : "skipped"}`} />
            </li>
          ))}
          {warned.map((step) => (
            <li key={step.id}>
              <StateMark mark="warning" word={`${step.title}: ${step.outcome?.type === "warning" ? step.outcome.message : ""}`} />
            </li>
          ))}
        </ul>
      </Panel>
    </Section>
  );
}
