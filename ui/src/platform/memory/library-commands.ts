import type { LibraryTask } from "../../bindings/LibraryTask";
import type { ReleaseDiff } from "../../bindings/ReleaseDiff";
import type { TaskKind } from "../../bindings/TaskKind";
import type { TaskOutcome } from "../../bindings/TaskOutcome";
import type { VendorKey } from "../../bindings/VendorKey";
import type { Handlers } from "./commands";
import { refuse } from "./refuse";
import { digest, PINNED } from "./sample-bundles";
import type { World } from "./world";

const SIZE = 642_800_000;
const UNNEEDED = 41_200_000;

/** The library as a whole, and long work with it: made-up work that takes its time. */
export function libraryCommands(world: World) {
  const tasks: LibraryTask[] = [];
  let keys: VendorKey[] = [{ slug: "tidewater", fingerprint: PINNED, key: "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3", pinnedAt: Date.now() - 40 * 86_400_000, pinnedBy: "" }];
  let folder = "/home/operator/.local/share/longshore/library";
  let unneeded = UNNEEDED;
  const begin = (kind: TaskKind, bundle: string | null, target: string, total: number, outcome: TaskOutcome): LibraryTask => {
    const task: LibraryTask = { id: `task-${tasks.length + 1}`, kind, bundle, target, state: "running", beganAt: Date.now(), done: 0, total, outcome: null, error: null };
    tasks.unshift(task);
    const timer = setInterval(() => {
      if (task.state === "running") task.done = Math.min(total, task.done + total / 30);
      if (task.state === "running" && task.done === total) {
        task.state = "done";
        task.outcome = outcome;
        if (outcome.type === "moved") folder = outcome.folder;
      }
      if (task.state !== "running") clearInterval(timer);
      world.tell({ type: "taskChanged", task: { ...task } });
    }, 200 / world.options.speed);
    return { ...task };
  };
  const found = (id: string) => {
    const task = tasks.find((one) => one.id === id);
    if (!task) throw refuse("notFound", "There is no such task.");
    return task;
  };
  const size = (bundle: string) => world.bundle(bundle).images.reduce((sum, image) => sum + image.size, 0);
  return {
    library_get: () => ({ folder, bundles: world.bundles.length, blobs: 214, size: SIZE, unneeded, free: 81_300_000_000, tasks: tasks.map((task) => ({ ...task })) }),
    library_collect: ({ dryRun }) => {
      const bytes = unneeded;
      if (!dryRun) unneeded = 0;
      return { blobs: bytes > 0 ? [{ digest: `sha256:${digest("left")}`, size: bytes }] : [], bytes, removed: !dryRun };
    },
    library_verify: ({ bundle }) => begin("verify", bundle, "", SIZE, { type: "verified", blobs: 214, bytes: SIZE, findings: [], removed: 0 }),
    library_move: ({ folder: to }) => {
      if (!to.startsWith("/")) throw refuse("badInput", `${to} is no whole path.`, "", [{ field: "folder", message: "must be a whole path" }]);
      return begin("move", null, to, SIZE, { type: "moved", folder: to });
    },
    bundle_push: ({ bundle, site, registry }) => {
      const to = site === null ? null : world.site(site);
      const target = registry?.address ?? to?.kubernetes.registry?.address ?? (to?.linux ? `${to.linux.hosts.length} hosts` : "registry.acme.example:5000");
      const { images } = world.bundle(bundle);
      return begin("push", bundle, target, size(bundle), { type: "pushed", images: images.length, sent: 126_000_000, size: size(bundle) });
    },
    bundle_export: ({ bundle, file, base }) => {
      if (!file.startsWith("/")) throw refuse("badInput", `${file} is no whole path.`, "", [{ field: "file", message: "must be a whole path" }]);
      const written = base === null ? 321_400_000 : 96_400_000;
      return begin("export", bundle, file, written, { type: "written", file, size: written, sha256: digest(file) });
    },
    bundle_sign: ({ file }) => ({ signature: `${file}.minisig`, key: `${file}.pub`, fingerprint: PINNED }),
    signing_key_make: ({ file }) => ({ secret: file, key: `${file}.pub`, fingerprint: PINNED }),
    bundle_create: ({ file }) => begin("create", null, file, 321_400_000, { type: "written", file, size: 321_400_000, sha256: digest(file) }),
    bundle_diff: ({ bundle, from, site }) => {
      const installed = site === null ? null : world.site(site).summary.installed;
      const older = from === null ? world.bundles.find((one) => one.summary.version === installed?.version) : world.bundle(from);
      if (!older) throw refuse("notFound", "The library holds no bundle of what the site runs.", "Import that bundle, or name the older one.");
      return difference(world, older.summary.id, bundle);
    },
    task_get: ({ task }) => ({ ...found(task) }),
    task_cancel: ({ task: id }) => {
      const task = found(id);
      if (task.state === "running") task.state = "cancelled";
      return { ...task };
    },
    vendor_key_list: () => ({ keys }),
    vendor_key_pin: ({ slug, key, bundle, fingerprint }) => {
      const { signature } = world.bundle(bundle ?? world.bundles[0]?.summary.id ?? "").summary;
      const own = signature.type === "signed" || signature.type === "otherKey" ? signature.fingerprint : `sha256:${digest(key ?? "")}`;
      if (fingerprint !== own) throw refuse("badInput", "The key cannot be pinned.", "", [{ field: "fingerprint", message: `is not that of the key, which is ${own}` }]);
      keys = [...keys.filter((one) => one.slug !== slug), { slug, fingerprint, key: key ?? "", pinnedAt: Date.now(), pinnedBy: "operator" }];
      return { keys };
    },
    vendor_key_remove: ({ slug }) => {
      keys = keys.filter((one) => one.slug !== slug);
      return { keys };
    },
  } satisfies Partial<Handlers>;
}

const VALUES = "replicas: 2\nresources:\n  requests:\n    cpu: 50m\n    memory: 64Mi\ncache:\n  size: 256Mi\n";
const DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: tidewater-web\nspec:\n  replicas: 2\n  selector:\n    matchLabels:\n      app: tidewater-web\n";
const ROLE = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: tidewater-web\nrules:\n  - apiGroups: [\"\"]\n    resources: [configmaps]\n    verbs: [get]\n";

function difference(world: World, from: string, to: string): ReleaseDiff {
  const [older, newer] = [world.bundle(from), world.bundle(to)];
  const side = ({ summary, releaseNotes }: typeof older) => ({ bundle: summary.id, version: summary.version, channel: summary.channel, releaseNotes });
  if (from === to) {
    const nothing = { images: [], charts: [], chartFiles: [], chartSpecs: [], manifests: [], preflights: [], rbac: [], infrastructure: null, rendered: [], renderedProblem: "" };
    return { from: side(older), to: side(newer), bytesToMove: 0, config: { added: [], removed: [], changed: [], newlyRequired: [], problem: "" }, ...nothing };
  }
  const [a, b] = [older.summary.version, newer.summary.version];
  return {
    from: side(older),
    to: side(newer),
    images: newer.images.map((image, at) => ({
      repository: image.reference.split(":")[0] ?? "",
      before: older.images[at]?.reference ?? null,
      after: image.reference,
      bytes: Math.round(image.size * 0.4),
    })),
    bytesToMove: 127_800_000,
    charts: [
      { name: "tidewater-cache", before: null, after: b },
      { name: "tidewater-data", before: a, after: b },
      { name: "tidewater-web", before: a, after: b },
    ],
    chartFiles: [{ name: "chart tidewater-web: values.yaml", before: VALUES, after: VALUES.replace("replicas: 2", "replicas: 3").replace("256Mi", "512Mi") }],
    chartSpecs: [{ name: "HelmChart tidewater-cache", before: null, after: "apiVersion: kots.io/v1beta2\nkind: HelmChart\nmetadata:\n  name: tidewater-cache\nspec:\n  weight: 20\n" }],
    manifests: [{ name: "ConfigMap tidewater-legacy", before: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: tidewater-legacy\n", after: null }],
    config: {
      added: [{ group: "cache", name: "cache_size", title: "Cache size", type: "text" }],
      removed: [{ group: "web", name: "legacy_mode", title: "Legacy mode", type: "bool" }],
      changed: [{ name: "hostname", title: "Host name", fields: [{ field: "required", before: null, after: "true" }] }],
      newlyRequired: ["hostname"],
      problem: "",
    },
    preflights: [],
    rendered: [{ name: "Deployment tidewater-web", before: DEPLOYMENT, after: DEPLOYMENT.replace("replicas: 2", "replicas: 3") }],
    renderedProblem: "",
    rbac: [{ name: "Role tidewater-web", before: ROLE, after: ROLE.replace("[get]", "[get, list, watch]") }],
    infrastructure: null,
  };
}
