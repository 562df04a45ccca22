import type { Commands } from "../../bindings/commands";
import type { PhaseStatusView } from "../../bindings/PhaseStatusView";
import type { Phase } from "../../bindings/Phase";
import type { RunView } from "../../bindings/RunView";
import type { CommandName } from "../types";
import { baseCommands } from "./bases";
import { changesOf, configCommands } from "./config-commands";
import { clusterCommands } from "./cluster-commands";
import { hostCommands } from "./host-commands";
import { cancelImport, discardImport, importBundle, resumeImport } from "./imports";
import { JUDGED, judgedBad } from "./machine";
import { libraryCommands } from "./library-commands";
import { preflightCommands } from "./preflights";
import type { MemoryRun } from "./run";
import { DEFAULTS, interfacesOf } from "./sample-cluster";
import { refuse } from "./refuse";
import { supportCommands } from "./support";
import type { World } from "./world";
import { siteCommands } from "./site-commands";

export type Handlers = { [C in CommandName]: (request: Commands[C]["request"]) => Commands[C]["response"] | Promise<Commands[C]["response"]> };

/** Every command, answered from memory. */
export function handlers(world: World): Handlers {
  return { ...siteCommands(world), ...hostCommands(world), ...clusterCommands(world), ...bundleCommands(world), ...libraryCommands(world), ...configCommands(world), ...baseCommands(world), ...installationCommands(world), ...runCommands(world), ...phaseCommands(world), ...preflightCommands(world), ...supportCommands(world), ...restCommands(world) };
}

function bundleCommands(world: World) {
  return {
    bundle_list: () => ({
      bundles: world.bundles.map((one) => one.summary),
      imports: [...world.imports],
      librarySize: world.bundles.reduce((all, one) => all + one.summary.uniqueSize, 0),
    }),
    bundle_import: ({ path }) => importBundle(world, path),
    bundle_import_status: (request) => found(world.imports.find((one) => one.id === request.import)),
    bundle_import_cancel: (request) => cancelImport(world, request.import),
    bundle_import_resume: (request) => resumeImport(world, request.import),
    bundle_import_discard: (request) => discardImport(world, request.import),
    bundle_get: ({ bundle }) => world.bundle(bundle),
    bundle_remove: ({ bundle }) => {
      world.bundles.splice(world.bundles.indexOf(world.bundle(bundle)), 1);
      world.tell({ type: "bundlesChanged", bundle });
      return {};
    },
  } satisfies Partial<Handlers>;
}

function found<T>(value: T | undefined): T {
  if (!value) throw refuse("notFound", "There is no such import.");
  return value;
}

function installationCommands(world: World) {
  return {
    installation_get: ({ run }) => world.run(run).settings,
    installation_set: ({ run: id, settings }) => {
      if (!/^[a-z0-9-]+$/.test(settings.namespace)) {
        throw refuse("badInput", "The namespace cannot be used.", "", [{ field: "namespace", message: "Small letters, digits and hyphens only." }]);
      }
      if (settings.dataDirectory !== "" && !settings.dataDirectory.startsWith("/")) {
        throw refuse("badInput", "The settings cannot be used.", "", [{ field: "dataDirectory", message: "must be a whole path" }]);
      }
      const run = world.run(id);
      run.settings = settings;
      run.enter("InstallationConfigured");
      return statusOf(run);
    },
    installation_choices: ({ run: id }) => ({ defaults: DEFAULTS, hosts: interfacesOf(world.site(world.run(id).view.summary.site)) }),
    installation_status: ({ run }) => statusOf(world.run(run)),
  } satisfies Partial<Handlers>;
}

function statusOf(run: MemoryRun): PhaseStatusView {
  const { state, id, updatedAt } = run.view.summary;
  return { status: "Succeeded", description: "", lastUpdated: updatedAt, state, run: id };
}

function runCommands(world: World) {
  const go = (id: string, until: Parameters<World["execute"]>[1]): RunView => world.execute(world.run(id), until);
  return {
    run_list: ({ site, state }) => ({
      runs: world.runs
        .map((one) => one.view.summary)
        .filter((one) => (site === null || one.site === site) && (state === null || one.state === state))
        .sort((a, b) => b.updatedAt - a.updatedAt),
    }),
    run_create: ({ site, workflow, bundle, workersAtOnce }) => {
      const detail = world.site(site);
      if (detail.summary.reachability.type === "offline") throw refuse("unreachable", `${detail.summary.name} does not answer: ${detail.summary.reachability.reason}`, "Check the network, then try again.");
      return world.create(detail, workflow, world.bundle(bundle), Date.now(), { workersAtOnce }).view;
    },
    run_get: ({ run }) => world.run(run).view,
    run_events: ({ run, since }) => {
      const { events, view } = world.run(run);
      return { events: events.filter((one) => one.seq > since), cursor: view.cursor, state: view.summary.state };
    },
    run_log: ({ run, from, limit, search, level, step }) => {
      const { log } = world.run(run);
      const levels = ["debug", "info", "warn", "error"];
      const least = level === null ? 0 : levels.indexOf(level);
      const matching = log.filter(
        (line) => levels.indexOf(line.level) >= least && (step === null || line.step === step) && line.text.toLowerCase().includes(search.toLowerCase()),
      );
      const lines = matching.filter((line) => line.index >= from).slice(0, limit || 500);
      return { lines, total: log.length, matched: matching.length, next: (lines.at(-1)?.index ?? log.length - 1) + 1 };
    },
    run_plan: ({ run: id }) => {
      const run = world.run(id);
      return run.view.planDigest && run.plan ? run.plan : run.makePlan(changesOf(world, run));
    },
    run_execute: ({ run, until }) => go(run, until),
    run_bypass: ({ run: id, why }) => {
      const run = world.run(id);
      const waived = JUDGED[judgedBad(run.view.summary.state) ?? "appPreflights"];
      run.record({ type: "decided", decision: "bypass", step: null, who: "operator", why });
      if (waived) run.enter(waived.bypassed);
      return run.view;
    },
    run_retry: ({ run }) => {
      const phase = judgedBad(world.run(run).view.summary.state);
      if (phase) judgeAgain(world.run(run), phase);
      return go(run, phase);
    },
    run_skip: ({ run: id, why }) => {
      const run = world.run(id);
      const step = run.view.steps.find((one) => one.status === "failed");
      if (step) run.record({ type: "stepDone", step: step.id, attempt: step.attempt, outcome: { type: "skipped", reason: why }, outputs: {} });
      return go(id, null);
    },
    run_cancel: ({ run: id }) => {
      const run = world.run(id);
      run.cancelling = true;
      run.settle();
      return run.view;
    },
    run_resume: ({ run }) => go(run, null),
    run_discard: ({ run: id }) => {
      const run = world.run(id);
      run.record({ type: "decided", decision: "discard", step: null, who: "operator", why: "" });
      return run.view;
    },
    run_take_over: ({ run }) => go(run, null),
    run_rollback: ({ run: id }) => {
      const { summary } = world.run(id).view;
      const site = world.site(summary.site);
      const before = world.bundles.find((one) => one.summary.version === summary.fromVersion) ?? world.bundles[0];
      if (!before) throw refuse("notFound", "There is no revision to go back to.");
      const run = world.create(site, "rollback", before);
      return world.execute(run, null);
    },
  } satisfies Partial<Handlers>;
}

function judgeAgain(run: MemoryRun, phase: Phase): void {
  run.view = { ...run.view, steps: run.view.steps.map((one) => (one.phase === phase ? { ...one, status: "pending" } : one)) };
}

function phaseCommands(world: World) {
  const status = ({ run }: { run: string }) => statusOf(world.run(run));
  const execute = (until: Parameters<World["execute"]>[1]) => ({ run }: { run: string }) => {
    world.execute(world.run(run), until);
    return statusOf(world.run(run));
  };
  return {
    infra_setup: execute("infrastructure"),
    infra_status: status,
    airgap_process: execute("airgap"),
    airgap_status: status,
    hosts_configure: execute("hostConfiguration"),
    hosts_configure_status: status,
    host_preflights_run: ({ run: id, checks }) => {
      const run = world.run(id);
      judgeAgain(run, "hostPreflights");
      // A disk that was busy at first is so no longer.
      run.mended = [...run.mended, ...checks.filter((title) => title === "Filesystem write latency")];
      return execute("hostPreflights")({ run: id });
    },
    host_preflights_status: ({ run }) => world.run(run).view.hostChecks ?? { results: [], at: 0 },
    app_preflights_run: ({ run: id }) => {
      judgeAgain(world.run(id), "appPreflights");
      return execute("appPreflights")({ run: id });
    },
    app_preflights_status: ({ run }) => world.run(run).view.checks ?? { results: [], at: 0 },
    app_status: status,
  } satisfies Partial<Handlers>;
}

function restCommands(world: World) {
  return {
    health: () => ({ status: "ok", version: "0.1.0", data: "~/.local/share/longshore" }),
    settings_get: () => world.settings,
    settings_set: (settings) => {
      const refused = settings.licenses.trustedKeys.flatMap(({ id, pem }, at) => {
        if (id.trim() === "") return [{ field: `licenses.trustedKeys.${at}.id`, message: "must not be empty: licenses name the key by it" }];
        return pem.startsWith("-----BEGIN PUBLIC KEY-----") ? [] : [{ field: `licenses.trustedKeys.${at}.pem`, message: "the key is no PEM of a public key" }];
      });
      if (refused.length > 0) throw refuse("badInput", "The settings were refused", "Nothing was stored.", refused);
      return (world.settings = settings);
    },
    audit_list: () => ({ entries: [...world.audit] }),
  } satisfies Partial<Handlers>;
}
