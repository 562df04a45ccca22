import type { CheckResult } from "../../../bindings/CheckResult";
import type { ChecksReport } from "../../../bindings/ChecksReport";
import { Button } from "../../../components/Button";
import { Fold } from "../../../components/Fold";
import { count } from "../../../components/format";
import { Panel, Section } from "../../../components/Layout";
import { StateMark } from "../../../components/StateMark";
import { Tag } from "../../../components/Tag";
import { Ago } from "../../../components/Time";
import { checkMark } from "../../../engine/words";
import css from "./Checks.module.css";
import { byGravity } from "./gravity";

type Again = ((check: string) => void) | undefined;

export function Results({ report, onAgain }: { report: ChecksReport; onAgain?: Again }) {
  return (
    <Section title="Results" aside={<span className={css.soft}>Judged <Ago at={report.at} /></span>}>
      <ResultRows results={report.results} onAgain={onAgain} />
    </Section>
  );
}

/** Results, the worst first. What passed is one line until somebody wants to know. */
export function ResultRows({ results, onAgain, level }: { results: readonly CheckResult[]; onAgain?: Again; level?: 2 | 3 }) {
  const { open, rest, passed } = byGravity(results);
  return (
    <Panel flush>
      <ul className={css.results}>
        {open.map((one, at) => (
          <Result key={at} result={one} onAgain={onAgain} />
        ))}
      </ul>
      {rest.length > 0 && (
        <Fold level={level} title={<StateMark mark="passed" word={`${count(passed, "check")} passed${rest.length > passed ? `, ${rest.length - passed} skipped` : ""}`} />}>
          {() => (
            <ul className={`${css.results} ${css.inner}`}>
              {rest.map((one, at) => (
                <Result key={at} result={one} />
              ))}
            </ul>
          )}
        </Fold>
      )}
    </Panel>
  );
}

function Result({ result, onAgain }: { result: CheckResult; onAgain?: Again }) {
  const { mark, word } = checkMark(result.state);
  return (
    <li className={css.result}>
      <StateMark mark={mark} word={word} />
      <div>
        <div className={css.title}>
          {result.title}
          {result.host && <Tag>{result.host}</Tag>}
          {result.strict && <Tag tone="warn">Cannot be waived</Tag>}
        </div>
        <p>{result.message}</p>
        {result.uri && (
          <a href={result.uri} target="_blank" rel="noreferrer">
            {result.uri}
          </a>
        )}
      </div>
      {onAgain && (
        <Button onPress={() => onAgain(result.title)} aria-label={`Check again: ${result.title}`}>
          Check again
        </Button>
      )}
    </li>
  );
}
