import type { CheckResult } from "../../../bindings/CheckResult";
import type { CheckState } from "../../../bindings/CheckState";
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

const OPEN: CheckState[] = ["fail", "error", "warn"];

/** Results, the worst first. What passed is one line until somebody wants to know. */
export function Results({ report, onAgain }: { report: ChecksReport; onAgain?: ((check: string) => void) | undefined }) {
  const open = OPEN.flatMap((state) => report.results.filter((one) => one.state === state));
  const rest = report.results.filter((one) => !OPEN.includes(one.state));
  const passed = rest.filter((one) => one.state === "pass").length;
  return (
    <Section title="Results" aside={<span className={css.soft}>Judged <Ago at={report.at} /></span>}>
      <Panel flush>
        <ul className={css.results}>
          {open.map((one, at) => (
            <Result key={at} result={one} onAgain={onAgain} />
          ))}
        </ul>
        {rest.length > 0 && (
          <Fold title={<StateMark mark="passed" word={`${count(passed, "check")} passed${rest.length > passed ? `, ${rest.length - passed} skipped` : ""}`} />}>
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
    </Section>
  );
}

function Result({ result, onAgain }: { result: CheckResult; onAgain?: ((check: string) => void) | undefined }) {
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
