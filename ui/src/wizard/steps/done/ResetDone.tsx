import type { RunView } from "../../../bindings/RunView";
import { count } from "../../../components/format";
import { Panel, Section, Stack } from "../../../components/Layout";
import { Notice } from "../../../components/Notice";
import { useAsk } from "../../../engine/ask";
import css from "./Done.module.css";
import { leftoversOf } from "./leftovers";

/** What a reset came to: hosts as they were before, and by name what is not. */
export function ResetDone({ view }: { view: RunView }) {
  const plan = useAsk("run_plan", { run: view.summary.id }, { enabled: view.planDigest !== null });
  const nodes = plan.data?.cluster?.hosts.map((host) => host.node) ?? [];
  const left = leftoversOf(view, nodes);
  const hosts = nodes.length;
  const things = left.reduce((sum, one) => sum + one.what.length, 0);
  const which = hosts > 0 ? count(hosts, "host") : "The hosts";
  return (
    <Stack gap="l">
      <Notice tone={things === 0 ? "good" : "warn"} title={`${which} of ${view.summary.siteName} ${hosts === 1 ? "is" : "are"} as before${things > 0 ? ", but for what is listed" : ""}`} live>
        {plan.data?.cluster?.toVersion === null ? "The cluster is gone, and with it the application and its data." : "The cluster goes on without them."}
      </Notice>
      {left.length > 0 && (
        <Section title="What stays" aside={<span className={css.soft}>{count(things, "thing")}</span>}>
          {left.map(({ where, what }) => (
            <Panel key={what.join("\n")}>
              {where.length > 0 && <h3 className={css.by}>{where.join(", ")}</h3>}
              <ul className={css.left}>
                {what.map((one) => (
                  <li key={one}>{one}</li>
                ))}
              </ul>
            </Panel>
          ))}
        </Section>
      )}
    </Stack>
  );
}
