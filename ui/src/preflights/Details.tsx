import { X } from "lucide-react";
import { useRef, type ReactNode } from "react";
import { Button } from "react-aria-components";

import { IconButton } from "../components/Button";
import { count } from "../components/format";
import { MarkIcon, StateMark } from "../components/StateMark";
import { Tag } from "../components/Tag";
import { checkMark } from "../engine/words";
import { lineMark, type Chosen } from "./axis";
import { Figures } from "./Figures";
import { figuresOf, type Line, type Matrix } from "./matrix";
import css from "./Result.module.css";

interface DetailsProps {
  matrix: Matrix;
  chosen: Chosen | null;
  onChoose: (chosen: Chosen | null) => void;
}

/** What is chosen in the matrix, or all hosts and how they stand. */
export function Details({ matrix, chosen, onChoose }: DetailsProps) {
  const side = useRef<HTMLElement>(null);
  const line = matrix.lines.find((one) => one.key === chosen?.line);
  const check = matrix.checks.find((one) => one.key === chosen?.check);
  const close = () => {
    onChoose(null);
    side.current?.querySelector("h2")?.focus();
  };
  return (
    <section className={css.side} aria-label="Details" ref={side}>
      <header>
        <h2 tabIndex={-1}>{check?.title ?? line?.title ?? "Hosts"}</h2>
        {(line ?? check) && <IconButton icon={X} label="Back to all hosts" keys="escape" onPress={close} />}
      </header>
      {line && check && <AnswerFacts line={line} check={check.key} />}
      {line && !check && <HostFacts line={line} />}
      {check && !line && <CheckFacts matrix={matrix} check={check.key} />}
      {!line && !check && <HostList matrix={matrix} onChoose={onChoose} />}
    </section>
  );
}

function AnswerFacts({ line, check }: { line: Line; check: string }) {
  const result = line.answers.get(check);
  const notes = line.host?.notes ?? [];
  return (
    <div className={css.facts}>
      <div className={css.tags}>
        {result ? <StateMark {...checkMark(result.state)} /> : <StateMark mark="waiting" word={line.open ? "No answer yet" : "Not run there"} />}
        <Tag>{line.title}</Tag>
        {result?.strict && <Tag tone="warn">Cannot be waived</Tag>}
      </div>
      {result && <p>{result.message}</p>}
      {result?.uri && (
        <a href={result.uri} target="_blank" rel="noreferrer">
          {result.uri}
        </a>
      )}
      {notes.length > 0 && <Notes title={`Notes of ${line.title}`} notes={notes} />}
    </div>
  );
}

function Notes({ title, notes }: { title: string; notes: string[] }) {
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {notes.map((note) => (
          <li key={note} className={css.note}>
            {note}
          </li>
        ))}
      </ul>
    </>
  );
}

function HostFacts({ line }: { line: Line }) {
  const { host } = line;
  return (
    <div className={css.facts}>
      <StateMark {...lineMark(line)} />
      <Figures of={figuresOf(line.answers.values())} />
      {host && host.progress === "checking" && <p className={css.soft}>{`${host.done} of ${host.of} collectors are done.`}</p>}
      {host?.problem && <p>{host.problem}</p>}
      {host?.unknownKey && <code>{host.unknownKey}</code>}
      {host && host.notes.length > 0 && <Notes title="Notes" notes={host.notes} />}
      <Answers answers={[...line.answers].flatMap(([title, result]) => (result.state === "pass" ? [] : [{ title, result }]))} none="Nothing but passes so far." />
    </div>
  );
}

function CheckFacts({ matrix, check }: { matrix: Matrix; check: string }) {
  const answers = matrix.lines.flatMap((line) => {
    const result = line.answers.get(check);
    return result ? [{ title: line.title, result }] : [];
  });
  const found = answers.filter(({ result }) => result.state !== "pass");
  return (
    <div className={css.facts}>
      <Figures of={figuresOf(answers.map(({ result }) => result))} />
      <Answers answers={found.length > 0 ? found : answers.slice(0, 1)} none="No answer yet." />
    </div>
  );
}

function Answers({ answers, none }: { answers: { title: string; result: { state: Parameters<typeof checkMark>[0]; message: string } }[]; none: ReactNode }) {
  if (answers.length === 0) return <p className={css.soft}>{none}</p>;
  return (
    <ul>
      {answers.map(({ title, result }) => (
        <li key={title} className={css.answer}>
          <MarkIcon mark={checkMark(result.state).mark} />
          <span className={css.name}>
            {title}
            <span className="said">: {checkMark(result.state).word}</span>
          </span>
          <span>{result.message}</span>
        </li>
      ))}
    </ul>
  );
}

function HostList({ matrix, onChoose }: { matrix: Matrix; onChoose: (chosen: Chosen) => void }) {
  return (
    <ul>
      {matrix.lines.map((line) => (
        <li key={line.key}>
          <Button className={css.host} onPress={() => onChoose({ line: line.key, check: null })}>
            <MarkIcon mark={lineMark(line).mark} share={lineMark(line).share} />
            <span className={css.name}>{line.title}</span>
            <span className={css.problem}>{lineWords(line)}</span>
          </Button>
        </li>
      ))}
    </ul>
  );
}

function lineWords(line: Line): string {
  if (line.host?.problem) return line.host.problem;
  const notes = line.host?.notes.length ?? 0;
  return `${lineMark(line).word}${notes > 0 ? `; ${count(notes, "note")}` : ""}`;
}
