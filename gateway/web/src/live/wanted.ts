/** Which events somebody wants, asked of the server and of what comes live in the same words. */

import type { Query } from "../api/client";
import type { LogEvent } from "../api/types";

/** What the server itself can look for. `type` and `subject` may hold `*`. */
export interface Wanted {
  type?: string;
  subject?: string;
  project?: string;
}

export type Fits = (event: LogEvent) => boolean;

export function fitting({ type, subject, project }: Wanted): Fits {
  const [isType, isSubject] = [pattern(type), pattern(subject)];
  return (event) => isType(event.type) && isSubject(event.subject) && (!project || event.project === project);
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

export function queryOf({ type, subject, project }: Wanted): Query {
  return { type, subject, project };
}
