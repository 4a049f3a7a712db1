/** How many events came in each of the last seconds. */

import { useCallback, useEffect, useRef, useState } from "react";

import { useEvents } from "../../live/use";

/** Seconds that are shown. */
export const SPAN = 120;

export interface Rates {
  /** Seconds since 1970, and the events of each; the second that has not ended is left out. */
  times: number[];
  counts: number[];
}

export function useRates(): Rates {
  const tally = useRef(new Map<number, number>());
  const [rates, setRates] = useState<Rates>(() => ratesOf(tally.current));
  useEvents(
    useCallback((events) => {
      const second = Math.floor(Date.now() / 1000);
      tally.current.set(second, (tally.current.get(second) ?? 0) + events.length);
    }, []),
  );
  useEffect(() => {
    const timer = setInterval(() => setRates(ratesOf(tally.current)), 1000);
    return () => clearInterval(timer);
  }, []);
  return rates;
}

function ratesOf(tally: Map<number, number>): Rates {
  const last = Math.floor(Date.now() / 1000) - 1;
  for (const second of tally.keys()) if (second <= last - SPAN) tally.delete(second);
  const times = Array.from({ length: SPAN }, (_, place) => last - SPAN + 1 + place);
  return { times, counts: times.map((second) => tally.get(second) ?? 0) };
}

export function short(rate: number): string {
  return rate.toFixed(rate < 10 ? 1 : 0);
}
