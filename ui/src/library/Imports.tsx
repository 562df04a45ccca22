import { X } from "lucide-react";
import { useState } from "react";

import type { ImportStatus } from "../bindings/ImportStatus";
import { Button, IconButton } from "../components/Button";
import { Notice, ProblemNotice } from "../components/Notice";
import { useDo } from "../engine/ask";
import { useStore } from "../store";
import { dismiss, refusals } from "./import";
import css from "./Library.module.css";
import { Moving } from "./Moving";

/** What is on its way into the library, and what was refused. Done imports are rows of the table. */
export function Imports({ imports }: { imports: ImportStatus[] }) {
  const refused = useStore(refusals);
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const running = imports.filter((one) => one.state === "running");
  const failed = imports.filter((one) => one.state === "failed" && !seen.has(one.id));
  const stopped = imports.filter((one) => one.state === "cancelled" && !seen.has(one.id));
  if (running.length + failed.length + stopped.length + refused.length === 0) return null;
  return (
    <div className={css.imports}>
      {running.map((one) => (
        <Running key={one.id} status={one} />
      ))}
      {stopped.map((one) => (
        <Stopped key={one.id} status={one} onAway={() => setSeen(new Set([...seen, one.id]))} />
      ))}
      {failed.map((one) => (
        <ProblemNotice
          key={one.id}
          problem={{
            message: `${one.file} was not imported. ${one.error?.message ?? ""}`,
            hint: one.error?.hint ?? "",
            details: one.error?.fields.map((field) => `${field.field}: ${field.message}`) ?? [],
          }}
          actions={<Button onPress={() => setSeen(new Set([...seen, one.id]))}>Put away</Button>}
        />
      ))}
      {refused.map(({ file, problem }) => (
        <ProblemNotice key={file} problem={problem} actions={<Button onPress={() => dismiss(file)}>Put away</Button>} />
      ))}
    </div>
  );
}

function Running({ status }: { status: ImportStatus }) {
  const cancel = useDo("bundle_import_cancel");
  return (
    <div className={css.import}>
      <Moving id={status.id} label={`Importing ${status.file}`} done={status.done} total={status.total} />
      <IconButton
        icon={X}
        label={`Cancel the import of ${status.file}`}
        isDisabled={cancel.isPending}
        onPress={() => cancel.mutate({ import: status.id })}
      />
    </div>
  );
}

/** Stopped by a person: what it stored is kept, so that it goes on instead of beginning anew. */
function Stopped({ status, onAway }: { status: ImportStatus; onAway: () => void }) {
  const again = useDo("bundle_import");
  const { path } = status;
  return (
    <Notice
      tone="info"
      title={`The import of ${status.file} was stopped`}
      actions={
        <>
          {path !== null && (
            <Button isDisabled={again.isPending} onPress={() => again.mutate({ path, once: false }, { onSuccess: onAway })}>
              Go on
            </Button>
          )}
          <Button onPress={onAway}>Put away</Button>
        </>
      }
    >
      {path === null ? "Send it again to import it; what was stored is not stored twice." : "What was stored is not stored twice."}
    </Notice>
  );
}
