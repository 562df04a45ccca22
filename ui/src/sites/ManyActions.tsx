import { useState } from "react";

import type { SiteSummary } from "../bindings/SiteSummary";
import { announce } from "../components/Announcer";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Field } from "../components/Field";
import { count } from "../components/format";
import { ProblemNotice } from "../components/Notice";
import { useDo } from "../engine/ask";
import { problemOf, type Problem } from "../engine/problem";
import { parseTags } from "./filter";
import css from "./Sites.module.css";
import { NOTHING } from "./update";

/** What can be done with several sites at once. */
export function ManyActions({ sites, onDone }: { sites: SiteSummary[]; onDone: () => void }) {
  const test = useDo("site_test");
  const update = useDo("site_update");
  const [tagging, setTagging] = useState(false);
  const [working, setWorking] = useState("");
  const [problems, setProblems] = useState<Problem[]>([]);
  const allPinned = sites.every((site) => site.pinned);
  const eachSite = async (what: string, act: (site: SiteSummary) => Promise<unknown>) => {
    setWorking(what);
    const results = await Promise.allSettled(sites.map(act));
    setWorking("");
    setProblems(results.flatMap((result) => (result.status === "rejected" ? [problemOf(result.reason)] : [])));
    announce(`${what} done for ${count(sites.length, "site")}.`);
  };
  const change = (site: SiteSummary, what: { tags?: string[]; pinned?: boolean }) =>
    update.mutateAsync({ ...NOTHING, site: site.id, tags: what.tags ?? null, pinned: what.pinned ?? null });
  return (
    <div className={css.many} role="group" aria-label="Selected sites">
      <strong>{count(sites.length, "site")} selected</strong>
      <Button kind="quiet" isDisabled={working !== ""} onPress={() => void eachSite("Test", (site) => test.mutateAsync({ site: site.id }))}>
        {working === "Test" ? "Testing…" : "Test"}
      </Button>
      <Button kind="quiet" onPress={() => setTagging(true)}>
        Add tags…
      </Button>
      <Button kind="quiet" onPress={() => void eachSite("Pin", (site) => change(site, { pinned: !allPinned }))}>
        {allPinned ? "Unpin" : "Pin"}
      </Button>
      <Button kind="quiet" onPress={onDone}>
        Clear selection
      </Button>
      {problems.map((problem) => (
        <ProblemNotice key={problem.message} problem={problem} />
      ))}
      {tagging && (
        <AddTags
          many={sites.length}
          onClose={() => setTagging(false)}
          onAdd={(tags) => {
            setTagging(false);
            void eachSite("Tag", (site) => change(site, { tags: [...new Set([...site.tags, ...tags])] }));
          }}
        />
      )}
    </div>
  );
}

function AddTags({ many, onClose, onAdd }: { many: number; onClose: () => void; onAdd: (tags: string[]) => void }) {
  const [text, setText] = useState("");
  const tags = parseTags(text);
  return (
    <Dialog
      title={`Add tags to ${count(many, "site")}`}
      isOpen
      onClose={onClose}
      footer={
        <Button kind="main" isDisabled={tags.length === 0} onPress={() => onAdd(tags)}>
          Add {count(tags.length, "tag")}
        </Button>
      }
    >
      <Field label="Tags" value={text} onChange={setText} help="Separated by spaces or commas." />
    </Dialog>
  );
}
