import { QueryClient } from "@tanstack/react-query";

import { CallError } from "../platform/types";

/** Only what may go better the next time is asked again: an answer that says no stays no. */
function retry(failures: number, error: Error): boolean {
  return failures < 2 && error instanceof CallError && error.wire.code === "unreachable" && error.wire.fields.length === 0;
}

export function makeClient(): QueryClient {
  return new QueryClient({ defaultOptions: { queries: { retry, refetchOnWindowFocus: false, gcTime: 300_000 } } });
}
