import { ProblemNotice } from "../../../components/Notice";
import { fieldErrors, problemOf } from "../../../engine/problem";
import type { ConfigForm } from "./form";

/** Why the form cannot be read, rendered, stored or filled from a file. Fields say for themselves what is wrong with them. */
export function Refusal({ form, file }: { form: ConfigForm; file: string | null }) {
  const { load, template, error, importError, errors } = form;
  const elsewhere = [...(errors?.elsewhere ?? [])];
  // Without a refused field the dialog that is still open says it.
  const imported = importError && Object.keys(fieldErrors(importError)).length > 0;
  return (
    <>
      {load.isError && <ProblemNotice problem={problemOf(load.error)} />}
      {error && <ProblemNotice problem={{ ...problemOf(error), details: elsewhere }} />}
      {imported && (
        <ProblemNotice
          problem={{
            message: `${file ?? "The file"}: ${problemOf(importError).message}`,
            hint: "Fields say what is wrong with the file's values; they still show the stored ones. Correct the file, then import it again.",
            details: elsewhere,
          }}
        />
      )}
      {template.isError && <ProblemNotice problem={problemOf(template.error)} />}
    </>
  );
}
