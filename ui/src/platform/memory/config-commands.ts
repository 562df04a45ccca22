import type { ConfigChange } from "../../bindings/ConfigChange";
import type { ConfigView } from "../../bindings/ConfigView";
import type { Handlers } from "./commands";
import { exported, imported } from "./config-file";
import { refuse } from "./refuse";
import type { MemoryRun } from "./run";
import { apply, formOf, itemsOf, renderingOf, type Values } from "./sample-form";
import type { World } from "./world";

export function configCommands(world: World) {
  const view = (run: MemoryRun, values: Values) => formOf(world.form, values, run.view.summary.workflow !== "install");
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
    config_template: ({ run, values }) => view(world.run(run), apply(world.run(run).values, values)),
    config_set: ({ run, values }) => store(world.run(run), apply(world.run(run).values, values)),
    config_export: ({ run }) => exported(world.form, world.run(run).values),
    config_import: ({ run, content }) => store(world.run(run), apply(world.run(run).values, imported(world.form, content))),
    config_diff: ({ run }) => ({ changes: changesOf(world, world.run(run)) }),
    config_render: ({ run: id, values, objects }) => {
      const run = world.run(id);
      if (objects && run.view.summary.siteName === "hooli-edge") {
        throw refuse("unreachable", "hooli-edge did not render the objects: the API server did not answer within 10 s.", "Test the connection of the site, then render again.");
      }
      return renderingOf(world.form, run.values, apply(run.values, values), objects);
    },
  } satisfies Partial<Handlers>;
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
