import { Button } from "../../../components/Button";
import { Dialog } from "../../../components/Dialog";
import { Loading } from "../../../components/Empty";
import { count } from "../../../components/format";
import { CopyButton } from "../../../components/Id";
import { Notice, ProblemNotice } from "../../../components/Notice";
import { useAsk } from "../../../engine/ask";
import { usePlatform } from "../../../engine/platform";
import { problemOf } from "../../../engine/problem";
import css from "./Transfer.module.css";

interface Props {
  run: string;
  /** Name for the file. */
  file: string;
  /** How many changes are not stored, and so not in it. */
  unsaved: number;
  onClose: () => void;
}

/** The stored values as a file: to save where that is possible, to copy everywhere. */
export function ExportDialog({ run, file, unsaved, onClose }: Props) {
  const platform = usePlatform();
  const asked = useAsk("config_export", { run }, { staleTime: 0, gcTime: 0 });
  const content = asked.data?.content ?? "";
  const leftOut = asked.data?.leftOut ?? [];
  const footer = (
    <>
      <Button onPress={onClose}>Close</Button>
      {platform.saveFile && (
        <Button kind="main" isDisabled={!asked.data} onPress={() => platform.saveFile?.(file, content)}>
          Save {file}
        </Button>
      )}
    </>
  );
  return (
    <Dialog title="Export configuration" isOpen onClose={onClose} footer={footer} wide>
      {asked.isPending && <Loading what="Writing the values" />}
      {asked.isError && <ProblemNotice problem={problemOf(asked.error)} />}
      {unsaved > 0 && (
        <Notice tone="warn" title={`${count(unsaved, "change")} not saved`}>
          The file holds what is stored. Save the configuration first to have {unsaved === 1 ? "it" : "them"} in it.
        </Notice>
      )}
      {leftOut.length > 0 && (
        <Notice tone="info" title={`${count(leftOut.length, "password is", "passwords are")} left out`}>
          <code>{leftOut.join(", ")}</code>. Where the file is imported, stored ones stay; others must be typed.
        </Notice>
      )}
      {asked.data && (
        <div className={css.document}>
          <div className={css.head}>
            <code>{file}</code>
            <CopyButton text={content} label="Copy the document" />
          </div>
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
          <pre tabIndex={0} role="region" aria-label="The document">
            {content}
          </pre>
        </div>
      )}
    </Dialog>
  );
}
