import type { SiteSummary } from "../bindings/SiteSummary";
import { useAsk } from "./ask";

const NONE: SiteSummary[] = [];

/** Every site, as last seen. */
export function useSites(): SiteSummary[] {
  return useAsk("site_list", { search: "", tag: null }).data?.sites ?? NONE;
}

/** Whether a site is one of Linux hosts. */
export function useIsLinux(site: string | null): boolean {
  return useSites().some((one) => one.id === site && one.target === "linux");
}

/** Addresses of a site's hosts, nothing for what has none of its own. */
export function useHostsOf(site: string | null): string[] | null {
  const linux = useIsLinux(site);
  const detail = useAsk("site_get", { site: site ?? "" }, { enabled: linux, staleTime: 10_000 });
  return linux ? (detail.data?.linux?.hosts.map((host) => host.address) ?? []) : null;
}
