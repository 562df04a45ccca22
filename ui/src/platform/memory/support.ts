import type { SupportHit } from "../../bindings/SupportHit";
import type { SupportView } from "../../bindings/SupportView";
import type { Handlers } from "./commands";
import { refuse } from "./refuse";
import { begunAt, endOf, openedAt, partsOf, pastSupports, problemOf, type MemorySupport } from "./sample-support";
import type { World } from "./world";

const TICK = 500;
/** Bytes of a file that are read at once. */
const PIECE = 32_000;
const AT_MOST = 500;

/** Support bundles of made-up sites: what comes of one follows from its site's name. */
export function supportCommands(world: World) {
  const supports = world.options.sites === 0 ? [] : pastSupports(world.sites, Date.now());
  const find = (id: string): MemorySupport => {
    const support = supports.find((one) => one.view.summary.id === id);
    if (!support) throw refuse("notFound", `There is no support bundle ${id}.`, "Go back to the list of support bundles.");
    return support;
  };
  const keep = (support: MemorySupport): SupportView => {
    const at = supports.findIndex((one) => one.view.summary.id === support.view.summary.id);
    if (at < 0) supports.unshift(support);
    else supports[at] = support;
    world.tell({ type: "supportChanged", support: support.view.summary });
    return support.view;
  };
  const textOf = (id: string, path: string): string => {
    const text = filesOf(find(id)).get(path);
    if (text === undefined) throw refuse("notFound", `The support bundle has no file ${path}.`, "Choose one of its list.");
    return text;
  };
  return {
    support_collect: ({ site: id, specs }) => {
      const site = world.site(id);
      const broken = specs.find((spec) => !/^kind:/m.test(spec.content));
      if (broken) throw refuse("badInput", `${broken.name}: the document has no kind.`, "Correct the spec, or take it away.");
      const begun = begunAt(`sb-own-${supports.length}`, Date.now(), site.summary.name, { site: id });
      begun.view.parts = partsOf(site);
      collect(world, begun.view.summary.id, find, keep);
      return keep(begun);
    },
    support_open: ({ path }) => {
      const file = path.split(/[\\/]/).at(-1) ?? path;
      if (!/\.(tar\.gz|tgz)$/.test(file)) throw refuse("badInput", `${file} is no support bundle.`, "Choose a file whose name ends in .tar.gz or .tgz.", [{ field: "path", message: "Not a .tar.gz file." }]);
      return keep(openedAt(`sb-opened-${supports.length}`, Date.now(), file));
    },
    support_list: () => ({ bundles: supports.map((one) => one.view.summary) }),
    support_get: ({ support }) => find(support).view,
    support_cancel: ({ support }) => {
      const { view, contents } = find(support);
      if (view.summary.progress !== "running") return view;
      return keep({ contents, view: { ...view, summary: { ...view.summary, progress: "cancelled" } } });
    },
    support_save: ({ support, file }) => {
      if (!file.startsWith("/")) throw refuse("badInput", "The support bundle was not saved.", "", [{ field: "file", message: "must be a whole path" }]);
      return find(support).view;
    },
    support_remove: ({ support }) => {
      const { view } = find(support);
      if (view.summary.progress === "running") throw refuse("badInput", "This support bundle is being collected.", "Cancel it before removing it.");
      supports.splice(supports.indexOf(find(support)), 1);
      world.tell({ type: "supportChanged", support: view.summary });
      return {};
    },
    support_files: ({ support }) => ({ files: [...filesOf(find(support))].map(([path, text]) => ({ path, size: text.length })).sort((a, b) => (a.path < b.path ? -1 : 1)) }),
    support_read: ({ support, path, offset }) => {
      const text = textOf(support, path);
      const end = offset + PIECE;
      return { text: text.slice(offset, end), size: text.length, next: end < text.length ? end : null };
    },
    support_search: ({ support, text, exactCase }) => {
      const hits = found(find(support), text, exactCase);
      return { hits: hits.slice(0, AT_MOST), more: hits.length > AT_MOST };
    },
  } satisfies Partial<Handlers>;
}

function filesOf({ contents }: MemorySupport): ReadonlyMap<string, string> {
  if (!contents) throw refuse("notFound", "This support bundle has no file.", "Collect it again.");
  return contents;
}

function found(support: MemorySupport, text: string, exactCase: boolean): SupportHit[] {
  const alike = (one: string) => (exactCase ? one : one.toLowerCase());
  const wanted = alike(text);
  const files = [...filesOf(support)].sort(([a], [b]) => (a < b ? -1 : 1));
  return files.flatMap(([path, content]) =>
    content.split("\n").flatMap((line, at, lines): SupportHit[] => {
      const place = alike(line).indexOf(wanted);
      if (place < 0) return [];
      const from = Math.max(0, place - 60);
      const before = [...lines.slice(0, at), line.slice(0, place)].join("\n");
      const offset = new TextEncoder().encode(before).length;
      return [{ path, line: at + 1, offset, text: line.slice(from, from + 200) }];
    }),
  );
}

/** One part with every tick; what cannot be had is left out with its reason. */
function collect(world: World, id: string, find: (id: string) => MemorySupport, keep: (support: MemorySupport) => SupportView): void {
  const timer = setInterval(() => {
    const support = find(id);
    const { view } = support;
    if (view.summary.progress !== "running") return clearInterval(timer);
    const site = world.site(view.summary.site ?? "");
    const next = view.parts.findIndex((part) => !part.done);
    if (next < 0) return void keep(endOf(support, site));
    const parts = view.parts.map((part, at) => (at === next ? { ...part, done: true, problem: problemOf(part.name, site) } : part));
    keep({ ...support, view: { ...view, parts } });
  }, TICK / world.options.speed);
}
