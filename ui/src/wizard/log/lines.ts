import { useInfiniteQuery, useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";

import type { LogLevel } from "../../bindings/LogLevel";
import type { LogLine } from "../../bindings/LogLine";
import type { LogPage } from "../../bindings/LogPage";
import { tailOf } from "../../engine/log-tail";
import { usePlatform } from "../../engine/platform";
import { useStore } from "../../store";

const CHUNK = 500;

export interface LogFilter {
  search: string;
  level: LogLevel | null;
  step: string | null;
}

export interface LogRows {
  count: number;
  /** Lines of the log in all. */
  total: number;
  lineAt: (row: number) => LogLine | undefined;
  /** Says which rows are seen, so that they are read. */
  error: Error | null;
}

export function isFiltered(filter: LogFilter): boolean {
  return filter.search !== "" || filter.level !== null || filter.step !== null;
}

/** Every line, wherever one looks: only chunks that are seen are read, and what was heard live is not read at all. */
export function useAllLines(run: string, first: number, last: number, enabled: boolean): LogRows {
  const platform = usePlatform();
  const tail = useStore(tailOf(run));
  const ask = useCallback(
    (from: number, limit: number) => platform.call("run_log", { run, from, limit, search: "", level: null, step: null }),
    [platform, run],
  );
  const head = useQuery({ queryKey: ["log-total", run], queryFn: () => ask(0, 1), staleTime: 0, enabled });
  const total = Math.max(tail.total, head.data?.total ?? 0);
  const chunks = enabled && total > 0 ? chunksOf(first, Math.min(last, total - 1)) : [];
  const pages = useQueries({
    queries: chunks.map((chunk) => ({
      // A chunk that has become full is another answer than the one that was not.
      queryKey: ["log-chunk", run, chunk, (chunk + 1) * CHUNK <= total],
      queryFn: () => ask(chunk * CHUNK, CHUNK),
      staleTime: Infinity,
    })),
  });
  const lineAt = (row: number) => {
    const at = chunks.indexOf(Math.floor(row / CHUNK));
    return tail.lines.get(row) ?? pages[at]?.data?.lines[row % CHUNK];
  };
  return { count: total, total, lineAt, error: head.error ?? pages.find((page) => page.error)?.error ?? null };
}

export function chunksOf(first: number, last: number): number[] {
  const from = Math.floor(Math.max(0, first) / CHUNK);
  const to = Math.floor(Math.max(0, last) / CHUNK);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
}

/** Lines that match, read on from where the search got to as more is wanted or written. */
export function useMatchingLines(run: string, filter: LogFilter, last: number, enabled: boolean): LogRows {
  const platform = usePlatform();
  const live = useStore(tailOf(run)).total;
  const query = useInfiniteQuery({
    queryKey: ["log-search", run, filter],
    queryFn: ({ pageParam }): Promise<LogPage> => platform.call("run_log", { run, from: pageParam, limit: CHUNK, ...filter }),
    initialPageParam: 0,
    getNextPageParam: (page: LogPage) => page.next,
    enabled,
    staleTime: Infinity,
    gcTime: 0,
  });
  const pages = query.data?.pages ?? [];
  const lines = pages.flatMap((page) => page.lines);
  const reached = pages.at(-1)?.next ?? 0;
  const total = Math.max(live, pages.at(-1)?.total ?? 0);
  const { fetchNextPage, isFetching } = query;
  const wanted = enabled && reached < total && last >= lines.length - CHUNK / 2;
  useEffect(() => {
    if (!wanted || isFetching || reached === 0) return undefined;
    const timer = setTimeout(() => void fetchNextPage(), 250);
    return () => clearTimeout(timer);
  }, [wanted, isFetching, reached, live, fetchNextPage]);
  return { count: lines.length, total, lineAt: (row) => lines[row], error: query.error };
}
