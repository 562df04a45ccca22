import { useState } from "react";
import { FileTrigger } from "react-aria-components";

import type { BaseView } from "../bindings/BaseView";
import { Button } from "../components/Button";
import { Checkbox } from "../components/Choice";
import { Dialog } from "../components/Dialog";
import { Stack } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { Tag } from "../components/Tag";
import { useDo } from "../engine/ask";
import { problemOf } from "../engine/problem";
import css from "./Bases.module.css";
import { NO_CHANGE } from "./words";

/** Values of a ConfigValues file: all of them or, when one is refused, none. */
export function ImportValues({ view, onClose }: { view: BaseView; onClose: () => void }) {
  const put = useDo("base_put");
  const [file, setFile] = useState<{ name: string; content: string } | null>(null);
  const [replace, setReplace] = useState(false);
  const take = async (chosen: File | undefined) => {
    if (!chosen) return;
    put.reset();
    setFile({ name: chosen.name, content: await chosen.text() });
  };
  const send = () => file && put.mutate({ ...NO_CHANGE, base: view.summary.id, replace, content: file.content }, { onSuccess: onClose });
  const footer = (
    <>
      <Button onPress={onClose}>Cancel</Button>
      <Button kind="main" isDisabled={!file || put.isPending} onPress={send}>
        {put.isPending ? "Checking…" : "Import into the base"}
      </Button>
    </>
  );
  return (
    <Dialog title="Import values" isOpen onClose={onClose} footer={footer}>
      <Stack>
        <p>Values of a ConfigValues file become the base’s. What the file only names as a default is not taken.</p>
        <div className={css.file}>
          <Tag tone={file ? "good" : "plain"}>{file?.name ?? "No file"}</Tag>
          <FileTrigger acceptedFileTypes={[".yaml", ".yml"]} onSelect={(files) => void take(files?.[0])}>
            <Button>{file ? "Choose another…" : "Choose a file…"}</Button>
          </FileTrigger>
        </div>
        <Checkbox label="Forget the values that are not in the file" isSelected={replace} onChange={setReplace} />
        {put.isError && <ProblemNotice problem={problemOf(put.error)} />}
      </Stack>
    </Dialog>
  );
}
