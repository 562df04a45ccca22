import { FilePlus, Trash2 } from "lucide-react";
import { FileTrigger } from "react-aria-components";

import type { LintFinding } from "../bindings/LintFinding";
import type { LintSeverity } from "../bindings/LintSeverity";
import type { SpecFile } from "../bindings/SpecFile";
import { announce } from "../components/Announcer";
import { Button, IconButton } from "../components/Button";
import { FileDrop } from "../components/FileDrop";
import { count } from "../components/format";
import { Section } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { MarkIcon, StateMark, type Mark } from "../components/StateMark";
import { useAsk } from "../engine/ask";
import { usePlatform } from "../engine/platform";
import { problemOf } from "../engine/problem";
import css from "./CheckHosts.module.css";

const KINDS = "HostPreflight and Preflight, as a vendor ships them.";

/** Specs beside the built-in one: each is looked at as soon as it is there, so that nobody waits for checks that cannot answer. */
export function SpecFiles({ specs, onChange, kinds = KINDS }: { specs: SpecFile[]; onChange: (specs: SpecFile[]) => void; kinds?: string }) {
  const { onFileDrop, readDropped } = usePlatform();
  const lint = useAsk("preflight_lint", { specs }, { enabled: specs.length > 0, keep: true, gcTime: 0 });
  const add = async (files: File[]) => {
    const read = await Promise.all(files.map(async (file) => ({ name: file.name, content: await file.text() })));
    const names = new Set(read.map((one) => one.name));
    onChange([...specs.filter((one) => !names.has(one.name)), ...read]);
    announce(`${read.map((one) => one.name).join(", ")} added.`);
  };
  // A window gives paths, which must be read for the page.
  const drops = !onFileDrop || readDropped !== undefined;
  return (
    <Section title="Specs">
      <div className={css.specs}>
        <FileDrop label="Drop specs, or paste them" onFiles={(files) => void add(files)} isDisabled={!drops} elsewhere>
          <div className={css.drop}>
            <FileTrigger acceptedFileTypes={[".yaml", ".yml"]} allowsMultiple onSelect={(files) => void add([...(files ?? [])])}>
              <Button icon={FilePlus}>Add specs…</Button>
            </FileTrigger>
            <span>
              {drops && "or drop them here. "}
              {kinds}
            </span>
          </div>
        </FileDrop>
        {lint.isError && <ProblemNotice problem={problemOf(lint.error)} />}
        {specs.map((spec) => (
          <Spec
            key={spec.name}
            spec={spec}
            findings={lint.data && !lint.isPlaceholderData ? lint.data.findings.filter((one) => one.file === spec.name) : null}
            onRemove={() => onChange(specs.filter((one) => one !== spec))}
          />
        ))}
      </div>
    </Section>
  );
}

const SEVERITY: Record<LintSeverity, { mark: Mark; word: string; words: string }> = {
  error: { mark: "failed", word: "error", words: "errors" },
  warning: { mark: "warning", word: "warning", words: "warnings" },
  note: { mark: "unknown", word: "note", words: "notes" },
};

const GRAVE: LintSeverity[] = ["error", "warning", "note"];

function Spec({ spec, findings, onRemove }: { spec: SpecFile; findings: LintFinding[] | null; onRemove: () => void }) {
  const worst = GRAVE.find((severity) => findings?.some((one) => one.severity === severity));
  const summary = GRAVE.flatMap((severity) => {
    const number = findings?.filter((one) => one.severity === severity).length ?? 0;
    return number > 0 ? [count(number, SEVERITY[severity].word, SEVERITY[severity].words)] : [];
  });
  return (
    <div className={css.spec} role="group" aria-label={spec.name}>
      <div className={css.specHead}>
        <code className={css.specName}>{spec.name}</code>
        {findings === null ? "Looking at it…" : <StateMark mark={worst ? SEVERITY[worst].mark : "passed"} word={summary.join(", ") || "Nothing wrong"} />}
        <IconButton icon={Trash2} label={`Take ${spec.name} away`} onPress={onRemove} />
      </div>
      {findings?.map((one, at) => (
        <Finding key={at} finding={one} text={spec.content.split("\n")[one.line - 1] ?? ""} />
      ))}
    </div>
  );
}

function Finding({ finding, text }: { finding: LintFinding; text: string }) {
  const { mark, word } = SEVERITY[finding.severity];
  return (
    <div className={css.finding}>
      <span className={css.at}>{finding.line > 0 ? `Line ${finding.line}` : "File"}</span>
      <span>
        <MarkIcon mark={mark} />
        <span className="said">{word}</span>
      </span>
      <div>
        <p title={finding.path}>
          {finding.message}
          {finding.hint && <span className={css.at}> – {finding.hint}</span>}
        </p>
        {text.trim() && <code className={css.excerpt}>{text.trim()}</code>}
      </div>
    </div>
  );
}
