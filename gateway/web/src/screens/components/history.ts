/**
 * A component's versions, newest first, as far back as anybody scrolls; each with who made it active again, and why.
 * Versions never change: what is new is put on top, and which of them is active is asked for by itself.
 */

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";

import { presentOf, subjectOf, versionsOf, type Summary, type Version } from "./api";
import { useActivations, type Activation } from "./activations";

export interface Row extends Version {
  /** When it was made the active one by hand, the last time first. */
  activations: Activation[];
}

export interface History {
  path: string;
  now: Summary;
  /** Those that are loaded. */
  rows: readonly Row[];
  /** A version as a row, wherever in the history it lies. */
  rowOf: (version: Version) => Row;
  /** Load some that are older. */
  further: () => void;
}

const PAGE = 200;

interface Part {
  before?: number;
  limit: number;
}

export function useHistory(path: string) {
  const present = useQuery({ ...presentOf(path), refetchOnMount: "always" });
  const past = usePast(path, present.data?.version_count ?? 0, present.dataUpdatedAt);
  const activations = useActivations(subjectOf(path));
  const active = present.data?.active_number ?? null;
  const rowOf = useCallback(
    (version: Version): Row => ({ ...version, is_active: version.number === active, activations: activations(version.number) }),
    [active, activations],
  );
  const rows = useMemo(() => past.data?.pages.flat().map(rowOf), [past.data, rowOf]);
  const further = () => void (past.hasNextPage && !past.isFetching && past.fetchNextPage());
  const history: History | null = present.data && rows ? { path, now: present.data, rows, rowOf, further } : null;
  const refetch = () => Promise.all([present.refetch(), past.refetch()]);
  return { history, error: present.error ?? past.error, refetch };
}

function usePast(path: string, count: number, asOf: number) {
  const past = useInfiniteQuery({
    queryKey: ["history", path],
    queryFn: ({ pageParam }) => versionsOf(path, pageParam),
    initialPageParam: { limit: PAGE } as Part,
    getNextPageParam: (page): Part | undefined => {
      const oldest = page.at(-1)?.number ?? 1;
      return oldest > 1 ? { before: oldest, limit: PAGE } : undefined;
    },
    getPreviousPageParam: (page): Part | undefined => {
      const newest = page[0]?.number ?? count;
      const missing = Math.min(PAGE, count - newest);
      return missing > 0 ? { before: newest + missing + 1, limit: missing } : undefined;
    },
  });
  useEffect(() => {
    if (past.hasPreviousPage && !past.isFetching) void past.fetchPreviousPage();
  }, [past.data, past.hasPreviousPage, asOf]); // after a failure not at once again
  return past;
}
