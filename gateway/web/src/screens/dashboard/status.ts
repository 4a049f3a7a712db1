/** How everything does, asked anew when something has happened, and then at most every two seconds. */

import { queryOptions, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { call } from "../../api/client";
import type { Model } from "../../api/types";
import { useLink } from "../../live/use";
import type { StateName } from "../../parts/words";

export type Status = Model<"Status">;
export type Group = Model<"GroupStatus">;
export type SyncStatus = Model<"SyncStatus">;

/** Milliseconds between two questions. */
const CALM = 2000;
/** Seconds that an event may wait before its group is said to be behind. */
const LATE = 10;

export const foundStatus = queryOptions({ queryKey: ["status"], queryFn: () => call<Status>("/api/status") });

export const foundSyncs = queryOptions({
  queryKey: ["sync", "status"],
  queryFn: () => call<SyncStatus>("/api/v1/sync/status"),
});

export function askStatus(client: QueryClient): void {
  void client.prefetchQuery(foundStatus);
  void client.prefetchQuery(foundSyncs);
}

export function useStatus() {
  useAnewWithTheFeed();
  return useQuery(foundStatus);
}

/** Each sign of life, be it an event or a heartbeat, makes what is known of the status old. */
function useAnewWithTheFeed(): void {
  const client = useQueryClient();
  const { asOf, state } = useLink();
  const timer = useRef(0);
  useEffect(() => {
    if (state !== "live" || timer.current) return;
    const last = client.getQueryState(foundStatus.queryKey)?.dataUpdatedAt ?? 0;
    timer.current = window.setTimeout(
      () => {
        timer.current = 0;
        void client.invalidateQueries(foundStatus, { cancelRefetch: false });
      },
      Math.max(0, last + CALM - Date.now()),
    );
  }, [client, asOf, state]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = 0;
    },
    [],
  );
}

export function stateOf(group: Group): StateName {
  if (!group.workers.length) return "silent";
  return (group.oldest ?? 0) > LATE ? "behind" : "healthy";
}

/** How full the log is, in percent: its fullest stream, or the memory of Redis. */
export function fullness({ length, high_water, memory, memory_limit }: Status["pressure"]): number {
  const parts = [high_water ? length / high_water : 0, memory_limit ? memory / memory_limit : 0];
  return Math.floor(100 * Math.max(...parts));
}
