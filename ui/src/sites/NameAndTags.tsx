import { useState } from "react";

import type { SiteSummary } from "../bindings/SiteSummary";
import { Button } from "../components/Button";
import { Field } from "../components/Field";
import { Panel, Row, Section, Stack } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { useDo } from "../engine/ask";
import { fieldErrors, problemOf } from "../engine/problem";
import { parseTags } from "./filter";
import { NOTHING } from "./update";

export function NameAndTags({ summary }: { summary: SiteSummary }) {
  const update = useDo("site_update");
  const [name, setName] = useState(summary.name);
  const [tags, setTags] = useState(summary.tags.join(", "));
  const changed = name !== summary.name || parseTags(tags).join() !== summary.tags.join();
  const save = () => update.mutate({ ...NOTHING, site: summary.id, name: name.trim(), tags: parseTags(tags) });
  return (
    <Section title="Name and tags">
      <Panel>
        <Stack>
          <Field label="Name" value={name} onChange={setName} error={fieldErrors(update.error)["name"]} />
          <Field label="Tags" value={tags} onChange={setTags} help="Separated by spaces or commas." />
          {update.isError && <ProblemNotice problem={problemOf(update.error)} />}
          <Row end>
            <Button onPress={save} isDisabled={!changed || update.isPending || !name.trim()}>
              Save name and tags
            </Button>
          </Row>
        </Stack>
      </Panel>
    </Section>
  );
}
