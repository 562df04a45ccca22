import type { ConfigChange } from "../../../bindings/ConfigChange";
import { Panel, Section } from "../../../components/Layout";
import css from "./Plan.module.css";

export function ConfigChanges({ changes }: { changes: ConfigChange[] }) {
  const changed = changes.filter((one) => one.change !== "keep");
  if (changed.length === 0) return null;
  return (
    <Section title="Configuration">
      <Panel flush>
        <ChangeTable changes={changed} label="Changed items" />
      </Panel>
    </Section>
  );
}

/** Values of items before and after. */
export function ChangeTable({ changes, label }: { changes: ConfigChange[]; label: string }) {
  return (
    <table className={css.rows} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">Item</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((one) => (
          <tr key={one.name}>
            <th scope="row">{one.title || one.name}</th>
            <td>{valueWord(one, "old")}</td>
            <td>{valueWord(one, "new")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function valueWord(change: ConfigChange, side: "old" | "new") {
  const absent = (side === "old" && change.change === "add") || (side === "new" && change.change === "remove");
  if (absent) return <span className={css.soft}>–</span>;
  if (change.secret) return <span className={css.soft}>{side === "old" ? "A secret" : "Another secret"}</span>;
  return change[side] === "" ? <span className={css.soft}>Empty</span> : <code>{change[side]}</code>;
}
