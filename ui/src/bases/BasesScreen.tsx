import { Layers } from "lucide-react";
import { useState } from "react";

import type { BaseSummary } from "../bindings/BaseSummary";
import { Button } from "../components/Button";
import { DataTable } from "../components/DataTable";
import { Empty, Loading } from "../components/Empty";
import { ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { useAsk } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { go } from "../frame/place";
import css from "./Bases.module.css";
import { BASE_COLUMNS } from "./columns";
import { MakeBase } from "./MakeBase";

/** Config values that several sites share. */
export function BasesScreen() {
  const list = useAsk("base_list", {});
  const [making, setMaking] = useState(false);
  const bases = list.data?.bases ?? [];
  const make = (kind: "main" | "plain") => (
    <Button kind={kind} onPress={() => setMaking(true)}>
      New base…
    </Button>
  );
  return (
    <Page title="Bases" full actions={make("main")}>
      {list.isPending && <Loading what="Reading bases" />}
      {list.isError && <ProblemNotice problem={problemOf(list.error)} actions={<Button onPress={() => void list.refetch()}>Read again</Button>} />}
      {list.data && bases.length === 0 && (
        <Empty icon={Layers} title="No bases yet" actions={make("plain")}>
          A base holds config values that several sites share. A site that follows it begins each install and upgrade with them, and says
          itself only what is different there. Here one sees which sites differ, and where.
        </Empty>
      )}
      {bases.length > 0 && (
        <div className={css.table}>
          <DataTable
            label="Bases"
            columns={BASE_COLUMNS}
            rows={bases}
            idOf={(base: BaseSummary) => base.id}
            textOf={(base: BaseSummary) => base.name}
            onOpen={(base) => go({ screen: "base", base: base.id })}
            empty={() => null}
          />
        </div>
      )}
      {making && <MakeBase onClose={() => setMaking(false)} />}
    </Page>
  );
}
