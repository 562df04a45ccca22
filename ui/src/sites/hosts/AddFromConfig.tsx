import { Check } from "lucide-react";
import { useState } from "react";
import { ListBox, ListBoxItem, type Selection } from "react-aria-components";

import type { SiteHost } from "../../bindings/SiteHost";
import { announce } from "../../components/Announcer";
import { Button } from "../../components/Button";
import { Loading } from "../../components/Empty";
import { Field } from "../../components/Field";
import { count } from "../../components/format";
import { Row } from "../../components/Layout";
import { Notice, ProblemNotice } from "../../components/Notice";
import { Search } from "../../components/Search";
import { useAsk } from "../../engine/ask";
import { usePlatform } from "../../engine/platform";
import { problemOf } from "../../engine/problem";
import { useLater } from "../later";
import { withHosts, type ChangeDraft, type HostRow } from "./draft";
import css from "./Hosts.module.css";

/** Hosts that an ssh_config names, to choose from. */
export function AddFromConfig({ rows, change }: { rows: readonly HostRow[]; change: ChangeDraft }) {
  const { pickFile, kind } = usePlatform();
  const [path, setPath] = useState("");
  const asked = useLater(path.trim(), 300);
  const read = useAsk("host_parse", { lines: "", sshConfig: asked }, { staleTime: 0, gcTime: 0 });
  return (
    <>
      <Field
        label="ssh_config"
        value={path}
        onChange={setPath}
        mono
        placeholder="~/.ssh/config"
        help={`Empty takes the user's own. It is read${kind === "http" ? " on the server's machine" : ""}, never written; patterns are left out.`}
      >
        {pickFile && <Button onPress={() => void pickFile("ssh_config", []).then((picked) => picked && setPath(picked))}>Choose…</Button>}
      </Field>
      {read.isPending && <Loading what="Reading ssh_config" />}
      {read.isError && <ProblemNotice problem={problemOf(read.error)} />}
      {read.data?.problems.map((problem) => (
        <Notice key={problem} tone="warn" title={problem} />
      ))}
      {read.data && read.data.hosts.length > 0 && <Names key={asked} hosts={read.data.hosts} rows={rows} change={change} />}
      {read.data && read.data.hosts.length === 0 && read.data.problems.length === 0 && <Notice tone="info" title="It names no host" />}
    </>
  );
}

function Names({ hosts, rows, change }: { hosts: SiteHost[]; rows: readonly HostRow[]; change: ChangeDraft }) {
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const listed = new Set(rows.map((row) => row.address.trim()));
  const shown = hosts.filter((host) => host.address.toLowerCase().includes(search.trim().toLowerCase()));
  const free = shown.filter((host) => !listed.has(host.address));
  // What is chosen and not shown at the moment stays chosen.
  const choose = (keys: Selection) => {
    const here = keys === "all" ? free.map((host) => host.address) : [...keys].map(String);
    setChosen(new Set([...[...chosen].filter((one) => !shown.some((host) => host.address === one)), ...here]));
  };
  const taken = hosts.filter((host) => chosen.has(host.address) && !listed.has(host.address));
  const take = () => {
    change((draft) => ({ ...draft, rows: withHosts(draft.rows, taken) }));
    setChosen(new Set());
    announce(`${count(taken.length, "host")} added to the list.`);
  };
  return (
    <>
      <Row between>
        <Search label="Filter names" value={search} onChange={setSearch} />
        <span className={css.soft} role="status">
          {shown.length === hosts.length ? count(hosts.length, "name") : `${shown.length} of ${count(hosts.length, "name")}`}
        </span>
      </Row>
      <ListBox
        aria-label="Hosts in ssh_config"
        className={css.names}
        selectionMode="multiple"
        selectionBehavior="toggle"
        selectedKeys={chosen}
        disabledKeys={listed}
        onSelectionChange={choose}
        items={shown.map((host) => ({ id: host.address, there: listed.has(host.address) }))}
        renderEmptyState={() => <p className={css.soft}>No name is like that.</p>}
        dependencies={[rows]}
      >
        {({ id, there }) => (
          <ListBoxItem id={id} textValue={id} className={css.named}>
            <span className={css.box} aria-hidden>
              <Check size={12} strokeWidth={2.5} />
            </span>
            <code>{id}</code>
            {there && <span className={css.soft}>in the list</span>}
          </ListBoxItem>
        )}
      </ListBox>
      <Row>
        <Button onPress={take} isDisabled={taken.length === 0}>
          Add {taken.length > 0 ? count(taken.length, "host") : "hosts"} to the list
        </Button>
        <Button kind="quiet" isDisabled={free.length === 0} onPress={() => choose("all")}>
          Choose all {search.trim() === "" ? "" : "shown"}
        </Button>
      </Row>
    </>
  );
}
