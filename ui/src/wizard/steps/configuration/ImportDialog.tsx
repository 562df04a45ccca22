import { useState } from "react";
import { FileTrigger } from "react-aria-components";

import { announce } from "../../../components/Announcer";
import { Button } from "../../../components/Button";
import { Dialog } from "../../../components/Dialog";
import { FileDrop } from "../../../components/FileDrop";
import { bytes, count } from "../../../components/format";
import { Notice, ProblemNotice } from "../../../components/Notice";
import { usePlatform } from "../../../engine/platform";
import { fieldErrors, problemOf } from "../../../engine/problem";
import type { ConfigForm } from "./form";
import css from "./Transfer.module.css";

interface Props {
  form: ConfigForm;
  /** How many changes in the form are not stored, and would be gone. */
  unsaved: number;
  onStored: (file: string) => void;
  /** Fields were refused; the form says which. */
  onRefused: (file: string, fields: string[]) => void;
  onClose: () => void;
}

/** Values of a file, checked and stored at once: all of them or, when one is refused, none. */
export function ImportDialog({ form, unsaved, onStored, onRefused, onClose }: Props) {
  const { onFileDrop, readDropped } = usePlatform();
  const drops = !onFileDrop || readDropped !== undefined;
  const [file, setFile] = useState<{ name: string; size: number; content: string } | null>(null);
  const take = async (chosen: File | undefined) => {
    if (!chosen) return;
    form.forget();
    setFile({ name: chosen.name, size: chosen.size, content: await chosen.text() });
    announce(`${chosen.name}, ${bytes(chosen.size)}, chosen.`);
  };
  const send = () => {
    if (!file) return;
    form.importFile(
      file.content,
      () => onStored(file.name),
      (fields) => {
        if (fields.length > 0) onRefused(file.name, fields);
      },
    );
  };
  const failed = form.importError && Object.keys(fieldErrors(form.importError)).length === 0;
  const footer = (
    <>
      <Button onPress={onClose}>Cancel</Button>
      <Button kind="main" isDisabled={!file || form.importing} onPress={send}>
        {form.importing ? "Checking…" : "Import and save"}
      </Button>
    </>
  );
  return (
    <Dialog title="Import configuration" isOpen onClose={onClose} footer={footer}>
      <p className={css.soft}>Values of a ConfigValues file are checked and stored over the stored ones. What is not in the file stays as it is, passwords too.</p>
      <FileDrop label="Drop a ConfigValues file, or paste one" onFiles={(files) => void take(files[0])} isDisabled={!drops}>
        <div className={css.chosen}>
          <span className={css.name}>{file ? `${file.name}, ${bytes(file.size)}` : "No file chosen"}</span>
          <FileTrigger acceptedFileTypes={[".yaml", ".yml"]} onSelect={(files) => void take(files?.[0])}>
            <Button>{file ? "Choose another…" : "Choose a file…"}</Button>
          </FileTrigger>
          {drops && <span className={css.soft}>or drop one here</span>}
        </div>
      </FileDrop>
      {unsaved > 0 && (
        <Notice tone="warn" title={`${count(unsaved, "change")} in the form not saved`}>
          {unsaved === 1 ? "It is" : "They are"} dropped once the file is stored.
        </Notice>
      )}
      {failed && <ProblemNotice problem={problemOf(form.importError)} />}
    </Dialog>
  );
}
