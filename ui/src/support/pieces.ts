import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";

import { usePlatform } from "../engine/platform";
import { linesOf } from "./text";

const NONE: string[] = [];

/** A file piece by piece: the first at once, those up to a line that is gone to, and the others when somebody wants them. */
export function usePieces(support: string, path: string, line: number | null) {
  const platform = usePlatform();
  const query = useInfiniteQuery({
    queryKey: ["support_read", support, path],
    queryFn: ({ pageParam }) => platform.call("support_read", { support, path, offset: pageParam }),
    initialPageParam: 0,
    getNextPageParam: (last) => last.next,
    staleTime: Infinity,
    gcTime: 60_000,
  });
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = query;
  const pieces = data?.pages;
  const lines = useMemo(() => (pieces ? linesOf(pieces.map((piece) => piece.text), !hasNextPage) : NONE), [pieces, hasNextPage]);
  const seeking = line !== null && line > lines.length && hasNextPage;
  useEffect(() => {
    if (seeking && !isFetching && !isError) void fetchNextPage();
  }, [seeking, isFetching, isError, fetchNextPage]);
  const last = pieces?.at(-1);
  return { query, lines, seeking, first: pieces?.[0]?.text ?? "", size: last?.size ?? 0, read: last ? (last.next ?? last.size) : 0 };
}
