import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import type { AppEvent } from "../bindings/AppEvent";
import type { BundleList } from "../bindings/BundleList";
import type { HostTest } from "../bindings/HostTest";
import type { HostTests } from "../bindings/HostTests";
import type { ImportStatus } from "../bindings/ImportStatus";
import type { LibraryTask } from "../bindings/LibraryTask";
import type { LibraryView } from "../bindings/LibraryView";
import type { PreflightList } from "../bindings/PreflightList";
import type { PreflightSummary } from "../bindings/PreflightSummary";
import type { RunList } from "../bindings/RunList";
import type { RunSummary } from "../bindings/RunSummary";
import type { SiteList } from "../bindings/SiteList";
import type { SupportList } from "../bindings/SupportList";
import type { SupportSummary } from "../bindings/SupportSummary";
import type { Link } from "../platform/types";
import { clocksApart } from "./hosts";
import { usePlatform } from "./platform";
import { Store } from "../store";

/** Whether the engine is heard at the moment. */
export const link = new Store<Link>("up");

/** Keeps every list true to the engine's events for as long as the frame is shown. */
export function useLive(): void {
  const platform = usePlatform();
  const client = useQueryClient();
  useEffect(() => {
    let first = true;
    return platform.appEvents(
      (event) => hear(client, event),
      (state) => {
        link.set(state);
        // Whatever happened in between was not heard.
        if (state === "up" && !first) void client.invalidateQueries();
        first = false;
      },
    );
  }, [platform, client]);
}

export function hear(client: QueryClient, event: AppEvent): void {
  const again = (...queryKey: unknown[]) => void client.invalidateQueries({ queryKey });
  switch (event.type) {
    case "siteChanged":
      // Told only when something is another than at the last look, so two windows that look do not keep each other at it.
      again("site_list");
      again("site_get", { site: event.site });
      again("host_list", { site: event.site });
      again("site_nodes", { site: event.site });
      break;
    case "hostTested":
      keepHost(client, event.site, event.host);
      break;
    case "runChanged":
      // A run that begins or ends to be executed takes or leaves the site's lease.
      if (keepSummary(client, event.run)) again("site_list");
      again("run_get", { run: event.run.id });
      break;
    case "runOrphaned":
      again("run_list");
      again("run_get", { run: event.run });
      break;
    case "bundlesChanged":
      again("bundle_list");
      again("library_get");
      again("vendor_key_list");
      if (event.bundle) again("bundle_get", { bundle: event.bundle });
      else again("bundle_get");
      break;
    case "taskChanged":
      keepTask(client, event.task);
      // What it did to the library is read when it has ended.
      if (event.task.state !== "running") again("library_get");
      break;
    case "baseChanged":
      again("base_list");
      again("base_get");
      again("base_compare");
      break;
    case "preflightChanged":
      keepPreflight(client, event.preflight);
      soon(client, ["preflight_get", { preflight: event.preflight.id }]);
      break;
    case "supportChanged":
      keepSupport(client, event.support);
      soon(client, ["support_get", { support: event.support.id }]);
      break;
    case "importChanged":
      keepImport(client, event.import);
      if (event.import.state !== "running") again("bundle_list");
      break;
  }
}

/** Writes a run's news into every list that shows it; true when something follows from it that the news does not say. */
function keepSummary(client: QueryClient, run: RunSummary): boolean {
  let more = false;
  for (const [key, list] of client.getQueriesData<RunList>({ queryKey: ["run_list"] })) {
    if (!list) continue;
    const known = list.runs.find((one) => one.id === run.id);
    more ||= known?.executing !== run.executing;
    if (known) client.setQueryData<RunList>(key, { runs: list.runs.map((one) => (one === known ? run : one)) });
    else void client.invalidateQueries({ queryKey: key });
  }
  client.setQueriesData<SiteList>({ queryKey: ["site_list"] }, (list) =>
    list && {
      sites: list.sites.map((site) =>
        site.id === run.site && (site.lastRun?.id ?? "") <= run.id ? { ...site, lastRun: run } : site,
      ),
    },
  );
  return more;
}

/** News of hosts that are not in their site's list yet, by site and address. */
const tested = new Map<string, Map<string, HostTest>>();

/** Milliseconds for which news of hosts are gathered: sixty of them take ten steps each within a second or two. */
const GATHER = 150;

/** Writes a host's news into the list of its site. What the engine itself lists stays the last test until this one is over. */
function keepHost(client: QueryClient, site: string, host: HostTest): void {
  const waiting = tested.get(site);
  if (waiting) return void waiting.set(host.host, host);
  tested.set(site, new Map([[host.host, host]]));
  setTimeout(() => {
    const news = tested.get(site) ?? new Map<string, HostTest>();
    tested.delete(site);
    client.setQueryData<HostTests>(["host_list", { site }], (list) => {
      if (!list) return list;
      const further = [...news.values()].filter((one) => !list.hosts.some((known) => known.host === one.host));
      const hosts = [...list.hosts.map((known) => news.get(known.host) ?? known), ...further];
      return { hosts, clocksApart: clocksApart(hosts) };
    });
  }, GATHER);
}

/** Writes a preflight run's news into the list; one that it does not know has it read again. */
function keepPreflight(client: QueryClient, preflight: PreflightSummary): void {
  const known = client.getQueryData<PreflightList>(LISTED)?.preflights.some((one) => one.id === preflight.id);
  if (!known) return void client.invalidateQueries({ queryKey: LISTED });
  client.setQueryData<PreflightList>(LISTED, (list) =>
    list && { preflights: list.preflights.map((one) => (one.id === preflight.id ? preflight : one)) },
  );
}

const LISTED = ["preflight_list", {}];

/** Writes the news of a support bundle that is being collected into the list. What is no longer may have gone, which only the list says. */
function keepSupport(client: QueryClient, support: SupportSummary): void {
  const key = ["support_list", {}];
  const known = client.getQueryData<SupportList>(key)?.bundles.some((one) => one.id === support.id);
  if (!known || support.progress !== "running") return void client.invalidateQueries({ queryKey: key });
  client.setQueryData<SupportList>(key, (list) => list && { bundles: list.bundles.map((one) => (one.id === support.id ? support : one)) });
}

/** Milliseconds between two looks at what moves many times a second, as a preflight run of fifty hosts does. */
const PACE = 250;

const due = new Set<string>();

/** Reads something again in a moment, once for all events until then, and never in the middle of an answer. */
function soon(client: QueryClient, queryKey: unknown[]): void {
  const key = JSON.stringify(queryKey);
  if (due.has(key)) return;
  due.add(key);
  setTimeout(() => {
    due.delete(key);
    if (client.isFetching({ queryKey }) > 0) soon(client, queryKey);
    else void client.invalidateQueries({ queryKey });
  }, PACE);
}

function keepTask(client: QueryClient, task: LibraryTask): void {
  client.setQueriesData<LibraryView>({ queryKey: ["library_get"] }, (library) => {
    if (!library) return library;
    const known = library.tasks.some((one) => one.id === task.id);
    const tasks = known ? library.tasks.map((one) => (one.id === task.id ? task : one)) : [task, ...library.tasks];
    return { ...library, tasks };
  });
}

function keepImport(client: QueryClient, status: ImportStatus): void {
  client.setQueriesData<BundleList>({ queryKey: ["bundle_list"] }, (list) => {
    if (!list) return list;
    const known = list.imports.some((one) => one.id === status.id);
    const imports = known
      ? list.imports.map((one) => (one.id === status.id ? status : one))
      : [status, ...list.imports];
    return { ...list, imports };
  });
}
