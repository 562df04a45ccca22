import { useMemo, useState } from "react";

import { Button } from "./Button";
import css from "./Diff.module.css";
import { diffLines, fold, pairs, type DiffLine, type Hunk } from "./diff";
import { count } from "./format";
import { yamlTokens } from "./yaml";

export type DiffView = "unified" | "split";

const SIGNS: Record<DiffLine["kind"], string> = { same: " ", add: "+", remove: "−" };

export interface DiffProps {
  label: string;
  before: string;
  after: string;
  view: DiffView;
  /** As high as it needs to be, in what scrolls already. */
  whole?: boolean | undefined;
}

/** Two texts as YAML and what differs. What is the same is folded away. */
export function Diff({ label, before, after, view, whole }: DiffProps) {
  const hunks = useMemo(() => fold(diffLines(before, after)), [before, after]);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const split = view === "split" && before !== "" && after !== "";
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div className={`${css.scroll} ${whole ? css.whole : ""}`} tabIndex={0} role="region" aria-label={label}>
      <table className={`${css.diff} ${split ? css.split : ""}`}>
        <caption className="said">{label}</caption>
        {split && (
          <colgroup>
            <col className={css.numbers} />
            <col />
            <col className={css.numbers} />
            <col />
          </colgroup>
        )}
        {hunks.map((hunk, at) => (
          <tbody key={at}>
            {hunk.kind === "fold" && !opened.has(at) ? (
              <Folded hunk={hunk} split={split} onOpen={() => setOpened(new Set([...opened, at]))} />
            ) : split ? (
              <SplitLines lines={hunk.lines} />
            ) : (
              <UnifiedLines lines={hunk.lines} />
            )}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function Folded({ hunk, split, onOpen }: { hunk: Hunk; split: boolean; onOpen: () => void }) {
  return (
    <tr className={css.folded}>
      <td colSpan={split ? 4 : 3}>
        <Button kind="quiet" onPress={onOpen}>
          Show {count(hunk.lines.length, "unchanged line")}
        </Button>
      </td>
    </tr>
  );
}

function UnifiedLines({ lines }: { lines: DiffLine[] }) {
  return lines.map((line) => (
    <tr key={`${line.left}:${line.right}`} className={css[line.kind]}>
      <td className={css.number}>{line.left}</td>
      <td className={css.number}>{line.right}</td>
      <Code line={line} />
    </tr>
  ));
}

function SplitLines({ lines }: { lines: DiffLine[] }) {
  return pairs(lines).map(({ left, right }) => (
    <tr key={`${left?.left}:${right?.right}`}>
      <td className={`${css.number} ${css[left?.kind ?? "none"]}`}>{left?.left}</td>
      <Code line={left} />
      <td className={`${css.number} ${css[right?.kind ?? "none"]}`}>{right?.right}</td>
      <Code line={right} />
    </tr>
  ));
}

function Code({ line }: { line: DiffLine | null }) {
  if (!line) return <td className={`${css.code} ${css.none}`} />;
  return (
    <td className={`${css.code} ${css[line.kind]}`}>
      <span className={css.sign}>{SIGNS[line.kind]}</span>
      {yamlTokens(line.text).map((token, at) => (
        <span key={at} className={css[`t-${token.kind}`]}>
          {token.text}
        </span>
      ))}
    </td>
  );
}
