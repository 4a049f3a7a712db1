/** A live list that stands still while somebody reads it: what came since is counted, and not shown yet. */

import { useState } from "react";

import type { LogEvent } from "../../api/types";

export interface Held {
  shown: readonly LogEvent[];
  /** How many came since. */
  fresh: number;
  isPaused: boolean;
  pause: () => void;
  /** Show what has come, and go on. */
  resume: () => void;
  /** Whether somebody reads further down, so that the list must not move under them. */
  read: (isReading: boolean) => void;
}

export function useHeld(events: readonly LogEvent[]): Held {
  const [isPaused, setPaused] = useState(false);
  const [last, hold] = useState<number | null>(null);
  const newest = Number(events[0]?.sequence ?? 0);
  const found = last === null ? 0 : events.findIndex((event) => Number(event.sequence) <= last);
  const fresh = found < 0 ? events.length : found;
  return {
    shown: fresh ? events.slice(fresh) : events,
    fresh,
    isPaused,
    pause: () => {
      setPaused(true);
      hold((before) => before ?? newest);
    },
    resume: () => {
      setPaused(false);
      hold(null);
    },
    read: (isReading) => {
      if (isReading) hold((before) => before ?? newest);
      else if (!isPaused && fresh === 0) hold(null);
    },
  };
}
