import type { CheckChange } from "../../bindings/CheckChange";
import type { FieldError } from "../../bindings/FieldError";
import type { LintFinding } from "../../bindings/LintFinding";
import type { PreflightRunRequest } from "../../bindings/PreflightRunRequest";
import type { PreflightView } from "../../bindings/PreflightView";
import type { SpecFile } from "../../bindings/SpecFile";
import type { Handlers } from "./commands";
import { refuse } from "./refuse";
import { clusterResults, COLLECTORS, counted, fateOf, faultsOf, hostAt, hostResults, pastPreflights } from "./sample-preflights";
import type { World } from "./world";

const LOCAL = "this machine";
const TICK = 300;

/** Preflight runs of made-up hosts: what becomes of one follows from its name. */
export function preflightCommands(world: World) {
  const site = world.sites[0]?.summary;
  const views = world.options.sites === 0 ? [] : pastPreflights(Date.now(), site && { id: site.id, name: site.name });
  const find = (id: string): PreflightView => {
    const view = views.find((one) => one.summary.id === id);
    if (!view) throw refuse("notFound", `There is no preflight run ${id}.`, "Go back to the list of preflight runs.");
    return view;
  };
  const keep = (view: PreflightView): PreflightView => {
    const next = counted(view);
    const at = views.findIndex((one) => one.summary.id === next.summary.id);
    if (at < 0) views.unshift(next);
    else views[at] = next;
    world.tell({ type: "preflightChanged", preflight: next.summary });
    return next;
  };
  return {
    preflight_list: () => ({ preflights: views.map((view) => view.summary) }),
    preflight_lint: ({ specs }) => ({ findings: specs.flatMap(findings) }),
    preflight_run: (request) => {
      const view = keep(begun(world, request, views.length));
      const onCluster = request.site !== null && world.site(request.site).linux === null;
      carryOut(view.summary.id, request, onCluster, find, keep, TICK / world.options.speed);
      return view;
    },
    preflight_get: ({ preflight }) => find(preflight),
    preflight_cancel: ({ preflight }) => {
      const view = find(preflight);
      return view.summary.progress === "running" ? keep(stopped(view)) : view;
    },
    preflight_remove: ({ preflight }) => {
      const view = find(preflight);
      if (view.summary.progress === "running") throw refuse("badInput", "This preflight run is under way.", "Stop it before removing it.");
      views.splice(views.indexOf(view), 1);
      return {};
    },
    preflight_compare: ({ before, after }) => compared(find(before), find(after)),
  } satisfies Partial<Handlers>;
}

function begun(world: World, request: PreflightRunRequest, serial: number): PreflightView {
  const own = request.site === null ? [] : (world.site(request.site).linux?.hosts ?? []).map((host) => host.address);
  const hosts = [...(request.local ? [LOCAL] : []), ...new Set([...own, ...request.hosts])];
  const refused = request.hosts.flatMap((host, at): FieldError[] =>
    /^([\w.-]+@)?[\w.-]+(:\d{1,5})?$/.test(host) ? [] : [{ field: `hosts.${at}`, message: `"${host}" is no host: write [user@]host[:port], or a name from ssh_config` }],
  );
  if (refused.length > 0) throw refuse("badInput", "A host cannot be used.", "", refused);
  const broken = request.specs.find((spec) => !/^kind:/m.test(spec.content));
  if (broken) throw refuse("badInput", `${broken.name}: the document has no kind.`, "`longshore preflight lint` says more about what is wrong with a spec.");
  if (!request.builtin && request.specs.some((spec) => /kind: HostPreflight/.test(spec.content)) && hosts.length === 0) {
    throw refuse("badInput", "The specs have host checks and no host is named.", "", [{ field: "hosts", message: "name at least one host, or this machine" }]);
  }
  if (request.site === null && request.specs.some((spec) => /kind: Preflight/.test(spec.content))) {
    throw refuse("badInput", "The specs have app checks and no site is named.", "", [{ field: "site", message: "name the site whose cluster they are run on" }]);
  }
  const specs = [...(request.builtin ? ["built-in host checks"] : []), ...request.specs.map((spec) => spec.name)];
  const siteName = request.site === null ? "" : world.site(request.site).summary.name;
  return {
    summary: { id: `pf-run-${serial}`, at: Date.now(), progress: "running", specs, site: request.site, siteName, hosts: hosts.length, passed: 0, warned: 0, failed: 0, unjudged: 0 },
    hosts: hosts.map((host) => hostAt(host)),
    results: [],
  };
}

/** Moves every host a little with every tick, each at its own pace. */
function carryOut(id: string, { ssh }: PreflightRunRequest, onCluster: boolean, find: (id: string) => PreflightView, keep: (view: PreflightView) => PreflightView, every: number): void {
  let tick = 0;
  const timer = setInterval(() => {
    const view = find(id);
    if (view.summary.progress !== "running") return clearInterval(timer);
    tick += 1;
    const moved = view.hosts.reduce((now, _, at) => moveHost(now, at, tick, ssh.acceptedKeys), view);
    const over = moved.hosts.every((host) => host.progress === "done" || host.progress === "unreached");
    const cluster = over && onCluster ? clusterResults() : [];
    keep({ ...moved, results: [...moved.results, ...cluster], summary: { ...moved.summary, progress: over ? "done" : "running" } });
  }, every);
}

function moveHost(view: PreflightView, at: number, tick: number, accepted: string[]): PreflightView {
  const host = view.hosts[at];
  if (!host || host.progress === "done" || host.progress === "unreached" || tick < at % 4) return view;
  const set = (change: Partial<typeof host>) => view.hosts.map((one, place) => (place === at ? { ...one, ...change } : one));
  if (host.progress === "waiting") return { ...view, hosts: set({ progress: "connecting" }) };
  const fate = fateOf(host.host, accepted);
  if (fate) {
    return { ...view, hosts: set({ progress: "unreached", ...fate }), results: [...view.results, ...hostResults(host.host, [], fate.problem)] };
  }
  const done = Math.min(COLLECTORS, host.done + 2 + (at % 3));
  const all = hostResults(host.host, faultsOf(host.host));
  const had = view.results.filter((one) => one.host === host.host).length;
  const more = all.slice(had, done === COLLECTORS ? all.length : Math.floor((done / COLLECTORS) * all.length));
  return { ...view, hosts: set({ progress: done === COLLECTORS ? "done" : "checking", done }), results: [...view.results, ...more] };
}

function stopped(view: PreflightView): PreflightView {
  const why = "the preflight run was stopped before this was known";
  const open = view.hosts.filter((host) => host.progress !== "done" && host.progress !== "unreached");
  const missing = open.flatMap(({ host }) => {
    const had = new Set(view.results.filter((one) => one.host === host).map((one) => one.title));
    return hostResults(host, [], why).filter((one) => !had.has(one.title));
  });
  const hosts = view.hosts.map((host) => (open.includes(host) ? { ...host, progress: "unreached" as const, problem: why } : host));
  return { hosts, results: [...view.results, ...missing], summary: { ...view.summary, progress: "cancelled" } };
}

function compared(before: PreflightView, after: PreflightView) {
  const key = (one: { host: string; title: string }) => `${one.host}\n${one.title}`;
  const old = new Map(before.results.map((one) => [key(one), one]));
  const now = new Map(after.results.map((one) => [key(one), one]));
  const changed = after.results.flatMap((one): CheckChange[] => {
    const was = old.get(key(one))?.state ?? null;
    return was === one.state ? [] : [{ host: one.host, title: one.title, before: was, after: one.state, message: one.message }];
  });
  const gone = before.results.filter((one) => !now.has(key(one))).map((one): CheckChange => ({ host: one.host, title: one.title, before: one.state, after: null, message: one.message }));
  const changes = [...changed, ...gone].sort((a, b) => a.host.localeCompare(b.host));
  return { changes, same: after.results.length - changed.length };
}

/** Kinds that the sample linter knows. */
const KINDS = ["cpu", "memory", "diskUsage", "http", "hostOS", "time", "ipv4Interfaces", "tcpPortStatus", "kernelModules", "clusterVersion", "clusterResources", "clusterInfo", "logs", "textAnalyze"];

function findings({ name, content }: SpecFile): LintFinding[] {
  const finding = (line: number, severity: LintFinding["severity"], message: string, hint: string, path = ""): LintFinding => ({ file: name, line, path, severity, message, hint });
  if (!/^kind:/m.test(content)) return [finding(0, "error", "the document has no kind", "kind: HostPreflight or kind: Preflight")];
  return content.split("\n").flatMap((text, at) => {
    const kind = /^ {4}- (\w+):/.exec(text)?.[1];
    if (kind && !KINDS.includes(kind)) {
      const near = KINDS.find((one) => one.slice(0, 3) === kind.slice(0, 3));
      return [finding(at + 1, "error", `there is no analyzer or collector ${kind}`, near ? `did you mean ${near}?` : "", "spec.analyzers")];
    }
    if (/when: "?count < 0/.test(text)) return [finding(at + 1, "warning", "count < 0 is never true", "count is never negative", "spec.analyzers[0].cpu.outcomes[0]")];
    if (/^\s*colectorName:/.test(text)) return [finding(at + 1, "warning", "colectorName is not known here", "did you mean collectorName?")];
    return /^# note/.test(text) ? [finding(at + 1, "note", "the spec has no default outcome", "")] : [];
  });
}
