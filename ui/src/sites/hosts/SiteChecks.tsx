import { ListChecks } from "lucide-react";
import { useMemo } from "react";

import type { PreflightSummary } from "../../bindings/PreflightSummary";
import { Button } from "../../components/Button";
import { DataTable } from "../../components/DataTable";
import { Empty } from "../../components/Empty";
import { useAsk } from "../../engine/ask";
import { go } from "../../frame/place";
import { PREFLIGHT_COLUMNS } from "../../preflights/columns";
import { subjects, verdict } from "../../preflights/words";
import css from "./Hosts.module.css";

const COLUMNS = PREFLIGHT_COLUMNS.filter((column) => column.id !== "site");

/** Preflight runs that checked a site, the newest first. */
export function useChecksOf(site: string): PreflightSummary[] {
  const { data } = useAsk("preflight_list", {});
  return useMemo(() => data?.preflights.filter((one) => one.site === site) ?? [], [data, site]);
}

export function SiteChecks({ checks, onCheck }: { checks: PreflightSummary[]; onCheck: () => void }) {
  if (checks.length === 0) {
    return (
      <Empty icon={ListChecks} title="No checks were run here yet" actions={<Button onPress={onCheck}>Run checks…</Button>}>
        Checks say whether the hosts are fit. They install nothing and leave nothing there.
      </Empty>
    );
  }
  return (
    <div className={css.table} style={{ height: `min(${32 + Math.max(checks.length, 2) * 32}px, 62vh)` }}>
      <DataTable
        label="Preflight runs of this site"
        columns={COLUMNS}
        rows={checks}
        idOf={(one) => one.id}
        textOf={(one) => `${subjects(one)}: ${verdict(one)}`}
        onOpen={(one) => go({ screen: "preflight", preflight: one.id })}
        empty={() => null}
      />
    </div>
  );
}
