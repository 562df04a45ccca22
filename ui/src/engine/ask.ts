import { useMutation, useQuery, useQueryClient, type QueryClient, type UseMutationResult } from "@tanstack/react-query";

import type { HostTests } from "../bindings/HostTests";
import type { RunView } from "../bindings/RunView";
import type { SiteDetail } from "../bindings/SiteDetail";
import { CallError, type CommandName, type RequestOf, type ResponseOf } from "../platform/types";
import { usePlatform } from "./platform";

export type Key<C extends CommandName> = [C, RequestOf<C>];

export interface AskOptions {
  enabled?: boolean;
  /** Shows the answer before while the next one is on its way. */
  keep?: boolean;
  staleTime?: number;
  /** Milliseconds an answer nobody looks at is kept; none for what was asked with values just typed. */
  gcTime?: number;
  /** Milliseconds after which it is asked again while somebody looks; for what tells nobody that it changes. */
  every?: number;
}

/** Asks the engine and keeps the answer until an event says that it changed. */
export function useAsk<C extends CommandName>(name: C, request: RequestOf<C>, options: AskOptions = {}) {
  const platform = usePlatform();
  return useQuery<ResponseOf<C>, Error, ResponseOf<C>, Key<C>>({
    queryKey: [name, request],
    queryFn: () => platform.call(name, request),
    enabled: options.enabled ?? true,
    placeholderData: options.keep ? (before) => before : undefined,
    staleTime: options.staleTime ?? Infinity,
    refetchInterval: options.every ?? false,
    ...(options.gcTime === undefined ? {} : { gcTime: options.gcTime }),
  });
}

/** What must be read again after a command; events say the same, later and to every client. */
const TOUCHES: Partial<Record<CommandName, CommandName[]>> = {
  site_add: ["site_list"],
  site_update: ["site_list", "host_list", "site_nodes"],
  host_test: ["site_list"],
  site_remove: ["site_list", "run_list"],
  site_test: ["site_list"],
  bundle_import: ["bundle_list"],
  bundle_import_cancel: ["bundle_list"],
  bundle_import_resume: ["bundle_list"],
  bundle_import_discard: ["bundle_list", "library_get"],
  bundle_remove: ["bundle_list", "library_get"],
  bundle_push: ["library_get"],
  bundle_export: ["library_get"],
  library_verify: ["library_get"],
  library_move: ["library_get"],
  library_collect: ["library_get"],
  task_cancel: ["library_get"],
  vendor_key_pin: ["vendor_key_list", "bundle_list", "bundle_get"],
  vendor_key_remove: ["vendor_key_list", "bundle_list", "bundle_get"],
  run_create: ["run_list"],
  run_rollback: ["run_list"],
  site_reset: ["run_list", "site_nodes"],
  site_restore: ["run_list", "site_nodes"],
  config_set: ["run_get", "run_plan", "config_get", "config_diff"],
  config_import: ["run_get", "run_plan", "config_get", "config_diff"],
  base_put: ["base_list", "base_get", "base_compare"],
  base_take: ["base_list", "base_get", "base_compare"],
  base_remove: ["base_list"],
  base_assign: ["base_list", "base_get", "base_compare"],
  base_unassign: ["base_list", "base_get", "base_compare"],
  installation_set: ["run_get", "run_plan", "installation_get"],
  hosts_configure: ["run_get"],
  host_preflights_run: ["run_get"],
  app_preflights_run: ["run_get"],
  settings_set: ["settings_get", "bundle_get"],
  preflight_run: ["preflight_list"],
  preflight_cancel: ["preflight_list", "preflight_get"],
  preflight_remove: ["preflight_list"],
  support_collect: ["support_list"],
  support_open: ["support_list"],
  support_cancel: ["support_list", "support_get"],
  support_remove: ["support_list"],
};

/** Sends an intent. A run that comes back is the run as it now is. */
export function useDo<C extends CommandName>(name: C): UseMutationResult<ResponseOf<C>, Error, RequestOf<C>> {
  const platform = usePlatform();
  const client = useQueryClient();
  return useMutation<ResponseOf<C>, Error, RequestOf<C>>({
    mutationFn: (request) => platform.call(name, request),
    onSuccess: (answer, request) => {
      if (isHostTests(name, answer) && "site" in request) client.setQueryData(["host_list", { site: request.site }], answer);
      if (isRunView(answer)) keepRun(client, answer);
      if (isSiteDetail(answer)) client.setQueryData(["site_get", { site: answer.summary.id }], answer);
      for (const touched of TOUCHES[name] ?? []) void client.invalidateQueries({ queryKey: [touched] });
    },
    onError: (error) => {
      // The run was not where this window believed it to be.
      if (error instanceof CallError && error.wire.code === "illegalTransition") {
        void client.invalidateQueries({ queryKey: ["run_get"] });
      }
    },
  });
}

export function keepRun(client: QueryClient, view: RunView): void {
  client.setQueryData<RunView>(["run_get", { run: view.summary.id }], (before) =>
    before && before.cursor > view.cursor ? before : view,
  );
}

function isHostTests(name: CommandName, answer: unknown): answer is HostTests {
  return name === "host_test" && typeof answer === "object";
}

function isSiteDetail(answer: unknown): answer is SiteDetail {
  return typeof answer === "object" && answer !== null && "revisions" in answer && "summary" in answer;
}

function isRunView(answer: unknown): answer is RunView {
  return typeof answer === "object" && answer !== null && "allowed" in answer && "summary" in answer;
}
