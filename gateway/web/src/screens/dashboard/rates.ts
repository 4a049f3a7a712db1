/** How many events came in each of the last seconds, counted from when the page first heard the log. */

import { useEffect, useState } from "react";

import { feed } from "../../live/feed";

/** Seconds that are shown. */
export const SPAN = 120;

export interface Rates {
  /** Seconds since 1970, and the events of each, null where nobody counted; the second that has not ended is left out. */
  times: number[];
  counts: (number | null)[];
}

const tally = new Map<number, number>();
let began = Infinity;

/** It goes on while other sections are looked at, so that whoever comes back sees what happened meanwhile. */
function count(): void {
  if (began < Infinity) return;
  began = second();
  feed.listen((events) => {
    const now = second();
    tally.set(now, (tally.get(now) ?? 0) + events.length);
    for (const at of tally.keys()) if (at < now - SPAN) tally.delete(at);
  });
}

export function useRates(): Rates {
  const [rates, setRates] = useState<Rates>(ratesNow);
  useEffect(() => {
    count();
    const timer = setInterval(() => setRates(ratesNow()), 1000);
    return () => clearInterval(timer);
  }, []);
  return rates;
}

function ratesNow(): Rates {
  const last = second() - 1;
  const times = Array.from({ length: SPAN }, (_, place) => last - SPAN + 1 + place);
  return { times, counts: times.map((at) => (at < began ? null : (tally.get(at) ?? 0))) };
}

function second(): number {
  return Math.floor(Date.now() / 1000);
}

export function short(rate: number): string {
  return rate.toFixed(rate < 10 ? 1 : 0);
}
