import { MarkIcon, type Mark } from "../components/StateMark";
import type { Figures as Numbers } from "./matrix";
import css from "./Preflights.module.css";

const SHOWN: [keyof Numbers, Mark, string, keyof typeof css][] = [
  ["failed", "failed", "failed", "bad"],
  ["unjudged", "unknown", "not judged", "unjudged"],
  ["warned", "warning", "warned", "warn"],
  ["passed", "passed", "passed", "good"],
];

/** How many checks found what: a shape, a number and its word for each, the worst first. */
export function Figures({ of }: { of: Numbers }) {
  return (
    <span className={css.figures}>
      {SHOWN.map(([name, mark, word, look]) => (
        <span key={name} className={`${css.figure} ${of[name] > 0 ? css[look] : css.none}`} title={`${of[name]} ${word}`}>
          <MarkIcon mark={of[name] > 0 ? mark : "skipped"} />
          {of[name].toLocaleString("en-GB")}
          <span className="said"> {word}</span>
        </span>
      ))}
    </span>
  );
}
