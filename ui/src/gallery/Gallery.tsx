import { Archive, Plus } from "lucide-react";
import { useState } from "react";

import { Button, IconButton } from "../components/Button";
import { Checkbox, Radios, Select } from "../components/Choice";
import { Diff } from "../components/Diff";
import { Empty, Loading } from "../components/Empty";
import { Field } from "../components/Field";
import { FileDrop } from "../components/FileDrop";
import { Fold } from "../components/Fold";
import { Id } from "../components/Id";
import { Kbd } from "../components/Kbd";
import { Facts, Panel, Row, Section, Stack } from "../components/Layout";
import { LinesField } from "../components/LinesField";
import { Markdown } from "../components/Markdown";
import { Meter } from "../components/Meter";
import { Notice, ProblemNotice, type Tone } from "../components/Notice";
import { Page } from "../components/Page";
import { Progress } from "../components/Progress";
import { Search } from "../components/Search";
import { StateMark, type Mark } from "../components/StateMark";
import { Tabs } from "../components/Tabs";
import { Tag, type TagTone } from "../components/Tag";
import css from "./Gallery.module.css";

const MARKS: [Mark, string][] = [
  ["passed", "Passed"],
  ["warning", "Warning"],
  ["failed", "Failed"],
  ["unknown", "Could not be judged"],
  ["skipped", "Skipped"],
  ["running", "Running 64 %"],
  ["waiting", "To do"],
];
const TONES: Tone[] = ["info", "good", "warn", "bad", "busy"];
const TAGS: TagTone[] = ["plain", "accent", "good", "warn", "bad", "busy"];
const OPTIONS = [
  { id: "one", label: "One" },
  { id: "two", label: "Two" },
];
const BEFORE = "kind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n    - port: 80\n      name: http\n  type: ClusterIP\n";
const AFTER = BEFORE.replace("port: 80", "port: 8080 # behind the proxy").replace("ClusterIP", '"NodePort"');

/** Every design piece in every state, for looking at and for the tests that look. Never part of what ships. */
export function Gallery() {
  return (
    <main className={css.gallery}>
      <Page title="Gallery">
        <Controls />
        <Fields />
        <States />
        <Larger />
      </Page>
    </main>
  );
}

function Controls() {
  return (
    <Section title="Buttons">
      <Row>
        {(["main", "plain", "quiet", "danger"] as const).map((kind) => (
          <Row key={kind}>
            <Button kind={kind}>Retry {kind}</Button>
            <Button kind={kind} isDisabled>
              Disabled {kind}
            </Button>
          </Row>
        ))}
        <Button icon={Plus}>Add site…</Button>
        <IconButton icon={Plus} label="Add" keys="mod+k" />
        <Kbd keys="mod+shift+k" />
      </Row>
    </Section>
  );
}

function Fields() {
  const [text, setText] = useState("");
  const [choice, setChoice] = useState("one");
  const [on, setOn] = useState(true);
  return (
    <Section title="Fields">
      <div className={css.pair}>
        <Field label="Name" value={text} onChange={setText} help="What it is called." placeholder="acme-prod" />
        <Field label="Port" value="99999" error="Between 1 and 65535." affix="TCP" mark={<Tag tone="warn">Now required</Tag>} />
        <Field label="Read only" value="set by the vendor" isReadOnly />
        <Field label="Notes" value={text} onChange={setText} rows={3} />
        <Select label="Choose" options={OPTIONS} value={choice} onChange={setChoice} />
        <Radios label="Radio" options={OPTIONS} value={choice} onChange={setChoice} error="Choose another." />
        <Checkbox label="Checked" isSelected={on} onChange={setOn} />
        <Search label="Search" value={text} onChange={setText} />
        <LinesField label="Lines" value={"one\ntwo words"} onChange={setText} errors={[{ line: 2, message: "One word only." }]} help="One a line." short />
        <FileDrop label="Drop a file" onFiles={(files) => setText(files[0]?.name ?? "")}>
          <Row>
            <Button>Choose a file…</Button>
            or drop one here
          </Row>
        </FileDrop>
      </div>
    </Section>
  );
}

function States() {
  return (
    <Section title="States">
      <Stack>
        <Row>
          {MARKS.map(([mark, word]) => (
            <StateMark key={mark} mark={mark} word={word} share={mark === "running" ? 64 : null} />
          ))}
        </Row>
        <Row>
          {TAGS.map((tone) => (
            <Tag key={tone} tone={tone}>
              {tone}
            </Tag>
          ))}
        </Row>
        <Progress label="tidewater/web" done={12} total={41} words="12.0 MB of 41.0 MB, 11.4 MB/s" />
        <Progress label="Waiting" done={0} total={null} words="2 of 3 pods ready" />
        <Meter label="Used of /" used={64} words="36.0 GB of 100.0 GB free" />
        <Progress label="Done" done={1} total={1} words="41.0 MB of 41.0 MB" tone="good" />
        {TONES.map((tone) => (
          <Notice key={tone} tone={tone} title={`A notice that is ${tone}`} actions={<Button>Do something</Button>}>
            What happened, why, what to do.
          </Notice>
        ))}
        <ProblemNotice problem={{ message: "Two values were refused.", hint: "Correct them.", details: ["replicas: Between 1 and 5."] }} />
        <Loading what="Reading sites" />
        <Empty icon={Archive} title="Nothing here" actions={<Button kind="main">The way in</Button>}>
          Why that is.
        </Empty>
      </Stack>
    </Section>
  );
}

function Larger() {
  const [tab, setTab] = useState("one");
  const tabs = [
    { id: "one", title: "One", count: 3, content: () => <Markdown source={"A *help* text with `code`,\n\n- a list\n- and **weight**"} /> },
    { id: "two", title: "Two", content: () => <p>Second</p> },
  ];
  return (
    <>
      <Section title="Larger pieces">
        <Tabs label="Tabs" tabs={tabs} selected={tab} onSelect={setTab} />
        <Panel>
          <Facts
            facts={[
              { term: "Digest", value: <Id value="sha256:0123456789abcdef0123456789abcdef" label="digest" /> },
              { term: "Version", value: "1.1.0" },
            ]}
          />
        </Panel>
        <Panel flush>
          <Fold title="A fold" aside={<Tag>3</Tag>} defaultOpen>
            {() => <Diff label="What changes in Service web" before={BEFORE} after={AFTER} view="unified" />}
          </Fold>
          <Fold title="Another" defaultOpen>
            {() => <Diff label="What changes in Service web, side by side" before={BEFORE} after={AFTER} view="split" />}
          </Fold>
        </Panel>
      </Section>
    </>
  );
}
