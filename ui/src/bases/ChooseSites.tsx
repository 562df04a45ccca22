import { useState } from "react";

import type { BaseSummary } from "../bindings/BaseSummary";
import { Button } from "../components/Button";
import { Checkbox } from "../components/Choice";
import { Dialog } from "../components/Dialog";
import { count } from "../components/format";
import { Stack } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { Search } from "../components/Search";
import { useAsk, useDo } from "../engine/ask";
import { problemOf } from "../engine/problem";
import css from "./Bases.module.css";

/** Sites that could follow a base: those that run its application, or nothing yet. */
export function ChooseSites({ summary, onClose }: { summary: BaseSummary; onClose: () => void }) {
  const assign = useDo("base_assign");
  const sites = useAsk("site_list", { search: "", tag: null }).data?.sites ?? [];
  const bases = useAsk("base_list", {}).data?.bases ?? [];
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const fitting = sites.filter((site) => (site.installed?.slug ?? summary.slug) === summary.slug && !summary.sites.some((one) => one.id === site.id));
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = fitting.filter((site) => words.every((word) => `${site.name} ${site.tags.join(" ")}`.toLowerCase().includes(word)));
  const other = (site: string) => bases.find((base) => base.slug === summary.slug && base.sites.some((one) => one.id === site));
  const toggle = (site: string, on: boolean) => setChosen((before) => new Set(on ? [...before, site] : [...before].filter((one) => one !== site)));
  const save = () => assign.mutate({ base: summary.id, sites: [...chosen] }, { onSuccess: onClose });
  const footer = (
    <>
      <Button onPress={onClose}>Cancel</Button>
      <Button kind="main" isDisabled={chosen.size === 0 || assign.isPending} onPress={save}>
        Let {count(chosen.size, "site")} follow it
      </Button>
    </>
  );
  return (
    <Dialog title={`Let sites follow ${summary.name}`} isOpen onClose={onClose} footer={footer}>
      <Stack>
        <Search label="Filter sites by name or tag" value={search} onChange={setSearch} />
        {shown.length === 0 && <p className={css.soft}>{fitting.length === 0 ? `Every site that runs ${summary.slug}, or nothing yet, follows it.` : "No site matches."}</p>}
        <div className={css.list} role="group" aria-label="Sites">
          {shown.map((site) => {
            const leaves = other(site.id);
            return (
              <Checkbox
                key={site.id}
                label={
                  <span>
                    {site.name} <span className={css.soft}>{leaves ? `leaves ${leaves.name}` : (site.installed?.version ?? "nothing installed")}</span>
                  </span>
                }
                isSelected={chosen.has(site.id)}
                onChange={(on) => toggle(site.id, on)}
              />
            );
          })}
        </div>
        {assign.isError && <ProblemNotice problem={problemOf(assign.error)} />}
      </Stack>
    </Dialog>
  );
}
