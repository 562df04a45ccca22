import { useCallback, useMemo, useState } from "react";

import type { ChecksReport } from "../../../bindings/ChecksReport";
import { Button } from "../../../components/Button";
import { count } from "../../../components/format";
import { Section } from "../../../components/Layout";
import { StateMark } from "../../../components/StateMark";
import { Tag } from "../../../components/Tag";
import { Ago } from "../../../components/Time";
import { checkMark } from "../../../engine/words";
import { axesOf, type Chosen } from "../../../preflights/axis";
import { Details } from "../../../preflights/Details";
import { Figures } from "../../../preflights/Figures";
import { Grid } from "../../../preflights/Grid";
import { figuresOf, hostsAreRows, matrixOfReport } from "../../../preflights/matrix";
import { shared, type Shared } from "./shared";
import css from "./HostResults.module.css";

interface HostResultsProps {
  report: ChecksReport;
  onAgain: ((check: string) => void) | undefined;
}

/** What was found on the hosts: first what somebody has to look at, by check, then hosts and checks crossed. */
export function HostResults({ report, onAgain }: HostResultsProps) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const matrix = useMemo(() => matrixOfReport(report), [report]);
  const axes = useMemo(() => axesOf(matrix, hostsAreRows(matrix)), [matrix]);
  const all = useCallback(() => true, []);
  const found = useMemo(() => shared(report.results), [report]);
  const judged = (
    <span className={css.soft}>
      Judged <Ago at={report.at} />
    </span>
  );
  return (
    <>
      {found.length > 0 && (
        <Section title="To look at" aside={judged}>
          <ul className={css.found}>
            {found.map((one) => (
              <Found key={`${one.title}\n${one.state}\n${one.message}`} found={one} onAgain={onAgain} />
            ))}
          </ul>
        </Section>
      )}
      <Section title={`Checks of ${count(matrix.lines.length, "host")}`} aside={<Figures of={figuresOf(report.results)} />}>
        <div className={css.parts}>
          <div className={css.main}>
            <Grid label="Results of the host checks" matrix={matrix} axes={axes} chosen={chosen} onChoose={setChosen} isWanted={all} />
          </div>
          <Details matrix={matrix} chosen={chosen} onChoose={setChosen} />
        </div>
      </Section>
    </>
  );
}

function Found({ found: { title, state, message, hosts, strict, uri }, onAgain }: { found: Shared; onAgain: HostResultsProps["onAgain"] }) {
  return (
    <li>
      <StateMark {...checkMark(state)} />
      <div>
        <div className={css.title}>
          {title}
          {hosts.map((host) => (
            <Tag key={host}>{host}</Tag>
          ))}
          {strict && <Tag tone="warn">Cannot be waived</Tag>}
        </div>
        <p>{message}</p>
        {uri && (
          <a href={uri} target="_blank" rel="noreferrer">
            {uri}
          </a>
        )}
      </div>
      {onAgain && (
        <Button onPress={() => onAgain(title)} aria-label={`Check again: ${title}`}>
          Check again
        </Button>
      )}
    </li>
  );
}
