/** Which events somebody wants, asked of the server and of what comes live in the same words. */

import type { Query } from "../api/client";
import type { LogEvent } from "../api/types";

/** `type`, `subject` and `actor` may hold `*`; `since` and `until` are times. */
export interface Wanted {
  type?: string;
  subject?: string;
  project?: string;
  actor?: string;
  text?: string;
  since?: string;
  until?: string;
}

export type Fits = (event: LogEvent) => boolean;

export function fitting({ type, subject, project, actor, text, since, until }: Wanted): Fits {
  const [isType, isSubject, isActor] = [pattern(type), pattern(subject), pattern(actor)];
  const [says, isThen] = [containing(text), within(since, until)];
  return (event) =>
    isType(event.type) && isSubject(event.subject) && isActor(event.actor) && (!project || event.project === project) && isThen(event) && says(event);
}

function pattern(text: string | undefined): (found: string) => boolean {
  if (!text) return () => true;
  if (!text.includes("*")) return (found) => found === text;
  const expression = new RegExp(`^${text.split("*").map(escaped).join(".*")}$`, "s");
  return (found) => expression.test(found);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** What comes live has all of the event but its number, which it has from its place, and the content of a file. */
function containing(text: string | undefined): Fits {
  if (!text) return () => true;
  const meant = lower(text);
  return ({ sequence: _, ...event }) => lower(JSON.stringify(event)).includes(meant);
}

/** As the archive takes A to Z for a to z, and nothing else. */
function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function within(since: string | undefined, until: string | undefined): Fits {
  if (!since && !until) return () => true;
  const [from, to] = [since ? Date.parse(since) : -Infinity, until ? Date.parse(until) : Infinity];
  return (event) => Date.parse(event.time) >= from && Date.parse(event.time) < to;
}

export function queryOf({ type, subject, project, actor, text, since, until }: Wanted): Query {
  return { type, subject, project, actor, text, since, until };
}
