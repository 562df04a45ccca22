import { useState } from "react";

import type { SpecFile } from "../bindings/SpecFile";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Field } from "../components/Field";
import { ProblemNotice } from "../components/Notice";
import { useDo } from "../engine/ask";
import { usePlatform } from "../engine/platform";
import { fieldErrors, problemOf } from "../engine/problem";
import { go } from "../frame/place";
import { SpecFiles } from "../preflights/SpecFiles";
import { SendFile } from "./SendFile";

/** Takes a support bundle that somebody else collected. */
export function OpenFile({ path: first, onClose }: { path: string; onClose: () => void }) {
  const { pickFile, uploadSupport } = usePlatform();
  const [path, setPath] = useState(first);
  const [specs, setSpecs] = useState<SpecFile[]>([]);
  const open = useDo("support_open");
  const errors = fieldErrors(open.error);
  const ready = path.trim() !== "" && !open.isPending;
  const choose = async () => {
    const picked = await pickFile?.("Support bundle", ["gz", "tgz"]);
    if (picked) setPath(picked);
  };
  const submit = () =>
    open.mutate(
      { path: path.trim(), specs },
      {
        onSuccess: ({ summary }) => {
          onClose();
          go({ screen: "support", support: summary.id });
        },
      },
    );
  return (
    <Dialog
      title="Open a support bundle"
      isOpen
      onClose={onClose}
      wide
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button kind="main" isDisabled={!ready} onPress={submit}>
            {open.isPending ? "Opening…" : "Open"}
          </Button>
        </>
      }
    >
      <Field
        label="File"
        value={path}
        onChange={setPath}
        onKeyDown={(event) => event.key === "Enter" && ready && submit()}
        mono
        placeholder="/home/you/support-bundle.tar.gz"
        // eslint-disable-next-line jsx-a11y/no-autofocus -- the dialog exists for this field
        autoFocus
        help={
          uploadSupport
            ? "Whole path, on the server's machine."
            : "Whole path, on this machine. It may have been collected with another program; the file itself stays as it is."
        }
        error={errors["path"]}
      >
        {pickFile && <Button onPress={() => void choose()}>Choose…</Button>}
      </Field>
      {uploadSupport && <SendFile onClose={onClose} />}
      <SpecFiles specs={specs} onChange={setSpecs} kinds="Their checks are judged on what it holds, and their redactors applied." />
      {open.isError && <ProblemNotice problem={errors["path"] ? { ...problemOf(open.error), details: [] } : problemOf(open.error)} />}
    </Dialog>
  );
}
