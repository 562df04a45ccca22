import { useRef, useState } from "react";

import { announce } from "../../../components/Announcer";
import { Button } from "../../../components/Button";
import { Loading } from "../../../components/Empty";
import { count } from "../../../components/format";
import { Stack } from "../../../components/Layout";
import { Notice, ProblemNotice } from "../../../components/Notice";
import { Search } from "../../../components/Search";
import { problemOf } from "../../../engine/problem";
import type { StepProps } from "../../RunScreen";
import { StepFrame } from "../../Wizard";
import css from "./Configuration.module.css";
import { matching } from "./draft";
import { useConfigForm } from "./form";
import { Group } from "./Group";
import { GroupList } from "./GroupList";

export function ConfigurationStep({ view: run, past, onReturn }: StepProps) {
  const form = useConfigForm(run.summary.id);
  const allowed = run.allowed.includes("configure");
  const [changing, setChanging] = useState(!past);
  const [search, setSearch] = useState("");
  const [tried, setTried] = useState(false);
  const page = useRef<HTMLDivElement>(null);
  const editable = allowed && changing;
  const submit = () => {
    setTried(true);
    form.save(onReturn, (first) => {
      announce("The configuration was refused. Every refused field says why.");
      if (first) page.current?.querySelector<HTMLElement>(`[data-item="${CSS.escape(first)}"] :is(input, textarea, button)`)?.focus();
    });
  };
  const { view, errors } = form;
  return (
    <StepFrame
      title="Configuration"
      aside={view && view.groups.length > 0 && <Search label="Search configuration" value={search} onChange={setSearch} />}
      next={<Next editable={editable} saving={form.saving} onSubmit={submit} onReturn={onReturn} />}
      others={
        <>
          {allowed && !changing && <Button onPress={() => setChanging(true)}>Change…</Button>}
          {editable && errors && errors.total > 0 && (
            <span className={tried ? css.refused : undefined}>{count(errors.total, "field")} to fill or correct</span>
          )}
        </>
      }
    >
      {form.load.isPending && <Loading what="Reading the configuration" />}
      {form.load.isError && <ProblemNotice problem={problemOf(form.load.error)} />}
      {form.error && <ProblemNotice problem={{ ...problemOf(form.error), details: [] }} />}
      {form.template.isError && <ProblemNotice problem={problemOf(form.template.error)} />}
      {view && errors && (
        <div className={css.page} ref={page}>
          <GroupList groups={view.groups} counts={errors.groups} loud={tried} />
          <Stack gap="l">
            <Intro removed={view.removed} empty={view.groups.length === 0} editable={editable} allowed={allowed} />
            {matching(view, search).groups.map((group) => (
              <Group key={group.name} group={group} form={form} errors={errors.items} tried={tried} editable={editable} />
            ))}
          </Stack>
        </div>
      )}
    </StepFrame>
  );
}

function Next({ editable, saving, onSubmit, onReturn }: { editable: boolean; saving: boolean; onSubmit: () => void; onReturn: () => void }) {
  if (!editable) {
    return (
      <Button kind="main" onPress={onReturn}>
        Back to where the run is
      </Button>
    );
  }
  return (
    <Button kind="main" onPress={onSubmit} isDisabled={saving}>
      {saving ? "Checking…" : "Save configuration"}
    </Button>
  );
}

function Intro({ removed, empty, editable, allowed }: { removed: string[]; empty: boolean; editable: boolean; allowed: boolean }) {
  return (
    <>
      {!editable && (
        <Notice tone="info" title="Shown as stored">
          {allowed
            ? "To edit it, choose Change. Saving makes the plan anew."
            : "It cannot be changed any more: the application has been touched, or the run is under way."}
        </Notice>
      )}
      {empty && (
        <Notice tone="info" title="Nothing to configure">
          This release asks for nothing.
        </Notice>
      )}
      {removed.length > 0 && (
        <Notice tone="info" title={`${count(removed.length, "item")} of the installed release left this one`}>
          <code>{removed.join(", ")}</code>. The values stay recorded with the revision before, and are not used.
        </Notice>
      )}
    </>
  );
}
