import { X } from "lucide-react";
import { useState } from "react";

import type { ImportStatus } from "../bindings/ImportStatus";
import { Button, IconButton } from "../components/Button";
import { bytes } from "../components/format";
import { Notice, ProblemNotice } from "../components/Notice";
import { Ago } from "../components/Time";
import { useAsk, useDo } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { useStore } from "../store";
import { dismiss, refusals } from "./import";
import css from "./Library.module.css";
import { Moving } from "./Moving";

/** How often an import of another process is looked at: no event tells of it. */
const EVERY = 2000;

/** What is on its way into the library, in this process or another, what broke off, and what was refused. Done imports are rows of the table. */
export function Imports({ imports }: { imports: ImportStatus[] }) {
  const refused = useStore(refusals);
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const running = imports.filter((one) => one.state === "running");
  const ended = imports.filter((one) => one.state !== "running" && one.state !== "done" && !seen.has(keyOf(one)));
  if (running.length + ended.length + refused.length === 0) return null;
  return (
    <div className={css.imports}>
      {running.some(isElsewhere) && <Watched />}
      {running.map((one) => (
        <Running key={one.id} status={one} />
      ))}
      {ended.map((one) => (
        <Ended key={keyOf(one)} status={one} onAway={() => setSeen(new Set([...seen, keyOf(one)]))} />
      ))}
      {refused.map(({ file, problem }) => (
        <ProblemNotice key={file} problem={problem} actions={<Button onPress={() => dismiss(file)}>Put away</Button>} />
      ))}
    </div>
  );
}

/** One that goes on and breaks off again is another matter to know. */
function keyOf({ id, beganAt }: ImportStatus): string {
  return `${id} ${beganAt}`;
}

function isElsewhere({ holder }: ImportStatus): boolean {
  return holder !== null && !holder.here;
}

/** Reads the list again and again for as long as it is there. */
function Watched() {
  useAsk("bundle_list", {}, { every: EVERY });
  return null;
}

function Running({ status }: { status: ImportStatus }) {
  const cancel = useDo("bundle_import_cancel");
  const { id, file, done, total, rate, holder } = status;
  if (holder !== null && !holder.here) {
    const label = `Importing ${file}, by process ${holder.process} on ${holder.host}`;
    return (
      <div className={css.import}>
        <Moving id={id} label={label} done={done} total={total} speed={rate} />
      </div>
    );
  }
  return (
    <div className={css.import}>
      <Moving id={id} label={`Importing ${file}`} done={done} total={total} />
      <IconButton icon={X} label={`Cancel the import of ${file}`} isDisabled={cancel.isPending} onPress={() => cancel.mutate({ import: id })} />
    </div>
  );
}

/** Broken off: what it stored is kept, so that it goes on instead of beginning anew. */
function Ended({ status, onAway }: { status: ImportStatus; onAway: () => void }) {
  const resume = useDo("bundle_import_resume");
  const discard = useDo("bundle_import_discard");
  const { id, file, path, state, kept, error, beganAt } = status;
  const busy = resume.isPending || discard.isPending;
  const failed = resume.error ?? discard.error;
  const refusal = failed && problemOf(failed);
  const actions = (
    <>
      {kept !== null && path !== null && (
        <Button isDisabled={busy} onPress={() => resume.mutate({ import: id })}>
          Go on
        </Button>
      )}
      {kept !== null && (
        <Button isDisabled={busy} onPress={() => discard.mutate({ import: id })}>
          Discard
        </Button>
      )}
      <Button onPress={onAway}>Put away</Button>
    </>
  );
  if (state === "failed") {
    const { message = "", hint = "", fields = [] } = error ?? {};
    const details = fields.map((field) => `${field.field}: ${field.message}`);
    if (refusal) details.push(`${refusal.message} ${refusal.hint}`);
    return <ProblemNotice problem={{ message: `${file} was not imported. ${message}`, hint, details }} actions={actions} />;
  }
  const interrupted = state === "interrupted";
  return (
    <Notice tone={interrupted ? "warn" : "info"} title={`The import of ${file} was ${interrupted ? "interrupted" : "stopped"}`} actions={actions}>
      {interrupted && (
        <>
          The process that imported it ended before it did. It began <Ago at={beganAt} />.{" "}
        </>
      )}
      {path === null && "Send it again to import it. "}
      {kept ? `${bytes(kept)} of it are in the library and are not stored twice.` : "What was stored is not stored twice."}
      {refusal && (
        <p role="alert">
          {refusal.message} {refusal.hint}
        </p>
      )}
    </Notice>
  );
}
