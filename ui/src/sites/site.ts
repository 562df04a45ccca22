import { useEffect, useRef } from "react";

import type { SiteSummary } from "../bindings/SiteSummary";
import { useAsk } from "../engine/ask";

const HEALTH_MS = 30_000;

/**
 * A site, read again when it is opened, when what is known of it in the list has become something else, and from time to
 * time for its health, of which no event tells.
 */
export function useSite(site: string) {
  const detail = useAsk("site_get", { site }, { staleTime: 10_000, every: HEALTH_MS });
  const listed = useAsk("site_list", { search: "", tag: null }).data?.sites.find((one) => one.id === site);
  const sign = listed ? signOf(listed) : null;
  const before = useRef(sign);
  const { refetch } = detail;
  useEffect(() => {
    if (before.current !== null && sign !== before.current) void refetch();
    before.current = sign;
  }, [sign, refetch]);
  return detail;
}

/** What of a site, when it changes, makes the rest worth reading. Not its latency: that is another one every time. */
function signOf(site: SiteSummary): string {
  const { installed, lastRun, reachability, lease } = site;
  return JSON.stringify([installed?.revision, lastRun?.id, lastRun?.state, reachability.type, lease?.who]);
}
