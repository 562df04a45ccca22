import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useCallback } from "react";

import type { PreflightRunRequest } from "../bindings/PreflightRunRequest";
import { useDo } from "../engine/ask";
import { go } from "../frame/place";

const KEY = "preflight_request";

/** Keeps what a preflight run was started with, passwords too: in memory only, and no longer than one is logged in. */
export function remember(client: QueryClient, preflight: string, request: PreflightRunRequest): void {
  client.setQueryDefaults([KEY], { gcTime: Infinity, staleTime: Infinity });
  client.setQueryData<PreflightRunRequest>([KEY, preflight], request);
}

export function recall(client: QueryClient, preflight: string): PreflightRunRequest | null {
  return client.getQueryData<PreflightRunRequest>([KEY, preflight]) ?? null;
}

/** What a preflight run was started with, as long as this window remembers. */
export function useRequest(preflight: string): PreflightRunRequest | null {
  return recall(useQueryClient(), preflight);
}

/** Starts a preflight run and shows it. */
export function useStart() {
  const client = useQueryClient();
  const run = useDo("preflight_run");
  const { mutate } = run;
  const start = useCallback(
    (request: PreflightRunRequest) =>
      mutate(request, {
        onSuccess: ({ summary }) => {
          remember(client, summary.id, request);
          go({ screen: "preflight", preflight: summary.id });
        },
      }),
    [client, mutate],
  );
  return { start, pending: run.isPending, error: run.error };
}
