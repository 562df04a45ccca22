import type { SupportPart } from "../bindings/SupportPart";
import { Panel } from "../components/Layout";
import { StateMark } from "../components/StateMark";
import css from "./Support.module.css";
import { partMark } from "./words";

/** What is collected, part by part, and what is missing of it. */
export function Parts({ parts, running = false }: { parts: readonly SupportPart[]; running?: boolean }) {
  const next = parts.findIndex((part) => !part.done);
  return (
    <Panel flush>
      <ul className={css.parts} aria-label="Parts">
        {parts.map((part, at) => {
          const { mark, word } = partMark(part, at === next, running);
          return (
            <li key={part.name}>
              <StateMark mark={mark} word={word} />
              <div>
                <div className={css.part}>{part.name}</div>
                {part.problem && <p>{part.problem}</p>}
              </div>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
