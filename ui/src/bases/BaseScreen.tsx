import { Trash2 } from "lucide-react";
import { useState } from "react";

import type { BaseView } from "../bindings/BaseView";
import { Button } from "../components/Button";
import { Loading } from "../components/Empty";
import { Row } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { Tabs } from "../components/Tabs";
import { Tag } from "../components/Tag";
import { Ago } from "../components/Time";
import { useAsk } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { way } from "../frame/place";
import css from "./Bases.module.css";
import { Differences } from "./Differences";
import { Followers } from "./Followers";
import { RemoveBase } from "./RemoveBase";
import { Values } from "./Values";

export function BaseScreen({ base, tab }: { base: string; tab: string }) {
  const view = useAsk("base_get", { base });
  if (view.isError) {
    return (
      <Page title="Base">
        <ProblemNotice problem={problemOf(view.error)} actions={<Button onPress={() => void view.refetch()}>Read again</Button>} />
      </Page>
    );
  }
  if (!view.data) return <Loading what="Reading the base" />;
  return <Base view={view.data} tab={tab} />;
}

function Base({ view, tab }: { view: BaseView; tab: string }) {
  const { summary } = view;
  const [removing, setRemoving] = useState(false);
  const tabs = [
    { id: "values", title: "Values", count: view.values.length, content: () => <Values view={view} /> },
    { id: "sites", title: "Sites", count: summary.sites.length, content: () => <Followers summary={summary} /> },
    { id: "differences", title: "What differs", content: () => <Differences view={view} /> },
  ];
  return (
    <Page
      title={summary.name}
      full
      aside={
        <Row>
          <Tag>{summary.slug}</Tag>
          <span className={css.soft}>
            Changed <Ago at={summary.changedAt} /> by {summary.changedBy}
          </span>
        </Row>
      }
      actions={
        <Button icon={Trash2} onPress={() => setRemoving(true)}>
          Remove…
        </Button>
      }
    >
      <Tabs label={summary.name} tabs={tabs} selected={tab} onSelect={(next) => way.turn({ screen: "base", base: summary.id, tab: next })} />
      {removing && <RemoveBase summary={summary} onClose={() => setRemoving(false)} />}
    </Page>
  );
}
