import { X } from "lucide-react";
import { useState } from "react";

import type { ImportStatus } from "../bindings/ImportStatus";
import { Button, IconButton } from "../components/Button";
import { bytes, rate } from "../components/format";
import { ProblemNotice } from "../components/Notice";
import { Progress } from "../components/Progress";
import { useNow } from "../components/Time";
import { useDo } from "../engine/ask";
import { RateMeter } from "../engine/rate";
import { useStore } from "../store";
import { dismiss, refusals } from "./import";
import css from "./Library.module.css";

/** What is on its way into the library, and what was refused. Done imports are rows of the table. */
export function Imports({ imports }: { imports: ImportStatus[] }) {
  const refused = useStore(refusals);
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const running = imports.filter((one) => one.state === "running");
  const failed = imports.filter((one) => one.state === "failed" && !seen.has(one.id));
  if (running.length + failed.length + refused.length === 0) return null;
  return (
    <div className={css.imports}>
      {running.map((one) => (
        <Running key={one.id} status={one} />
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

const meter = new RateMeter();

function Running({ status }: { status: ImportStatus }) {
  const cancel = useDo("bundle_import_cancel");
  const speed = meter.read(status.id, status.done, useNow());
  const left = speed && speed > 0 ? `, ${rate(speed)}` : "";
  return (
    <div className={css.import}>
      <Progress
        label={`Importing ${status.file}`}
        done={status.done}
        total={status.total > 0 ? status.total : null}
        words={`${bytes(status.done)} of ${bytes(status.total)}${left}`}
      />
      <IconButton
        icon={X}
        label={`Cancel the import of ${status.file}`}
        isDisabled={cancel.isPending}
        onPress={() => cancel.mutate({ import: status.id })}
      />
    </div>
  );
}
