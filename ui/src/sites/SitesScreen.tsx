import { Plus, Server } from "lucide-react";
import { useMemo, useRef, useState } from "react";

import type { SiteSummary } from "../bindings/SiteSummary";
import { Button } from "../components/Button";
import { DataTable } from "../components/DataTable";
import { Empty, Loading } from "../components/Empty";
import { count } from "../components/format";
import { Row } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { Search } from "../components/Search";
import { useAsk } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { useCommands, type Command } from "../frame/commands";
import { go } from "../frame/place";
import { AddSite } from "./AddSite";
import { SITE_COLUMNS } from "./columns";
import { filterSites, tagsOf } from "./filter";
import { ManyActions } from "./ManyActions";
import css from "./Sites.module.css";
import { TagFilter } from "./TagFilter";

const idOf = (site: SiteSummary) => site.id;
const nameOf = (site: SiteSummary) => site.name;

export function SitesScreen() {
  const sites = useAsk("site_list", { search: "", tag: null });
  const [search, setSearch] = useState("");
  const [tag, setTag] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [adding, setAdding] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const all = useMemo(() => sites.data?.sites ?? [], [sites.data]);
  const shown = useMemo(() => filterSites(all, search, tag), [all, search, tag]);
  const chosen = useMemo(() => all.filter((site) => selected.has(site.id)), [all, selected]);
  useCommands(
    useMemo<Command[]>(
      () => [
        { id: "add-site", title: "Add a site…", group: "Do", keys: "a", run: () => setAdding(true) },
        { id: "find", title: "Filter sites", group: "Do", keys: "/", run: () => field.current?.focus() },
      ],
      [],
    ),
  );
  const add = (
    <Button kind={all.length > 0 ? "plain" : "main"} icon={Plus} onPress={() => setAdding(true)}>
      Add site…
    </Button>
  );
  return (
    <Page title="Sites" full actions={all.length > 0 && add}>
      {all.length > 0 && (
        <Row>
          <Search label="Filter sites" placeholder="Name, tag, app or version" value={search} onChange={setSearch} inputRef={field} />
          <TagFilter tags={tagsOf(all)} tag={tag} onChange={setTag} />
          <span className={css.count} role="status">
            {shown.length === all.length ? "" : `${shown.length} of ${count(all.length, "site")}`}
          </span>
        </Row>
      )}
      {chosen.length > 0 && <ManyActions sites={chosen} onDone={() => setSelected(new Set())} />}
      {sites.isPending && <Loading what="Reading sites" />}
      {sites.isError && (
        <ProblemNotice
          problem={problemOf(sites.error)}
          actions={<Button onPress={() => void sites.refetch()}>Read again</Button>}
        />
      )}
      {sites.data && all.length === 0 && <FirstStart add={add} />}
      {all.length > 0 && (
        <div className={css.table}>
          <DataTable
            label="Sites"
            columns={SITE_COLUMNS}
            rows={shown}
            idOf={idOf}
            textOf={nameOf}
            onOpen={(site) => go({ screen: "site", site: site.id })}
            selected={selected}
            onSelect={setSelected}
            empty={() => <p className={css.none}>No site matches. Clear the filter to see all {all.length}.</p>}
          />
        </div>
      )}
      {adding && <AddSite onClose={() => setAdding(false)} />}
    </Page>
  );
}

function FirstStart({ add }: { add: React.ReactNode }) {
  return (
    <Empty icon={Server} title="No sites yet" actions={add}>
      A site is one place where an application runs: an existing cluster, reached through a kubeconfig, or Linux hosts,
      reached over SSH. Adding one contacts it once and changes nothing on it.
    </Empty>
  );
}
