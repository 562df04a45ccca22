import type { SiteBackup } from "../../bindings/SiteBackup";
import type { SiteDetail } from "../../bindings/SiteDetail";
import type { SiteId } from "../../bindings/SiteId";
import type { Handlers } from "./commands";
import { refuse } from "./refuse";
import { backupsOf, nodesView } from "./sample-cluster";
import type { World } from "./world";

/** Clusters of Linux sites: their nodes, taking them off their hosts, and bringing them back from a backup. */
export function clusterCommands(world: World) {
  const confirmed = (id: SiteId, confirm: string): SiteDetail => {
    const site = world.site(id);
    const { name } = site.summary;
    if (confirm !== name) throw refuse("badInput", "The name does not match.", "", [{ field: "confirm", message: "Type the site's name." }]);
    if (!site.linux) throw refuse("badInput", `${name} is a cluster, not a site of Linux hosts`);
    const open = world.runs.find((one) => one.view.summary.site === id && one.view.summary.executing);
    if (open) throw refuse("illegalTransition", `A run is under way on ${name}.`, "Wait for it, or cancel it first.");
    return site;
  };
  const bundleOf = ({ summary }: SiteDetail) => {
    const bundle = world.bundles.find((one) => one.summary.version === summary.installed?.version) ?? world.bundles[0];
    if (!bundle) throw refuse("notFound", "There is no such bundle in the library.");
    return bundle;
  };
  const backups = (id: SiteId): SiteBackup[] => backupsOf(world.site(id), world.clusters.get(id));
  return {
    site_nodes: ({ site }) => nodesView(world.site(site), world.clusters.get(site)),
    site_backups: ({ site }) => ({ backups: backups(site), silent: [] }),
    site_reset: ({ site: id, hosts, confirm }) => {
      const site = confirmed(id, confirm);
      return world.execute(world.create(site, "reset", bundleOf(site), Date.now(), { reset: hosts }), null);
    },
    site_restore: ({ site: id, backup: label, confirm }) => {
      const site = confirmed(id, confirm);
      const backup = backups(id).find((one) => one.label === label);
      if (!backup) throw refuse("notFound", `No controller of the site keeps a backup ${label}`);
      if (backup.refusal !== "") throw refuse("badInput", `${label} cannot be brought back: ${backup.refusal}`);
      return world.execute(world.create(site, "restore", bundleOf(site), Date.now(), { version: backup.version }), null);
    },
  } satisfies Partial<Handlers>;
}
