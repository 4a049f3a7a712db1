/** What is looked for, as the address of the page says it. */

import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

import type { Wanted } from "../../live/wanted";

export const TEXTS = ["subject", "project", "actor", "text"] as const;
export const TIMES = ["since", "until"] as const;
const NAMES = ["type", ...TEXTS, ...TIMES] as const;

export type FilterName = (typeof NAMES)[number];
export type Filter = Record<FilterName, string>;

export const ANYTHING = Object.fromEntries(NAMES.map((name) => [name, ""])) as Filter;

export const TYPES = [
  "change.observed", "change.hashed", "change.accepted", "change.unchanged", "change.conflicted", "change.rejected", "change.*",
  "version.created", "version.activate", "head.moved", "conflict.opened", "conflict.decided", "conflict.settled", "conflict.*",
  "event.buried", "letter.decided", "log.recovered", "service.restarted",
];

export interface Found {
  filter: Filter;
  /** The event at which the list begins, by its sequence; null: at what comes live. */
  at: number | null;
  change: (news: Partial<Record<FilterName | "at", string>>) => void;
}

export function useFilter(): Found {
  const [asked, ask] = useSearchParams();
  const filter = useMemo(() => Object.fromEntries(NAMES.map((name) => [name, asked.get(name) ?? ""])) as Filter, [asked]);
  const change = useCallback<Found["change"]>(
    (news) =>
      ask(
        (before) => {
          Object.entries(news).forEach(([name, value]) => (value ? before.set(name, value) : before.delete(name)));
          return before;
        },
        { replace: true },
      ),
    [ask],
  );
  const at = Number(asked.get("at"));
  return { filter, at: Number.isSafeInteger(at) && at > 0 ? at : null, change };
}

export function wantedOf(filter: Filter): Wanted {
  return Object.fromEntries(NAMES.map((name) => [name, name === "text" ? filter.text : filter[name].trim()]));
}

/** Whether the server has to look at events one by one: it does so in parts, and somebody says when it is enough. */
export function isSearch({ actor, text }: Filter): boolean {
  return Boolean(actor.trim() || text);
}
