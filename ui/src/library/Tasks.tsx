import { X } from "lucide-react";
import { useState } from "react";

import type { LibraryTask } from "../bindings/LibraryTask";
import type { TaskKind } from "../bindings/TaskKind";
import { Button, IconButton } from "../components/Button";
import { bytes, count, middle } from "../components/format";
import { Notice, ProblemNotice } from "../components/Notice";
import { useDo } from "../engine/ask";
import { Moving } from "./Moving";
import css from "./Library.module.css";

const WORDS: Record<TaskKind, { doing: string; failed: string }> = {
  verify: { doing: "Reading and hashing blobs", failed: "The library was not verified" },
  move: { doing: "Moving the library", failed: "The library was not moved" },
  push: { doing: "Pushing images", failed: "The images were not pushed" },
  export: { doing: "Writing the bundle", failed: "The bundle was not written" },
  create: { doing: "Making the bundle", failed: "The bundle was not made" },
};

/** Long work with what the library holds: how far it is, and what came of it until it is put away. */
export function Tasks({ tasks }: { tasks: LibraryTask[] }) {
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const shown = tasks.filter((task) => !seen.has(task.id));
  if (shown.length === 0) return null;
  return (
    <div className={css.imports}>
      {shown.map((task) =>
        task.state === "running" ? <Running key={task.id} task={task} /> : <Ended key={task.id} task={task} onAway={() => setSeen(new Set([...seen, task.id]))} />,
      )}
    </div>
  );
}

function label(task: LibraryTask): string {
  const { doing } = WORDS[task.kind];
  return task.target ? `${doing} to ${middle(task.target, 48)}` : doing;
}

function Running({ task }: { task: LibraryTask }) {
  const cancel = useDo("task_cancel");
  return (
    <div className={css.import}>
      <Moving id={task.id} label={label(task)} done={task.done} total={task.total} />
      <IconButton icon={X} label={`Stop: ${label(task)}`} isDisabled={cancel.isPending} onPress={() => cancel.mutate({ task: task.id })} />
    </div>
  );
}

function Ended({ task, onAway }: { task: LibraryTask; onAway: () => void }) {
  const away = <Button onPress={onAway}>Put away</Button>;
  if (task.state === "cancelled") {
    return (
      <Notice tone="info" title={`Stopped: ${label(task)}`} actions={away}>
        {task.kind === "push" || task.kind === "move" ? "Begun again, it goes on where it stopped." : null}
      </Notice>
    );
  }
  if (task.state === "failed") {
    const { message = "", hint = "", fields = [] } = task.error ?? {};
    const details = fields.map((field) => `${field.field}: ${field.message}`);
    return <ProblemNotice problem={{ message: `${WORDS[task.kind].failed}. ${message}`, hint, details }} actions={away} />;
  }
  return <Outcome task={task} away={away} />;
}

function Outcome({ task, away }: { task: LibraryTask; away: React.ReactNode }) {
  const { outcome } = task;
  switch (outcome?.type) {
    case "verified": {
      const read = `${count(outcome.blobs, "blob")} read, ${bytes(outcome.bytes)}`;
      if (outcome.findings.length === 0) return <Notice tone="good" title={`Every blob is sound: ${read}`} actions={away} live />;
      return (
        <Notice tone="bad" title={`${count(outcome.findings.length, "blob")} of the library cannot be used`} actions={away} live>
          <ul>
            {outcome.findings.slice(0, 20).map((finding) => (
              <li key={finding.digest}>
                <code>{middle(finding.digest, 24)}</code> is {finding.fault}, {finding.bundles.length === 0 ? "needed by no bundle" : `needed by ${count(finding.bundles.length, "bundle")}`}
              </li>
            ))}
          </ul>
          {outcome.removed > 0 ? `${count(outcome.removed, "damaged blob was", "damaged blobs were")} removed. Import the bundles again.` : "Remove what is damaged, then import the bundles again."}
        </Notice>
      );
    }
    case "moved":
      return <Notice tone="good" title={`The library is in ${outcome.folder} now`} actions={away} live />;
    case "pushed":
      return (
        <Notice tone="good" title={`${count(outcome.images, "image is", "images are")} in ${task.target}`} actions={away} live>
          {bytes(outcome.sent)} of {bytes(outcome.size)} were sent; the rest was there.
        </Notice>
      );
    case "written":
      return (
        <Notice tone="good" title={`${outcome.file} was written, ${bytes(outcome.size)}`} actions={away} live>
          SHA-256 <code>{outcome.sha256}</code>
        </Notice>
      );
    default:
      return null;
  }
}
