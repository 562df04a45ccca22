import { announce } from "../../components/Announcer";
import { Button } from "../../components/Button";
import { count } from "../../components/format";
import { Row } from "../../components/Layout";
import { LinesField } from "../../components/LinesField";
import { ProblemNotice } from "../../components/Notice";
import { useAsk } from "../../engine/ask";
import { problemOf } from "../../engine/problem";
import { useLater } from "../later";
import { leftOf, lineProblems, withHosts, type ChangeDraft } from "./draft";

/** Hosts as lines that somebody has written down already; they are read while they are typed. */
export function AddLines({ lines, change }: { lines: string; change: ChangeDraft }) {
  const text = useLater(lines, 250);
  const read = useAsk("host_parse", { lines: text, sshConfig: null }, { enabled: text.trim() !== "", keep: true, gcTime: 0 });
  const current = text === lines && !read.isPlaceholderData && text.trim() !== "" ? read.data : undefined;
  const shown = lines.trim() === "" ? undefined : read.data;
  const problems = lineProblems(shown?.problems ?? []);
  const found = current?.hosts ?? [];
  const take = () => {
    if (found.length === 0) return;
    change((draft) => ({ ...draft, rows: withHosts(draft.rows, found), lines: leftOf(draft.lines, problems.lines) }));
    announce(`${count(found.length, "host")} added to the list.`);
  };
  return (
    <>
      <LinesField
        label="Hosts, one a line"
        value={lines}
        onChange={(text) => change((draft) => ({ ...draft, lines: text }))}
        errors={problems.lines}
        error={problems.others.join(" ") || undefined}
        short
        onSubmit={take}
        placeholder={"root@10.0.0.11 controller\ndeploy@10.0.0.12:2222 worker tag=rack-a\n10.0.1.13 jump=ops@gate.example   # behind the gate"}
        help="[user@]host[:port] or a name from ssh_config, then in any order: controller, worker, jump=HOSTS, tag=TAG. Remarks after #."
      />
      {read.isError && <ProblemNotice problem={problemOf(read.error)} />}
      <Row>
        <Button onPress={take} isDisabled={found.length === 0}>
          Add {found.length > 0 ? count(found.length, "host") : "hosts"} to the list
        </Button>
        <span role="status" className="said">
          {current ? `${count(found.length, "host")} read, ${count(current.problems.length, "problem")}.` : ""}
        </span>
      </Row>
    </>
  );
}
