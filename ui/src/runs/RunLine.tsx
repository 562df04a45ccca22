import type { RunSummary } from "../bindings/RunSummary";
import { Button } from "../components/Button";
import { Notice, type Tone } from "../components/Notice";
import { Ago } from "../components/Time";
import { isOpen, releaseChange, runMark, workflowWord } from "../engine/words";
import { go } from "../frame/place";

/** The run that a site's operator may want to come back to; nothing when it simply succeeded. */
export function RunLine({ run }: { run: RunSummary }) {
  if (!isOpen(run)) return null;
  const { mark, word } = runMark(run);
  const tone: Tone = mark === "failed" ? "bad" : mark === "running" ? "busy" : mark === "warning" ? "warn" : "info";
  return (
    <Notice
      tone={tone}
      title={`${workflowWord(run.workflow)} ${releaseChange(run)}: ${word}`}
      actions={
        <Button onPress={() => go({ screen: "run", run: run.id })}>{run.executing ? "Show the run" : "Continue the run"}</Button>
      }
    >
      {run.failure && <div>{run.failure}</div>}
      <Ago at={run.updatedAt} />
    </Notice>
  );
}
