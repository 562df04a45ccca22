import type { Handlers } from "./commands";
import { settled, testHosts } from "./host-commands";
import { linuxSite, reachOf } from "./sample-hosts";
import { sampleSites } from "./sample-sites";
import { refuse } from "./refuse";
import type { World } from "./world";

export function siteCommands(world: World) {
  const changed = (site: string) => world.tell({ type: "siteChanged", site });
  return {
    site_list: () => ({ sites: world.sites.map((one) => one.summary).sort((a, b) => a.name.localeCompare(b.name)) }),
    site_get: ({ site }) => ({ ...world.site(site) }),
    site_add: ({ name, tags, kubernetes, linux }) => {
      if (world.sites.some((one) => one.summary.name === name)) {
        throw refuse("badInput", `There is a site ${name} already.`, "Choose another name.", [{ field: "name", message: "Another site has this name." }]);
      }
      if (linux) {
        const made = linuxSite(`site-${name}`, name, tags, settled(linux, []));
        world.sites.push(made);
        changed(made.summary.id);
        return made;
      }
      if (!kubernetes) throw refuse("badInput", "A site is a cluster or Linux hosts, one of the two");
      const made = sampleSites(world.sites.length + 9).at(-1);
      if (!made) throw refuse("internal", "No site could be made.");
      made.summary = { ...made.summary, id: `site-${name}`, name, tags, installed: null, address: kubernetes.context, reachability: { type: "reachable", latencyMs: 9, version: "1.35.4", nodes: 3 } };
      const pasted = kubernetes.kubeconfig.type === "pasted";
      made.kubernetes = pasted ? { ...kubernetes, kubeconfig: { type: "pasted", content: "" } } : kubernetes;
      made.informers = [];
      world.sites.push(made);
      changed(made.summary.id);
      return made;
    },
    site_update: ({ site: id, name, tags, pinned, registry, signatureRequired, linux, acceptNewCluster }) => {
      const site = world.site(id);
      site.signatureRequired = signatureRequired ?? site.signatureRequired;
      site.summary = { ...site.summary, name: name ?? site.summary.name, tags: tags ?? site.summary.tags, pinned: pinned ?? site.summary.pinned };
      if (registry) site.kubernetes = { ...site.kubernetes, registry: { ...registry, password: null } };
      if (linux) {
        site.linux = settled(linux, site.linux?.stored ?? []);
        site.hosts = site.hosts.filter((test) => linux.hosts.some((host) => host.address === test.host));
        site.summary = { ...site.summary, address: linux.hosts[0]?.address ?? "", reachability: reachOf(site) };
      }
      if (acceptNewCluster) site.summary = { ...site.summary, reachability: { type: "reachable", latencyMs: 18, version: "1.35.4", nodes: 3 } };
      changed(id);
      return { ...site };
    },
    site_remove: ({ site: id, confirm }) => {
      const site = world.site(id);
      if (confirm !== site.summary.name) throw refuse("badInput", "The name does not match.", "", [{ field: "confirm", message: "Type the site's name." }]);
      world.sites.splice(world.sites.indexOf(site), 1);
      changed(id);
      return {};
    },
    site_test: async ({ site: id }) => {
      const site = world.site(id);
      if (site.linux) {
        const { hosts } = await testHosts(world, { site: id, hosts: [], acceptedKeys: [] });
        return { reachability: site.summary.reachability, missingRights: [], registry: "", hosts };
      }
      if (site.summary.reachability.type === "unknown") {
        site.summary = { ...site.summary, reachability: { type: "reachable", latencyMs: 22, version: "1.35.4", nodes: 1 }, seenAt: Date.now() };
      }
      changed(id);
      const missingRights = site.summary.name === "hooli-edge" ? ["create deployments.apps in tidewater", "create leases.coordination.k8s.io in tidewater"] : [];
      return { reachability: site.summary.reachability, missingRights, registry: "", hosts: [] };
    },
    context_list: ({ kubeconfig }) => {
      if (kubeconfig.type === "file" && !kubeconfig.path.endsWith("config")) {
        return { contexts: [], problems: [`${kubeconfig.path} could not be read: no such file.`] };
      }
      const source = kubeconfig.type === "file" ? kubeconfig.path : "~/.kube/config";
      const contexts = ["quay-admin", "breakwater-admin", "lighthouse"].map((name, at) => ({
        name,
        server: `https://10.4.${at}.2:6443`,
        user: `${name}-user`,
        namespace: "",
        source,
        current: at === 0,
      }));
      return { contexts, problems: [] };
    },
    context_probe: ({ context }) =>
      context === "lighthouse"
        ? { type: "offline", reason: "10.4.2.2:6443 refused the connection." }
        : { type: "reachable", latencyMs: 14, version: "1.35.4", nodes: 3 },
  } satisfies Partial<Handlers>;
}
