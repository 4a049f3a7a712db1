/** What waits for a person, of both kinds, newest first. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";

import type { LogEvent } from "../../api/types";
import { pendingOf, type Conflict, type Kind } from "../../app/waiting";
import { useEvents } from "../../live/use";
import type { Asked } from "./ask";

/** As many of a kind as are asked for. */
export const MOST = 500;

export function useWaits() {
  const components = useQuery(pendingOf("components"));
  const clients = useQuery(pendingOf("clients"));
  const waits = useMemo(
    () => components.data && clients.data && newestFirst([...of("components", components.data), ...of("clients", clients.data)]),
    [components.data, clients.data],
  );
  const retry = () => void Promise.all([components.refetch(), clients.refetch()]);
  return { waits, error: components.error ?? clients.error, retry };
}

export function of(kind: Kind, found: readonly Conflict[]): Asked[] {
  return found.map((one) => ({ ...one, kind }));
}

export function newestFirst(found: Asked[]): Asked[] {
  return found.sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
}

/** Ask anew when the active version of one of these moves: a decision is about what was seen. */
export function useFollowed(waits: readonly Asked[] | undefined): void {
  const client = useQueryClient();
  const follow = useCallback(
    (events: LogEvent[]) => {
      const subjects = new Set(waits?.map((one) => `${one.kind}/${one.path}`));
      if (events.some((event) => event.type === "head.moved" && subjects.has(event.subject)))
        void client.invalidateQueries({ queryKey: ["conflicts"] });
    },
    [client, waits],
  );
  useEvents(follow);
}
