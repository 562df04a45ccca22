import { useCallback, useRef, useState } from "react";

import type { ConfigGroup } from "../../../bindings/ConfigGroup";
import { announce } from "../../../components/Announcer";
import { Button } from "../../../components/Button";
import { Loading } from "../../../components/Empty";
import { count } from "../../../components/format";
import type { StepProps } from "../../RunScreen";
import { StepFrame } from "../../Wizard";
import { useFormCommands } from "./commands";
import css from "./Configuration.module.css";
import { useConfigForm } from "./form";
import { FormBody } from "./FormBody";
import { FormTools } from "./FormTools";
import { useCurrentGroup } from "./groups";
import { Intro } from "./Intro";
import { useNarrowing } from "./narrowing";
import { Preview } from "./Preview";
import { Refusal } from "./Refusal";
import { useReveal } from "./reveal";
import { Transfer, type Opened } from "./Transfer";

const NO_GROUPS: ConfigGroup[] = [];

export function ConfigurationStep({ view: run, past, onReturn }: StepProps) {
  const { id, siteName, workflow, release } = run.summary;
  const form = useConfigForm(id);
  const { seen, errors, asked } = form;
  const allowed = run.allowed.includes("configure");
  const [changing, setChanging] = useState(!past);
  const editable = allowed && changing;
  const [tried, setTried] = useState(false);
  const [open, setOpen] = useState<Opened>(null);
  const [file, setFile] = useState<string | null>(null);
  const narrowing = useNarrowing(seen?.view, asked);
  const page = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const current = useCurrentGroup(page, narrowing.shown);
  const reveal = useReveal(page, narrowing.clear);
  const onImport = useCallback(() => setOpen("import"), []);
  const onExport = useCallback(() => setOpen("export"), []);
  const groups = narrowing.shown?.groups ?? NO_GROUPS;
  useFormCommands({ groups, field: search, editable, toggleChanged: narrowing.toggleChanged, onImport, onExport });
  const refused = (fields: string[]) => {
    setTried(true);
    announce("The configuration was refused. Every refused field says why.");
    reveal.firstOf(fields);
  };
  const total = errors?.total ?? 0;
  const hasForm = seen !== null && seen.view.groups.length > 0;
  return (
    <StepFrame
      title="Configuration"
      fixed="columns"
      aside={
        seen &&
        hasForm && (
          <FormTools
            view={seen.view}
            narrowing={narrowing}
            upgradeTo={workflow === "upgrade" ? release.version : null}
            field={search}
            onEnter={reveal.first}
          />
        )
      }
      next={<Next editable={editable} saving={form.saving} onSubmit={() => form.save(onReturn, refused)} onReturn={onReturn} />}
      others={
        <>
          {allowed && !changing && <Button onPress={() => setChanging(true)}>Change…</Button>}
          {editable && hasForm && <Button onPress={onImport}>Import…</Button>}
          {hasForm && <Button onPress={onExport}>Export…</Button>}
          {editable && total > 0 && (
            <Button kind="quiet" onPress={() => reveal.nextOf(errors?.order ?? [])}>
              <span className={tried ? css.refused : undefined}>{count(total, "field")} to fill or correct</span>
            </Button>
          )}
        </>
      }
      dock={editable && hasForm && <Preview run={id} site={siteName} values={asked} />}
    >
      {form.load.isPending && <Loading what="Reading the configuration" />}
      <Refusal form={form} file={file} />
      {seen && errors && (
        <FormBody
          seen={seen}
          errors={errors}
          narrowing={narrowing}
          door={form.door}
          tried={tried}
          editable={editable}
          current={current}
          page={page}
          intro={<Intro removed={seen.view.removed} base={seen.view.base} empty={seen.view.groups.length === 0} editable={editable} allowed={allowed} />}
        />
      )}
      <Transfer open={open} onOpen={setOpen} form={form} run={run.summary} onFile={setFile} onStored={onReturn} onRefused={refused} />
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
