import type { HostTests } from "../../bindings/HostTests";
import { count } from "../../components/format";
import { Notice, ProblemNotice } from "../../components/Notice";
import { useDo } from "../../engine/ask";
import { APART, failedStep, isUnderWay, stepWord } from "../../engine/hosts";
import { problemOf } from "../../engine/problem";
import { CompareKeys, UnknownKeys } from "../../preflights/CompareKeys";
import { aheadWord, byReason, lengthWord, offClocks, type Tested } from "./facts";
import css from "./Hosts.module.css";

/** What stands between this machine and some hosts, and what is wrong with those that were read. */
export function HostNotices({ site, rows, tests }: { site: string; rows: Tested[]; tests: HostTests }) {
  return (
    <>
      <HostKeys site={site} rows={rows} />
      <NotReady rows={rows} />
      <Clocks rows={rows} apart={tests.clocksApart} />
      <KubernetesThere rows={rows} />
    </>
  );
}

/** Keys that nobody has accepted; those that are have their hosts tested again. */
export function HostKeys({ site, rows }: { site: string; rows: Tested[] }) {
  const test = useDo("host_test");
  const unknown = rows.flatMap(({ test: one }) => (one && one.unknownKey !== "" ? [one] : []));
  const accept = (keys: string[], onClose: () => void) => {
    const hosts = unknown.filter((one) => keys.includes(one.unknownKey)).map((one) => one.host);
    test.mutate({ site, hosts, acceptedKeys: keys });
    // The steps of the test show in the list from here on.
    onClose();
  };
  return (
    <>
      {test.error && <ProblemNotice problem={problemOf(test.error)} />}
      <UnknownKeys
        hosts={unknown}
        dialog={(onClose) => <CompareKeys hosts={unknown} then="test again" pending={test.isPending} error={null} onAccept={(keys) => accept(keys, onClose)} onClose={onClose} />}
      />
    </>
  );
}

function NotReady({ rows }: { rows: Tested[] }) {
  const failed = rows.flatMap(({ test }) => {
    const step = failedStep(test);
    return test && step && test.unknownKey === "" && !isUnderWay(test) ? [{ host: test.host, step }] : [];
  });
  if (failed.length === 0) return null;
  return (
    <Notice tone="bad" title={failed.length === 1 ? `${failed[0]?.host} is not ready` : `${count(failed.length, "host")} are not ready`}>
      <Reasons of={failed.map(({ host, step }) => ({ host, reason: step.message || `${stepWord(step.step)} failed.` }))} />
    </Notice>
  );
}

function Clocks({ rows, apart }: { rows: Tested[]; apart: number | null }) {
  if (apart === null || apart <= APART) return null;
  const off = offClocks(rows);
  return (
    <Notice tone="warn" title={`Clocks are ${lengthWord(apart)} apart`}>
      {off.length > 0 && `${off.map(({ host, test }) => `${host.address} ${aheadWord(test?.facts?.skew ?? 0)}`).join(", ")}. `}
      Certificates and leases are judged by the clock: give all hosts the same time servers.
    </Notice>
  );
}

function KubernetesThere({ rows }: { rows: Tested[] }) {
  const there = rows.filter(({ test }) => (test?.facts?.kubernetes.length ?? 0) > 0);
  if (there.length === 0) return null;
  return (
    <Notice tone="warn" title={there.length === 1 ? `Kubernetes is on ${there[0]?.host.address} already` : `Kubernetes is on ${count(there.length, "host")} already`}>
      <Reasons of={there.map(({ host, test }) => ({ host: host.address, reason: test?.facts?.kubernetes.join(", ") ?? "" }))} />
    </Notice>
  );
}

const REASONS = 4;

/** Why, for each host: what is the same for several of them is said once. */
function Reasons({ of }: { of: { host: string; reason: string }[] }) {
  const groups = byReason(of);
  return (
    <ul className={css.reasons}>
      {groups.slice(0, REASONS).map(({ reason, hosts }) => (
        <li key={reason}>
          {of.length > 1 && (
            <span title={hosts.join(", ")}>
              <code>{hosts.length > 2 ? hosts[0] : hosts.join(", ")}</code>
              {hosts.length > 2 && ` and ${count(hosts.length - 1, "other")}`}:{" "}
            </span>
          )}
          {reason}
        </li>
      ))}
      {groups.length > REASONS && <li>{count(groups.length - REASONS, "further reason")} at the hosts themselves.</li>}
    </ul>
  );
}
