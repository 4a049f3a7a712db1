/** Which dead letters are looked for, as the address of the page says it. */

import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

import type { Model } from "../../../api/types";

export const FIELDS = ["error", "group", "kind", "project", "subject"] as const;
export const STATES = ["buried", "retried", "discarded", "all"] as const;

export type FieldName = (typeof FIELDS)[number];
export type Shown = (typeof STATES)[number];
export type LetterFilter = Partial<Model<"LetterFilter">>;
export type Letter = Model<"DeadEvent">;

export interface FoundFilter {
  filter: Record<FieldName, string>;
  state: Shown;
  change: (news: Partial<Record<FieldName | "state", string>>) => void;
}

export function useLetterFilter(): FoundFilter {
  const [asked, ask] = useSearchParams();
  const filter = useMemo(() => Object.fromEntries(FIELDS.map((name) => [name, asked.get(name) ?? ""])) as FoundFilter["filter"], [asked]);
  const change = useCallback<FoundFilter["change"]>(
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
  return { filter, state: STATES.find((one) => one === asked.get("state")) ?? "buried", change };
}

/** What the server is asked to decide about: only what is said. */
export function meant(filter: FoundFilter["filter"]): LetterFilter {
  return Object.fromEntries(FIELDS.map((name) => [name, filter[name].trim()]).filter(([, value]) => value));
}
