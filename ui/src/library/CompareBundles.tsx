import type { BundleSummary } from "../bindings/BundleSummary";
import { Dialog } from "../components/Dialog";
import { Loading } from "../components/Empty";
import { bytes, count } from "../components/format";
import { Section } from "../components/Layout";
import { Notice, ProblemNotice } from "../components/Notice";
import { compareVersions } from "../components/versions";
import { useAsk } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { compareBundles, type Difference } from "./compare";
import css from "./Library.module.css";

/** Two bundles beside each other, the older on the left. */
export function CompareBundles({ bundles, onClose }: { bundles: [BundleSummary, BundleSummary]; onClose: () => void }) {
  const [older, newer] = [...bundles].sort((a, b) => compareVersions(a.version, b.version)) as [BundleSummary, BundleSummary];
  const left = useAsk("bundle_get", { bundle: older.id });
  const right = useAsk("bundle_get", { bundle: newer.id });
  const error = left.error ?? right.error;
  const result = left.data && right.data && compareBundles(left.data, right.data);
  const versions: [string, string] = [older.version, newer.version];
  return (
    <Dialog title={`${older.title} ${older.version} and ${newer.title} ${newer.version}`} isOpen onClose={onClose} wide>
      {error && <ProblemNotice problem={problemOf(error)} />}
      {!result && !error && <Loading what="Reading both bundles" />}
      {result && (
        <>
          <Notice tone="info" title={`${bytes(result.newBytes)} of images are new in ${newer.version}`} />
          <Differences title={count(result.charts.length, "chart differs", "charts differ")} of={result.charts} versions={versions} />
          <Differences title={count(result.images.length, "image differs", "images differ")} of={result.images} versions={versions} />
        </>
      )}
    </Dialog>
  );
}

function Differences({ title, of, versions }: { title: string; of: Difference[]; versions: [string, string] }) {
  return (
    <Section title={title} level={3}>
      {of.length > 0 && (
        <table className={css.compare}>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">{versions[0]}</th>
              <th scope="col">{versions[1]}</th>
            </tr>
          </thead>
          <tbody>
            {of.map((one) => (
              <tr key={one.name}>
                <th scope="row">
                  <code>{one.name}</code>
                </th>
                <td>{one.left ?? "–"}</td>
                <td>{one.right ?? "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}
