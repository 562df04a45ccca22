import { Activity, Archive, Layers, LifeBuoy, ListChecks, Server, Settings, type LucideIcon } from "lucide-react";
import { Button } from "react-aria-components";

import type { SiteSummary } from "../bindings/SiteSummary";
import { MarkIcon } from "../components/StateMark";
import { useAsk } from "../engine/ask";
import { reachabilityMark, runMark, runShare } from "../engine/words";
import { go, usePlace, type Place } from "./place";
import css from "./Sidebar.module.css";

export function Sidebar() {
  const sites = useAsk("site_list", { search: "", tag: null }).data?.sites ?? [];
  const runs = useAsk("run_list", { site: null, state: null, limit: 0 }).data?.runs ?? [];
  const bundles = useAsk("bundle_list", {}).data?.bundles ?? [];
  const preflights = useAsk("preflight_list", {}).data?.preflights ?? [];
  const supports = useAsk("support_list", {}).data?.bundles ?? [];
  const bases = useAsk("base_list", {}).data?.bases ?? [];
  const checking = preflights.filter((one) => one.progress === "running").length;
  const collecting = supports.filter((one) => one.progress === "running").length;
  const executing = runs.filter((run) => run.executing).length;
  const busy = sites.filter((site) => site.lastRun?.executing && !site.pinned);
  return (
    <nav className={css.sidebar} aria-label="Longshore">
      <Item icon={Server} title="Sites" to={{ screen: "sites" }} note={String(sites.length)} />
      <Item icon={Activity} title="Runs" to={{ screen: "runs" }} note={executing > 0 ? `${executing} running` : ""} busy={executing > 0} />
      <Item icon={ListChecks} title="Preflights" to={{ screen: "preflights" }} note={checking > 0 ? `${checking} running` : ""} busy={checking > 0} />
      <Item icon={LifeBuoy} title="Support" to={{ screen: "supports" }} note={collecting > 0 ? `${collecting} running` : ""} busy={collecting > 0} />
      <Item icon={Layers} title="Bases" to={{ screen: "bases" }} note={bases.length > 0 ? String(bases.length) : ""} />
      <Item icon={Archive} title="Library" to={{ screen: "library" }} note={String(bundles.length)} />
      <Sites title="Pinned sites" sites={sites.filter((site) => site.pinned)} />
      <Sites title="Running elsewhere" sites={busy} />
      <div className={css.foot}>
        <Item icon={Settings} title="Settings" to={{ screen: "settings" }} />
      </div>
    </nav>
  );
}

/** Whether a place belongs to what an entry stands for. */
function within(place: Place, to: Place): boolean {
  if (place.screen === to.screen) return true;
  if (to.screen === "library") return place.screen === "bundle" || place.screen === "compare";
  if (to.screen === "preflights") return place.screen === "preflight" || place.screen === "checkhosts";
  if (to.screen === "supports") return place.screen === "support";
  if (to.screen === "bases") return place.screen === "base";
  if (to.screen === "runs") return place.screen === "run";
  return to.screen === "sites" && place.screen === "site";
}

function Item({ icon: Icon, title, to, note, busy }: { icon: LucideIcon; title: string; to: Place; note?: string; busy?: boolean }) {
  const place = usePlace();
  return (
    <Button className={css.item} aria-current={within(place, to) ? "page" : undefined} onPress={() => go(to)}>
      <Icon aria-hidden size={16} strokeWidth={1.5} />
      <span className={css.name}>{title}</span>
      {note && <span className={busy ? css.busy : css.note}>{note}</span>}
    </Button>
  );
}

function Sites({ title, sites }: { title: string; sites: SiteSummary[] }) {
  const place = usePlace();
  if (sites.length === 0) return null;
  return (
    <section className={css.sites}>
      <h2>{title}</h2>
      {sites.map((site) => (
        <Button
          key={site.id}
          className={css.item}
          aria-current={place.screen === "site" && place.site === site.id ? "page" : undefined}
          onPress={() => go(site.lastRun?.executing ? { screen: "run", run: site.lastRun.id } : { screen: "site", site: site.id })}
        >
          <SiteState site={site} />
        </Button>
      ))}
    </section>
  );
}

function SiteState({ site }: { site: SiteSummary }) {
  const run = site.lastRun;
  if (run?.executing) {
    const share = runShare(run);
    return (
      <>
        <MarkIcon mark="running" share={share} />
        <span className={css.name}>{site.name}</span>
        <span className={css.busy}>{share === null ? "running" : `${share} %`}</span>
      </>
    );
  }
  const reach = reachabilityMark(site.reachability);
  const bad = run && (run.orphaned || runMark(run).mark === "failed") ? runMark(run) : reach;
  return (
    <>
      <MarkIcon mark={bad.mark} />
      <span className={css.name}>{site.name}</span>
      <span className="said">{bad.word}</span>
    </>
  );
}
