import type { BaseComparison } from "../bindings/BaseComparison";
import type { BaseDifference } from "../bindings/BaseDifference";
import type { BaseItem } from "../bindings/BaseItem";
import type { BasePutRequest } from "../bindings/BasePutRequest";
import type { BaseSiteState } from "../bindings/BaseSiteState";
import type { BaseValue } from "../bindings/BaseValue";
import type { SiteValue } from "../bindings/SiteValue";
import { count } from "../components/format";

/** A request that changes nothing; what it shall change is put over it. */
export const NO_CHANGE: BasePutRequest = { base: null, name: null, slug: null, bundle: null, replace: false, content: null, values: {} };

/** A value as it is shown: the word of a choice, and of a secret only that there is one. */
export function valueWord(value: BaseValue, item: BaseItem | undefined): string {
  if (value.kind === "file") return value.filename || "A file";
  if (value.secret) return "Set, not shown";
  return plainWord(value.value, item);
}

export function plainWord(value: string, item: BaseItem | undefined): string {
  if (item?.kind === "bool") return value === "1" ? "On" : "Off";
  return item?.options.find((option) => option.name === value)?.title || value || "Empty";
}

/** What a site has where it is not the base's. */
export function differenceWord(difference: BaseDifference, site: SiteValue, item: BaseItem | undefined): string {
  if (site.value === null) return "Not set";
  return difference.secret ? "Another one" : plainWord(site.value, item);
}

export function baseWord(difference: BaseDifference, item: BaseItem | undefined): string {
  if (difference.base === null) return "Not set";
  return difference.secret ? "Set, not shown" : plainWord(difference.base, item);
}

/** How a site stands to its base, in a few words. */
export function stateWord(site: BaseSiteState): string {
  if (site.readAt === null) return site.problem ? "Not known" : "Nothing installed";
  if (site.differing === 0) return "As the base";
  const own = site.differing - site.behind;
  const parts = [own > 0 ? count(own, "value of its own", "values of its own") : "", site.behind > 0 ? `${site.behind} behind` : ""];
  return parts.filter(Boolean).join(", ");
}

/** The sites of which something is to be seen in a matrix: those that differ at all. */
export function columnsOf({ sites }: BaseComparison): BaseSiteState[] {
  return sites.filter((site) => site.differing > 0);
}
