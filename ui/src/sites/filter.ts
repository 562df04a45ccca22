import type { SiteSummary } from "../bindings/SiteSummary";

/** Sites that hold every word in name, address, tags, app or version, and that have the tag when one is asked for. */
export function filterSites(sites: SiteSummary[], search: string, tag: string | null): SiteSummary[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return sites.filter((site) => {
    if (tag !== null && !site.tags.includes(tag)) return false;
    const text = textOf(site);
    return words.every((word) => text.includes(word));
  });
}

function textOf(site: SiteSummary): string {
  const { installed } = site;
  const app = installed ? `${installed.title} ${installed.slug} ${installed.version}` : "";
  return `${site.name} ${site.address} ${site.tags.join(" ")} ${app}`.toLowerCase();
}

/** Tags in use, the most used first. */
export function tagsOf(sites: SiteSummary[]): string[] {
  const uses = new Map<string, number>();
  for (const tag of sites.flatMap((site) => site.tags)) uses.set(tag, (uses.get(tag) ?? 0) + 1);
  return [...uses].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([tag]) => tag);
}

/** Tags from a line of text, separated by commas or spaces. */
export function parseTags(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}
