/** What is looked for, as the address of the page says it. */

import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

import type { LogEvent } from "../../api/types";
import type { Wanted } from "../../live/wanted";

/** The server looks for the first three in the whole log; the others are looked for in what is loaded. */
export const ASKED = ["type", "subject", "project"] as const;
export const SIFTED = ["actor", "text"] as const;
const NAMES = [...ASKED, ...SIFTED];

export type FilterName = (typeof NAMES)[number];
export type Filter = Record<FilterName, string>;

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

export function wantedOf({ type, subject, project }: Filter): Wanted {
  return { type: type.trim(), subject: subject.trim(), project: project.trim() };
}

export function isSifted({ actor, text }: Filter): boolean {
  return Boolean(actor.trim() || text.trim());
}

/** Whether an event has what only the page itself can look for: its actor, and every word of the text. */
export function sift({ actor, text }: Filter): (event: LogEvent) => boolean {
  const who = actor.trim().toLowerCase();
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (event) => {
    if (!event.actor.toLowerCase().includes(who)) return false;
    if (!words.length) return true;
    const said = JSON.stringify(event).toLowerCase();
    return words.every((word) => said.includes(word));
  };
}
