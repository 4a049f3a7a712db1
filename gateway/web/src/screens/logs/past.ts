/**
 * The lines that a filter finds, newest first: pages as far back as anybody scrolls, and on top what is new. While the
 * reader holds them still, what is new is only counted.
 */

import { useInfiniteQuery, useQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";

import { linesOf, PAGE, type Line } from "./ask";
import type { Filter } from "./filter";

type Pages = InfiniteData<Line[], string | undefined>;

export function useLines(filter: Filter, isHeld: boolean) {
  const client = useQueryClient();
  const key = useMemo(() => ["lines", filter], [filter]);
  const past = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => linesOf(filter, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page.length >= PAGE ? page.at(-1)?.id : undefined),
    gcTime: 0,
  });
  const newest = useQuery({ queryKey: ["logs", filter], queryFn: () => linesOf(filter) }).data;
  const lines = useMemo(() => past.data?.pages.flat(), [past.data]);
  const fresh = useMemo(() => (lines && newest ? unknownIn(lines, newest) : []), [lines, newest]);
  const take = useCallback(() => {
    if (fresh.length === PAGE) return void client.resetQueries({ queryKey: key });
    client.setQueryData<Pages>(key, (old) => old && { ...old, pages: [merged(fresh, old.pages[0] ?? []), ...old.pages.slice(1)] });
  }, [client, fresh, key]);
  useEffect(() => {
    if (!isHeld && fresh.length) take();
  }, [isHeld, fresh, take]);
  return { past, lines, fresh: isHeld ? fresh.length : 0, take };
}

function unknownIn(lines: readonly Line[], newest: readonly Line[]): Line[] {
  const known = new Set(lines.map((one) => one.id));
  return newest.filter((one) => !known.has(one.id));
}

function merged(fresh: readonly Line[], page: readonly Line[]): Line[] {
  const last = page.at(-1);
  const older = last && page.length >= PAGE ? fresh.filter((one) => one.at >= last.at) : fresh;
  const all = [...older, ...page].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  return last && page.length >= PAGE ? [...all.filter((one) => one !== last), last] : all;
}
