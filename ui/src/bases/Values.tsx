import { Layers } from "lucide-react";
import { useState } from "react";

import type { BaseValue } from "../bindings/BaseValue";
import type { BaseView } from "../bindings/BaseView";
import { Button } from "../components/Button";
import { Empty } from "../components/Empty";
import { count } from "../components/format";
import { Row, Stack } from "../components/Layout";
import { Notice, ProblemNotice } from "../components/Notice";
import { Ago } from "../components/Time";
import { useDo } from "../engine/ask";
import { problemOf } from "../engine/problem";
import css from "./Bases.module.css";
import { ImportValues } from "./ImportValues";
import { SetValue } from "./SetValue";
import { NO_CHANGE, valueWord } from "./words";

/** What a base says, and who said it. */
export function Values({ view }: { view: BaseView }) {
  const [setting, setSetting] = useState<string | true | null>(null);
  const [importing, setImporting] = useState(false);
  const clear = useDo("base_put");
  const { summary, values, notes, release } = view;
  const remove = (name: string) => clear.mutate({ ...NO_CHANGE, base: summary.id, values: { [name]: { type: "clear" } } });
  return (
    <Stack>
      <div className={css.bar}>
        <span className={css.soft}>
          {release ? `In the form of ${summary.slug} ${release}.` : `No release of ${summary.slug} is known yet, so values are neither checked nor shown.`} A change reaches a site with its next install or upgrade.
        </span>
        <Row>
          <Button onPress={() => setImporting(true)}>Import…</Button>
          <Button kind="main" onPress={() => setSetting(true)}>
            Set a value…
          </Button>
        </Row>
      </div>
      {clear.isError && <ProblemNotice problem={problemOf(clear.error)} />}
      {notes.length > 0 && (
        <Notice tone="warn" title={`${count(notes.length, "value does", "values do")} not fit ${summary.slug} ${release}`}>
          {notes.map((note) => `${note.field} ${note.message}`).join("; ")}. They are kept, and given to no site whose release does not have the item.
        </Notice>
      )}
      {values.length === 0 ? (
        <Empty icon={Layers} title="No values yet">
          Set single ones, import a ConfigValues file, or make a base from what a site has.
        </Empty>
      ) : (
        <div className={css.scroll}>
          <table className={css.rows} aria-label={`Values of ${summary.name}`}>
            <thead>
              <tr>
                <th scope="col">Item</th>
                <th scope="col">Value</th>
                <th scope="col">Changed</th>
                <th scope="col">
                  <span className="said">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {values.map((value) => (
                <Value key={value.name} value={value} view={view} onSet={() => setSetting(value.name)} onRemove={() => remove(value.name)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {setting !== null && <SetValue view={view} name={setting === true ? null : setting} onClose={() => setSetting(null)} />}
      {importing && <ImportValues view={view} onClose={() => setImporting(false)} />}
    </Stack>
  );
}

function Value({ value, view, onSet, onRemove }: { value: BaseValue; view: BaseView; onSet: () => void; onRemove: () => void }) {
  const title = value.title || value.name;
  const item = view.items.find((one) => one.name === value.name);
  const shown = valueWord(value, item);
  return (
    <tr>
      <th scope="row" className={css.item} title={value.name}>
        {title}
      </th>
      <td>{value.secret ? <span className={css.soft}>{shown}</span> : shown}</td>
      <td className={css.soft}>
        <Ago at={value.changedAt} /> by {value.changedBy}
      </td>
      <td className={css.end}>
        {item && (
          <Button kind="quiet" onPress={onSet} aria-label={`Change ${title}`}>
            Change…
          </Button>
        )}
        <Button kind="quiet" onPress={onRemove} aria-label={`Remove ${title} from the base`}>
          Remove
        </Button>
      </td>
    </tr>
  );
}
