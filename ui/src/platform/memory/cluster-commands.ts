import type { Handlers } from "./commands";
import { refuse } from "./refuse";
import { nodesView } from "./sample-cluster";
import type { World } from "./world";

/** Clusters of Linux sites: their nodes, and taking them off their hosts. */
export function clusterCommands(world: World) {
  return {
    site_nodes: ({ site }) => nodesView(world.site(site), world.clusters.get(site)),
    site_reset: ({ site: id, hosts, confirm }) => {
      const site = world.site(id);
      const { name, installed } = site.summary;
      if (confirm !== name) throw refuse("badInput", "The name does not match.", "", [{ field: "confirm", message: "Type the site's name." }]);
      if (!site.linux) throw refuse("badInput", `${name} is a cluster, not a site of Linux hosts`);
      const open = world.runs.find((one) => one.view.summary.site === id && one.view.summary.executing);
      if (open) throw refuse("illegalTransition", `A run is under way on ${name}.`, "Wait for it, or cancel it first.");
      const bundle = world.bundles.find((one) => one.summary.version === installed?.version) ?? world.bundles[0];
      if (!bundle) throw refuse("notFound", "There is no such bundle in the library.");
      return world.execute(world.create(site, "reset", bundle, Date.now(), hosts), null);
    },
  } satisfies Partial<Handlers>;
}
