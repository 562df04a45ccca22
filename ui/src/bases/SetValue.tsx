import { useState } from "react";
import { FileTrigger, Form } from "react-aria-components";

import type { BaseItem } from "../bindings/BaseItem";
import type { BaseView } from "../bindings/BaseView";
import type { SentValue } from "../bindings/SentValue";
import { Button } from "../components/Button";
import { Checkbox, Radios, Select } from "../components/Choice";
import { Dialog } from "../components/Dialog";
import { Field, FieldLabel } from "../components/Field";
import { toBase64 } from "../components/base64";
import { Stack } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { Tag } from "../components/Tag";
import { useDo } from "../engine/ask";
import { fieldErrors, problemOf } from "../engine/problem";
import css from "./Bases.module.css";
import { NO_CHANGE } from "./words";

/** One value of a base, set in a field of the item's kind. */
export function SetValue({ view, name, onClose }: { view: BaseView; name: string | null; onClose: () => void }) {
  const put = useDo("base_put");
  const free = view.items.filter((item) => !view.values.some((value) => value.name === item.name));
  const [chosen, setChosen] = useState(name ?? free[0]?.name ?? "");
  const item = view.items.find((one) => one.name === chosen);
  const held = view.values.find((value) => value.name === chosen);
  const [sent, setSent] = useState<SentValue | null>(null);
  const choose = (next: string) => {
    setChosen(next);
    setSent(null);
    put.reset();
  };
  const value = sent ?? initial(item, held?.value);
  const save = () => {
    if (value) put.mutate({ ...NO_CHANGE, base: view.summary.id, values: { [chosen.trim()]: value } }, { onSuccess: onClose });
  };
  const error = fieldErrors(put.error)[chosen.trim()] ?? null;
  const footer = (
    <>
      <Button onPress={onClose}>Cancel</Button>
      <Button kind="main" type="submit" form="set-value" isDisabled={!value || !chosen.trim() || put.isPending}>
        {put.isPending ? "Checking…" : "Set the value"}
      </Button>
    </>
  );
  return (
    <Dialog title={name === null ? "Set a value" : `Change ${item?.title || name}`} isOpen onClose={onClose} footer={footer}>
      <Form
        id="set-value"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Stack>
          {name === null && view.items.length > 0 && (
            <Select label="Item" options={free.map((one) => ({ id: one.name, label: one.title || one.name }))} value={chosen} onChange={choose} />
          )}
          {name === null && view.items.length === 0 && <Field label="Item" value={chosen} onChange={choose} mono help="Its name in the release’s Config." />}
          <ValueField key={chosen} item={item} value={value} onChange={setSent} error={error} />
          {put.isError && !error && <ProblemNotice problem={problemOf(put.error)} />}
        </Stack>
      </Form>
    </Dialog>
  );
}

const setTo = (value: string, filename = ""): SentValue => ({ type: "set", value, filename, repeatableItem: "" });

/** What a field begins with; nothing where a secret must be typed or a file chosen. */
function initial(item: BaseItem | undefined, held: string | undefined): SentValue | null {
  if (item?.kind === "password" || item?.kind === "file") return null;
  if (item?.kind === "bool") return setTo(held || "0");
  return held === undefined && item && item.options.length > 0 ? null : setTo(held ?? "");
}

interface ValueFieldProps {
  item: BaseItem | undefined;
  value: SentValue | null;
  onChange: (value: SentValue) => void;
  error: string | null;
}

function ValueField({ item, value, onChange, error }: ValueFieldProps) {
  const text = value?.type === "set" ? value.value : "";
  const common = { label: "Value", error };
  const options = (item?.options ?? []).map((option) => ({ id: option.name, label: option.title || option.name }));
  const set = (next: string) => onChange(setTo(next));
  switch (item?.kind) {
    case "bool":
      return <Checkbox label={item.title || item.name} isSelected={text === "1"} onChange={(on) => set(on ? "1" : "0")} />;
    case "radio":
      return <Radios {...common} options={options} value={text || null} onChange={set} />;
    case "dropdown":
    case "select_one":
      return <Select {...common} options={options} value={text || null} onChange={set} />;
    case "password":
      return <Field {...common} type="password" autoComplete="new-password" value={text} onChange={set} help="Kept encrypted, and never shown again." />;
    case "file":
      return <FileField value={value} onChange={onChange} error={error} />;
    default:
      return <Field {...common} value={text} onChange={set} {...(item?.kind === "textarea" ? { rows: 4 } : {})} />;
  }
}

function FileField({ value, onChange, error }: Omit<ValueFieldProps, "item">) {
  const name = value?.type === "set" ? value.filename : "";
  const take = async (file: File | undefined) => {
    if (file) onChange(setTo(toBase64(new Uint8Array(await file.arrayBuffer())), file.name));
  };
  return (
    <div role="group" aria-label="Value">
      <FieldLabel label="Value" />
      <div className={css.file}>
        <Tag tone={name ? "good" : "plain"}>{name || "No file"}</Tag>
        <FileTrigger onSelect={(files) => void take(files?.[0])}>
          <Button>{name ? "Choose another…" : "Choose a file…"}</Button>
        </FileTrigger>
      </div>
      {error && <p role="alert">{error}</p>}
    </div>
  );
}
