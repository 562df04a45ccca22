import type { ConfigChange } from "../../bindings/ConfigChange";
import type { ConfigHistory } from "../../bindings/ConfigHistory";
import type { ConfigView } from "../../bindings/ConfigView";
import type { Handlers } from "./commands";
import { exported, imported } from "./config-file";
import { refuse } from "./refuse";
import type { MemoryRun } from "./run";
import { apply, formOf, itemsOf, renderingOf, type Values } from "./sample-form";
import type { World } from "./world";

export function configCommands(world: World) {
  const view = (run: MemoryRun, values: Values) => formOf(world.form, values, run.view.summary.workflow !== "install", run.base);
  const store = (run: MemoryRun, next: Values): ConfigView => {
    const form = view(run, next);
    if (form.errors.length > 0) {
      throw refuse("badInput", `${form.errors.length} values were refused; nothing was stored.`, "Correct the fields that are marked.", form.errors);
    }
    run.values = next;
    run.plan = null;
    run.view = { ...run.view, planDigest: null, steps: [], checks: null };
    run.enter("ApplicationConfiguring");
    run.enter("ApplicationConfigured");
    if (run.view.summary.workflow === "install" && run.settings.httpProxy !== "") run.enter("InstallationConfigured");
    return form;
  };
  return {
    config_get: ({ run }) => view(world.run(run), world.run(run).values),
    config_template: ({ run, values }) => view(world.run(run), apply(world.run(run).values, values, world.run(run).base)),
    config_set: ({ run, values }) => store(world.run(run), apply(world.run(run).values, values, world.run(run).base)),
    config_export: ({ run }) => exported(world.form, world.run(run).values),
    config_import: ({ run, content }) => store(world.run(run), apply(world.run(run).values, imported(world.form, content), world.run(run).base)),
    config_history: ({ site }) => historyOf(world, site),
    config_diff: ({ run }) => ({ changes: changesOf(world, world.run(run)) }),
    config_render: ({ run: id, values, objects }) => {
      const run = world.run(id);
      if (objects && run.view.summary.siteName === "hooli-edge") {
        throw refuse("unreachable", "hooli-edge did not render the objects: the API server did not answer within 10 s.", "Test the connection of the site, then render again.");
      }
      return renderingOf(world.form, run.values, apply(run.values, values, run.base), objects);
    },
  } satisfies Partial<Handlers>;
}

/** A past that has one of everything: a first install, a change, a rollback, and values that are no longer kept. */
function historyOf(world: World, id: string): ConfigHistory {
  const { summary, revisions } = world.site(id);
  const slug = summary.installed?.slug ?? "";
  const title = summary.installed?.title ?? "";
  const [live] = revisions;
  if (!live) return { site: id, slug, title, entries: [] };
  const change = (name: string, old: string, now: string): ConfigChange => {
    const item = itemsOf(world.form).find((one) => one.name === name);
    const secret = item?.kind === "password";
    return { name, title: item?.title ?? name, change: old ? "change" : "add", old: secret ? "" : old, new: secret ? "" : now, secret };
  };
  const at = (days: number) => live.at - days * 86_400_000;
  const common = { who: live.who, run: live.run, comparable: true };
  return {
    site: id,
    slug,
    title,
    entries: [
      { ...common, at: live.at, workflow: "upgrade", fromRevision: 2, revision: 4, fromVersion: "0.9.0", version: live.version, changes: [change("title", "Tidewater", "Tidewater at the quay"), change("db_password", "x", "y"), change("tier", "", "premium")] },
      { ...common, at: at(1), who: "night@desk", run: "run-elsewhere-3", workflow: "rollback", fromRevision: 3, revision: 2, fromVersion: "1.0.0", version: "0.9.0", changes: [change("replicas", "5", "2")] },
      { ...common, at: at(2), who: "night@desk", run: "run-elsewhere-2", workflow: "upgrade", fromRevision: 2, revision: 3, fromVersion: "0.9.0", version: "1.0.0", changes: [] },
      { ...common, at: at(60), run: "run-elsewhere-1", workflow: "upgrade", fromRevision: 1, revision: 2, fromVersion: "0.8.0", version: "0.9.0", changes: [], comparable: false },
    ],
  };
}

/** What a run's values change of the installed ones. */
export function changesOf(world: World, run: MemoryRun): ConfigChange[] {
  const installed = run.view.summary.workflow === "install" ? {} : world.form.installed;
  const titles = new Map(itemsOf(world.form).map((item) => [item.name, item]));
  const names = new Set([...Object.keys(run.values), ...Object.keys(installed)]);
  return [...names].flatMap((name): ConfigChange[] => {
    const [old, now] = [installed[name]?.value ?? "", run.values[name]?.value ?? ""];
    if (old === now) return [];
    const base = titles.get(name);
    const secret = base?.kind === "password";
    const change = !old ? "add" : !now ? "remove" : "change";
    return [{ name, title: base?.title ?? name, change, old: secret ? "" : old, new: secret ? "" : now, secret }];
  });
}
