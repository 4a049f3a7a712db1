/** What is known of one event grows while more follows from it. */

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";

import { Failure } from "../../api/client";
import type { LogEvent } from "../../api/types";
import { useEvents } from "../../live/use";

const TRIES = 6;
/** Milliseconds that the archive gets to have what the log has. */
const ARCHIVING = 500;

/** Where something is missing it may be on its way to the archive. */
export const patient = {
  retry: (count: number, error: Error) => count < TRIES && error instanceof Failure && error.status !== 401 && error.status !== 422,
  retryDelay: ARCHIVING,
};

/** Ask anew for causes, consequences and story once more of them has happened. */
export function useOldStories({ correlationid, subject }: LogEvent): void {
  const client = useQueryClient();
  const timer = useRef(0);
  useEvents(
    useCallback(
      (events) => {
        if (timer.current || !events.some((event) => event.correlationid === correlationid || event.subject === subject)) return;
        timer.current = window.setTimeout(() => {
          timer.current = 0;
          void client.invalidateQueries({ queryKey: ["events", "trace"] });
          void client.invalidateQueries({ queryKey: ["events", "story"] });
        }, ARCHIVING);
      },
      [client, correlationid, subject],
    ),
  );
  useEffect(() => () => clearTimeout(timer.current), []);
}
