import type { HostTests } from "../../bindings/HostTests";
import { Notice } from "../../components/Notice";
import { count } from "../../components/format";
import { useDo } from "../../engine/ask";
import { APART, failedStep, isUnderWay, stepWord } from "../../engine/hosts";
import { CompareKeys, UnknownKeys } from "../../preflights/CompareKeys";
import { aheadWord, lengthWord, offClocks, type Tested } from "./facts";
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
    <UnknownKeys
      hosts={unknown}
      dialog={(onClose) => <CompareKeys hosts={unknown} then="test again" pending={test.isPending} error={test.error} onAccept={(keys) => accept(keys, onClose)} onClose={onClose} />}
    />
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
      <ul className={css.reasons}>
        {failed.map(({ host, step }) => (
          <li key={host}>
            {failed.length > 1 && !step.message.startsWith(host) && <code>{host} </code>}
            {step.message || `${stepWord(step.step)} failed.`}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Clocks({ rows, apart }: { rows: Tested[]; apart: number | null }) {
  if (apart === null || apart <= APART) return null;
  const off = offClocks(rows);
  return (
    <Notice tone="warn" title={`Clocks are ${lengthWord(apart)} apart`}>
      {off.length > 0 && `${off.map(({ host, test }) => `${host.address} ${aheadWord(test?.facts?.skew ?? 0)}`).join(", ")}. `}
      Certificates and leases are judged by the clock. Have all hosts take their time from the same servers, then test again.
    </Notice>
  );
}

function KubernetesThere({ rows }: { rows: Tested[] }) {
  const there = rows.filter(({ test }) => (test?.facts?.kubernetes.length ?? 0) > 0);
  if (there.length === 0) return null;
  return (
    <Notice tone="warn" title={there.length === 1 ? `Kubernetes is on ${there[0]?.host.address} already` : `Kubernetes is on ${count(there.length, "host")} already`}>
      <ul className={css.reasons}>
        {there.map(({ host, test }) => (
          <li key={host.address}>
            {there.length > 1 && <code>{host.address} </code>}
            {test?.facts?.kubernetes.join(", ")}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
