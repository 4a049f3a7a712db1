/** Which lines are wanted, kept in the address. */

import { useMemo } from "react";
import { useSearchParams } from "react-router";

export const TYPES = ["changed", "decision", "conflict", "waiting", "refused", "loss", "problem", "unchecked", "failed"] as const;
export const LEVELS = ["info", "warning", "error"] as const;
export const PERIODS = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;
export type Period = keyof typeof PERIODS;

const NAMES = ["client", "level", "type", "text", "element", "since", "until"] as const;

/** As the server is asked; a period that counts from now is a moment here. */
export type Filter = Partial<Record<(typeof NAMES)[number], string>>;

export function useFilter() {
  const [query, setQuery] = useSearchParams();
  const said = [...NAMES, "period"].map((name) => `${name}=${encodeURIComponent(query.get(name) ?? "")}`).join("&");
  const filter = useMemo(() => filterOf(new URLSearchParams(said)), [said]);
  const look = (changes: Record<string, string | null>) =>
    setQuery(
      (old) => {
        const next = new URLSearchParams(old);
        Object.entries(changes).forEach(([name, value]) => (value ? next.set(name, value) : next.delete(name)));
        return next;
      },
      { replace: true },
    );
  const isAny = [...NAMES, "period"].some((name) => query.get(name));
  return { query, filter, look, isAny };
}

function filterOf(query: URLSearchParams): Filter {
  const filter: Filter = {};
  for (const name of NAMES) {
    const value = query.get(name);
    if (value) filter[name] = value;
  }
  const period = query.get("period");
  if (period && period in PERIODS) filter.since = sinceOf(PERIODS[period as Period]);
  return filter;
}

/** The beginning of a period to the minute, so that the same question is asked in the same words for a while. */
function sinceOf(length: number): string {
  return new Date(Math.floor((Date.now() - length) / 60_000) * 60_000).toISOString();
}
