import { useMemo, useState, type RefObject } from "react";

import type { HostTests } from "../../bindings/HostTests";
import { Button } from "../../components/Button";
import { DataTable } from "../../components/DataTable";
import { count } from "../../components/format";
import { Stack } from "../../components/Layout";
import { Search } from "../../components/Search";
import { hostMark } from "../../engine/hosts";
import { hostColumns } from "./columns";
import { filterHosts, offClocks, type Tested } from "./facts";
import { HostNotices } from "./HostNotices";
import css from "./Hosts.module.css";

export interface HostsTabProps {
  site: string;
  rows: Tested[];
  tests: HostTests;
  testing: boolean;
  onTest: (hosts: string[]) => void;
  onOpen: (host: string) => void;
  field: RefObject<HTMLInputElement | null>;
}

const idOf = ({ host }: Tested) => host.address;
const textOf = ({ host, test }: Tested) => `${host.address}: ${hostMark(test).word}`;

/** A filter is of no use before a list is longer than what one sees. */
const MANY = 8;

/** Hosts as they were last tested, and step by step while they are. */
export function HostsTab({ site, rows, tests, testing, onTest, onOpen, field }: HostsTabProps) {
  const [search, setSearch] = useState("");
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(() => filterHosts(rows, search), [rows, search]);
  const off = offClocks(rows).map(idOf).join("\n");
  const columns = useMemo(() => hostColumns(new Set(off.split("\n"))), [off]);
  const chosen = rows.filter((row) => selected.has(idOf(row))).map(idOf);
  // As high as its rows, and never higher than lets one see that something comes after it.
  const height = `min(${32 + Math.max(shown.length, 2) * 32}px, max(240px, 62vh))`;
  return (
    <Stack>
      <Stack gap="s">
        <HostNotices site={site} rows={rows} tests={tests} />
      </Stack>
      {(rows.length > MANY || chosen.length > 0) && (
        <div className={css.tools}>
          {rows.length > MANY && <Search label="Filter hosts" placeholder="Address, role, tag, system" value={search} onChange={setSearch} inputRef={field} />}
          <span className={css.soft} role="status">
            {shown.length === rows.length ? "" : `${shown.length} of ${count(rows.length, "host")}`}
          </span>
          {chosen.length > 0 && (
            <>
              <Button isDisabled={testing} onPress={() => onTest(chosen)}>
                Test {count(chosen.length, "selected host")}
              </Button>
              <Button kind="quiet" onPress={() => setSelected(new Set())}>
                Clear selection
              </Button>
            </>
          )}
        </div>
      )}
      <div className={css.table} style={{ height }}>
        <DataTable
          label="Hosts"
          columns={columns}
          rows={shown}
          idOf={idOf}
          textOf={textOf}
          selected={selected}
          onSelect={setSelected}
          onOpen={(row) => onOpen(idOf(row))}
          empty={() => <p className={css.none}>No host is like that.</p>}
        />
      </div>
    </Stack>
  );
}
