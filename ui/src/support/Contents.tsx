import { Download, EyeOff, Scissors } from "lucide-react";

import type { SupportSummary } from "../bindings/SupportSummary";
import type { SupportView } from "../bindings/SupportView";
import { Button } from "../components/Button";
import { bytes, count } from "../components/format";
import { Notice, ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { Tabs } from "../components/Tabs";
import { way } from "../frame/place";
import { byGravity } from "../wizard/steps/checks/gravity";
import { Files } from "./Files";
import { Findings } from "./Findings";
import { RemoveButton, State } from "./Head";
import { Parts } from "./Parts";
import { useSave } from "./save";
import css from "./Support.module.css";
import type { SupportScreenProps } from "./SupportScreen";
import { cutWords, maskedWords, titleOf } from "./words";

/** What a support bundle holds: what was found first, then every file. */
export function Contents({ view, tab, file, line }: Omit<SupportScreenProps, "support"> & { view: SupportView }) {
  const { summary, parts, results } = view;
  const { id } = summary;
  const saving = useSave(summary);
  const missing = parts.filter((part) => part.problem !== "").length;
  const turn = (to: { tab?: string; file?: string; line?: number }) =>
    way.turn({ screen: "support", support: id, tab, ...(file === null ? {} : { file }), ...(line === null ? {} : { line }), ...to });
  const tabs = [
    { id: "findings", title: "Findings", count: byGravity(results).open.length, content: () => <Findings results={results} missing={missing} onParts={() => turn({ tab: "parts" })} /> },
    {
      id: "files",
      title: "Files",
      count: summary.files,
      content: () => <Files support={id} file={file} line={line} onOpen={(to, at) => way.turn({ screen: "support", support: id, tab: "files", file: to, ...(at === null ? {} : { line: at }) })} />,
    },
    ...(parts.length > 0 ? [{ id: "parts", title: "Parts", count: parts.length, content: () => <Parts parts={parts} /> }] : []),
  ];
  return (
    <Page
      title={titleOf(summary)}
      full
      aside={<State summary={summary} />}
      actions={
        <>
          <RemoveButton summary={summary} />
          <Button kind="main" icon={Download} isDisabled={saving.busy} onPress={saving.save}>
            {saving.busy ? "Saving…" : saving.asks ? "Save…" : "Save"}
          </Button>
        </>
      }
    >
      {saving.problem && <ProblemNotice problem={saving.problem} />}
      {saving.saved !== null && <Notice tone="good" title={`Saved: ${saving.saved}`} />}
      <LeftOut summary={summary} />
      <Tabs label={titleOf(summary)} tabs={tabs} selected={tab} onSelect={(next) => turn({ tab: next })} fill />
    </Page>
  );
}

const icon = { size: 16, strokeWidth: 1.5, "aria-hidden": true } as const;

/** How much there is, and what is not in it: who gives the file away wants to know. */
function LeftOut({ summary }: { summary: SupportSummary }) {
  return (
    <ul className={css.leftOut} aria-label="What is in it">
      <li>
        {bytes(summary.size)}, {count(summary.files, "file")}
      </li>
      <li>
        <EyeOff {...icon} />
        {maskedWords(summary)}
      </li>
      <li data-some={summary.cut > 0}>
        <Scissors {...icon} />
        {cutWords(summary)}
      </li>
    </ul>
  );
}
