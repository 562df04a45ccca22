import type { RunSummary } from "../../../bindings/RunSummary";
import { announce } from "../../../components/Announcer";
import { ExportDialog } from "./ExportDialog";
import type { ConfigForm } from "./form";
import { ImportDialog } from "./ImportDialog";

export type Opened = "import" | "export" | null;

interface Props {
  open: Opened;
  onOpen: (open: Opened) => void;
  form: ConfigForm;
  run: RunSummary;
  /** Hears the name of the file that is imported. */
  onFile: (name: string) => void;
  onStored: () => void;
  onRefused: (fields: string[]) => void;
}

/** Values in and out as a file. */
export function Transfer({ open, onOpen, form, run, onFile, onStored, onRefused }: Props) {
  const close = () => onOpen(null);
  const unsaved = Object.keys(form.asked).length;
  if (open === "export") {
    return <ExportDialog run={run.id} file={`${run.release.slug}-${run.siteName}-config.yaml`} unsaved={unsaved} onClose={close} />;
  }
  if (open !== "import") return null;
  return (
    <ImportDialog
      form={form}
      unsaved={unsaved}
      onStored={(name) => {
        close();
        announce(`The values of ${name} are stored.`);
        onStored();
      }}
      onRefused={(name, fields) => {
        onFile(name);
        close();
        onRefused(fields);
      }}
      onClose={close}
    />
  );
}
