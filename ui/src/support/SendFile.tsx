import { FileUp } from "lucide-react";
import { useState } from "react";
import { FileTrigger } from "react-aria-components";

import { Button } from "../components/Button";
import { ProblemNotice } from "../components/Notice";
import { usePlatform } from "../engine/platform";
import { problemOf, type Problem } from "../engine/problem";
import { go } from "../frame/place";

/** Sends a support bundle of this machine to the server, where it is opened. */
export function SendFile({ onClose }: { onClose: () => void }) {
  const platform = usePlatform();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async (file: File | undefined) => {
    if (!file) return;
    setBusy(true);
    setProblem(null);
    try {
      const view = await platform.uploadSupport?.(file);
      onClose();
      if (view) go({ screen: "support", support: view.summary.id });
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  return (
    <>
      <FileTrigger acceptedFileTypes={[".gz", ".tgz"]} onSelect={(files) => void send(files?.[0])}>
        <Button icon={FileUp} isDisabled={busy}>
          {busy ? "Sending…" : "Send a file of this machine…"}
        </Button>
      </FileTrigger>
      {problem && <ProblemNotice problem={problem} />}
    </>
  );
}
