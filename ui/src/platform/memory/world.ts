import type { AppEvent } from "../../bindings/AppEvent";
import type { AuditEntry } from "../../bindings/AuditEntry";
import type { BundleDetail } from "../../bindings/BundleDetail";
import type { ImportStatus } from "../../bindings/ImportStatus";
import type { RunView } from "../../bindings/RunView";
import type { Settings } from "../../bindings/Settings";
import type { SiteDetail } from "../../bindings/SiteDetail";
import type { Workflow } from "../../bindings/Workflow";
import { isEnd } from "../../engine/words";
import { MemoryRun, releaseOf } from "./run";
import { refuse } from "./refuse";
import { sampleBases, valuesAt, type MemoryBase } from "./sample-bases";
import { sampleBundles } from "./sample-bundles";
import { CARRIED, clusterFor, joinedNode, withStep, type AskedOfHosts, type MemoryNodes } from "./sample-cluster";
import { TIDEWATER } from "./sample-config";
import { itemsOf, type SampleForm, type Values } from "./sample-form";
import { LARGE } from "./sample-large";
import { joinedAtFirst } from "./sample-hosts";
import { INFORMERS, installedApp } from "./sample-installed";
import { revisionOf, sampleSites, WHO } from "./sample-sites";
import { seed } from "./seed";
import { Simulation } from "./simulate";

export interface WorldOptions {
  /** How many sites; none gives an empty world. */
  sites: number;
  /** How many times as fast as real time runs go. */
  speed: number;
  /** Whether releases ask for two hundred items instead of a dozen. */
  large: boolean;
}

const HOUR = 3_600_000;

/** Everything the sample engine holds. */
export class World {
  readonly sites: SiteDetail[];
  readonly bundles: BundleDetail[];
  readonly imports: ImportStatus[] = [];
  readonly runs: MemoryRun[] = [];
  readonly audit: AuditEntry[] = [];
  /** Host keys that were accepted since. */
  readonly acceptedKeys = new Set<string>();
  /** Clusters of Linux sites, by site. */
  readonly clusters = new Map<string, MemoryNodes>();
  readonly bases: MemoryBase[];
  /** What releases ask for. */
  readonly form: SampleForm;
  settings: Settings = { theme: "system", metrics: { enabled: false, endpoint: "" }, library: "", licenses: { signatureRequired: false, trustedKeys: [] } };
  private readonly listeners = new Set<(event: AppEvent) => void>();
  private serial = 0;

  constructor(readonly options: WorldOptions) {
    this.form = options.large ? LARGE : TIDEWATER;
    this.sites = options.sites === 0 ? [] : sampleSites(options.sites);
    this.bundles = options.sites === 0 ? [] : sampleBundles();
    this.bases = options.sites === 0 ? [] : sampleBases(this.sites);
    for (const { summary, linux } of this.sites) {
      const hosts = linux?.hosts.slice(0, joinedAtFirst(summary.name)) ?? [];
      const version = CARRIED[summary.installed?.version ?? ""]?.at(-1);
      if (linux && version) this.clusters.set(summary.id, { version, joined: hosts.map((host) => joinedNode(host, linux.hosts, version)) });
    }
    if (options.sites > 0) this.past();
  }

  subscribe(listener: (event: AppEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(event: AppEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }

  site(id: string): SiteDetail {
    const site = this.sites.find((one) => one.summary.id === id);
    if (!site) throw refuse("notFound", `There is no site ${id}.`, "Reload the list of sites.");
    return site;
  }

  run(id: string): MemoryRun {
    const run = this.runs.find((one) => one.view.summary.id === id);
    if (!run) throw refuse("notFound", `There is no run ${id}.`);
    return run;
  }

  bundle(id: string | null): BundleDetail {
    const bundle = this.bundles.find((one) => one.summary.id === id);
    if (!bundle) throw refuse("notFound", "There is no such bundle in the library.");
    return bundle;
  }

  create(site: SiteDetail, workflow: Workflow, bundle: BundleDetail, at = Date.now(), asked: AskedOfHosts = {}): MemoryRun {
    this.serial += 1;
    const id = `run-${String(this.serial).padStart(6, "0")}`;
    const run: MemoryRun = new MemoryRun(id, site.summary, workflow, releaseOf(bundle.summary), () => this.moved(run), at);
    if (workflow !== "install") run.values = this.form.installed;
    this.begin(run, site);
    if (site.linux) {
      run.hosts = site.linux.hosts;
      run.cluster = clusterFor(site, workflow === "install" ? undefined : this.clusters.get(site.summary.id), workflow, bundle.summary.version, asked);
    }
    this.runs.unshift(run);
    run.settle();
    return run;
  }

  /** A run on a site that follows a base begins with its values, and over them with the site's own. */
  private begin(run: MemoryRun, site: SiteDetail): void {
    const base = this.bases.find((one) => one.sites.includes(site.summary.id));
    if (!base || run.view.summary.workflow === "rollback" || this.options.large) return;
    const items = new Set(itemsOf(this.form).map((item) => item.name));
    const shared = Object.entries(base.values).filter(([name]) => items.has(name));
    const values: Values = Object.fromEntries(shared.map(([name, { value, filename }]) => [name, { value, filename, repeatableItem: "" }]));
    const { values: had, inherited } = valuesAt(site.summary.name, base);
    const own = Object.entries(had).filter(([name]) => items.has(name) && !inherited.has(name));
    run.base = { id: base.id, name: base.name, values };
    run.values = { ...run.values, ...values, ...Object.fromEntries(own) };
  }

  /** Executes a run the way its site behaves. */
  execute(run: MemoryRun, until: Parameters<Simulation["execute"]>[0]): RunView {
    const name = run.view.summary.siteName;
    const stuck = run.cluster?.stuck;
    const failsAt = name === "harbor-west" ? "chart:tidewater-web" : stuck ? `uncordon:${stuck}` : null;
    const simulation = new Simulation(run, { failsAt, checksFail: name === "hooli-edge" }, this.options.speed, {
      ended: () => this.ended(run),
      done: (step) => this.stepDone(run, step),
    });
    void simulation.execute(until);
    return run.view;
  }

  private moved(run: MemoryRun): void {
    const { summary } = run.view;
    const site = this.sites.find((one) => one.summary.id === summary.site);
    if (site && (site.summary.lastRun?.id ?? "") <= summary.id) {
      const lease = summary.executing ? { who: WHO, run: summary.id, since: Date.now(), renewed: Date.now(), expired: false } : null;
      site.summary = { ...site.summary, lastRun: summary, lease };
    }
    if (site) site.runs = this.runs.filter((one) => one.view.summary.site === summary.site).map((one) => one.view.summary);
    this.tell({ type: "runChanged", run: summary });
  }

  /** What a step did to the cluster shows at once on the page of its site. */
  private stepDone(run: MemoryRun, id: string): void {
    const { site: siteId } = run.view.summary;
    const before = this.clusters.get(siteId);
    const after = run.cluster && withStep(before, id, run.hosts, run.cluster.change);
    if (after === null || after === before) return;
    if (after) this.clusters.set(siteId, after);
    else this.clusters.delete(siteId);
    this.tell({ type: "siteChanged", site: siteId });
  }

  private ended(run: MemoryRun): void {
    const { state, release, site: id, id: runId, workflow } = run.view.summary;
    if (!isEnd(state)) return;
    const site = this.site(id);
    if (workflow === "restore") return this.tell({ type: "siteChanged", site: id });
    if (workflow === "reset") {
      if (!this.clusters.has(id)) Object.assign(site, { informers: [], revisions: [], summary: { ...site.summary, installed: null } });
      this.tell({ type: "siteChanged", site: id });
      return;
    }
    const revision = (site.revisions[0]?.revision ?? 0) + 1;
    const before = site.revisions.map((one) => ({ ...one, current: false }));
    site.revisions = [revisionOf(revision, release.version, runId, Date.now(), true), ...before];
    site.informers = INFORMERS;
    site.summary = { ...site.summary, installed: installedApp(release.version, revision, Date.now()) };
    this.tell({ type: "siteChanged", site: id });
  }

  /** What happened before the window was opened. */
  private past(): void {
    const [next, first] = this.bundles;
    if (!next || !first) return;
    const now = Date.now();
    for (const site of this.sites.filter((one) => one.summary.installed).slice(0, 12)) {
      const { installed } = site.summary;
      if (!installed) continue;
      const linux = site.linux && { ...site.linux, hosts: site.linux.hosts.slice(0, joinedAtFirst(site.summary.name)) };
      const run = this.create({ ...site, linux, summary: { ...site.summary, installed: null } }, "install", first, installed.at);
      seed(run, installed.at, "end");
      site.revisions = [revisionOf(1, installed.version, run.view.summary.id, installed.at, true)];
    }
    const upgrade = (name: string, hoursAgo: number) => {
      const site = this.sites.find((one) => one.summary.name === name);
      return site ? this.create(site, "upgrade", next, now - hoursAgo * HOUR) : null;
    };
    this.pastOf(upgrade, now);
    for (const [command, site] of [["site_add", "site-0000"], ["run_create", "site-0001"], ["run_execute", "site-0001"]] as const) {
      this.audit.unshift({ at: now - HOUR, who: WHO, door: "desktop", command, site, run: null, result: "ok" });
    }
    this.audit.unshift({ at: now - HOUR / 2, who: WHO, door: "cli", command: "run_execute", site: "site-0002", run: null, result: "unreachable" });
  }

  private pastOf(upgrade: (name: string, hoursAgo: number) => MemoryRun | null, now: number): void {
    const stopped = upgrade("initech-lab", 30);
    if (stopped) {
      seed(stopped, now - 30 * HOUR, "app", 2);
      stopped.fact({ orphaned: true });
    }
    const failed = upgrade("harbor-west", 3);
    if (failed) {
      seed(failed, now - 3 * HOUR, "app", 2);
      this.execute(failed, null);
    }
    const live = upgrade("acme-dr", 1);
    if (live) {
      seed(live, now - 90_000, "airgap", 0);
      this.execute(live, null);
    }
  }
}
