import type { SiteSummary } from "../bindings/SiteSummary";
import { AppIcon } from "../components/AppIcon";
import { Button } from "../components/Button";
import { count } from "../components/format";
import { StateMark } from "../components/StateMark";
import { Tag } from "../components/Tag";
import { useAsk } from "../engine/ask";
import { isOpen, reachabilityMark, workflowWord } from "../engine/words";
import { newerBundle } from "../library/newer";
import css from "./Header.module.css";
import { go, usePlace, type Place } from "./place";
import { SiteSwitcher } from "./SiteSwitcher";

/** Which site one is at, what runs there, and the one main action. */
export function Header() {
  const place = usePlace();
  const sites = useAsk("site_list", { search: "", tag: null }).data?.sites ?? [];
  const runs = useAsk("run_list", { site: null, state: null, limit: 0 }).data?.runs ?? [];
  const shown = useAsk("run_get", { run: place.screen === "run" ? place.run : "" }, { enabled: place.screen === "run" }).data;
  const id = siteOf(place, shown?.summary.site ?? null);
  const site = sites.find((one) => one.id === id);
  if (site) return <SiteHeader site={site} place={place} />;
  const running = runs.filter((run) => run.executing).length;
  return (
    <section className={css.header} aria-label="Site">
      <SiteSwitcher name={null} />
      <span className={css.facts}>
        {count(sites.length, "site")}
        {running > 0 && `, ${count(running, "run")} under way`}
      </span>
    </section>
  );
}

function siteOf(place: Place, ofRun: string | null): string | null {
  if (place.screen === "site" || place.screen === "start") return place.site;
  if (place.screen === "runs") return place.site ?? null;
  return place.screen === "run" ? ofRun : null;
}

function SiteHeader({ site, place }: { site: SiteSummary; place: Place }) {
  const reach = reachabilityMark(site.reachability);
  const { installed } = site;
  return (
    <section className={css.header} aria-label="Site">
      <SiteSwitcher name={site.name} />
      <span className={css.facts}>
        {site.target === "kubernetes" ? "Kubernetes" : "Linux"}
        <StateMark mark={reach.mark} word={reach.word} title={reach.detail} />
        {site.lease && (
          <Tag tone={site.lease.expired ? "warn" : "busy"} title={`For ${site.lease.run}`}>
            {site.lease.expired ? "Lease expired" : "Locked"}: {site.lease.who}
          </Tag>
        )}
      </span>
      <span className={css.app}>
        {installed ? (
          <>
            <AppIcon icon={installed.icon} />
            {installed.title} <strong>{installed.version}</strong>
            <Available site={site} />
          </>
        ) : (
          <span className={css.nothing}>Nothing installed</span>
        )}
        {place.screen === "site" && <MainAction site={site} />}
      </span>
    </section>
  );
}

function Available({ site }: { site: SiteSummary }) {
  const bundles = useAsk("bundle_list", {}).data?.bundles ?? [];
  const newer = newerBundle(bundles, site.installed);
  return (
    newer && (
      <span className={css.available}>
        <Tag tone="accent">{newer.version} in the library</Tag>
      </span>
    )
  );
}

function MainAction({ site }: { site: SiteSummary }) {
  const bundles = useAsk("bundle_list", {}).data?.bundles ?? [];
  const run = site.lastRun;
  if (run && isOpen(run) && run.state !== "Cancelled") {
    const verb = run.executing ? "Show" : "Continue";
    return (
      <Button kind="main" onPress={() => go({ screen: "run", run: run.id })}>
        {verb} {workflowWord(run.workflow).toLowerCase()}
      </Button>
    );
  }
  const bundle = newerBundle(bundles, site.installed);
  return (
    <Button kind="main" onPress={() => go({ screen: "start", site: site.id, bundle: bundle?.id ?? null })}>
      {site.installed ? "Upgrade…" : "Install…"}
    </Button>
  );
}
