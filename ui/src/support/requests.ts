import { useCallback } from "react";

import type { SupportCollectRequest } from "../bindings/SupportCollectRequest";
import { useDo } from "../engine/ask";
import { go } from "../frame/place";
import { EMPTY_SSH, sshOf } from "../preflights/draft";

/** Everything we have of a site, and nothing that somebody has to give first. */
export function plainly(site: string): SupportCollectRequest {
  return { site, specs: [], bundle: null, ssh: sshOf(EMPTY_SSH) };
}

/** Starts to collect a support bundle and shows it. `before` is done once it has begun, before one goes there. */
export function useCollect(before: () => void = () => undefined) {
  const collect = useDo("support_collect");
  const { mutate } = collect;
  const start = useCallback(
    (request: SupportCollectRequest) =>
      mutate(request, {
        onSuccess: ({ summary }) => {
          before();
          go({ screen: "support", support: summary.id });
        },
      }),
    [mutate, before],
  );
  return { start, pending: collect.isPending, error: collect.error };
}
