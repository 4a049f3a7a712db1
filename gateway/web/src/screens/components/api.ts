/** Components as the server knows them, and where they are in these pages. */

import { call } from "../../api/client";
import type { Model } from "../../api/types";

export type Summary = Model<"ComponentSummary">;
export type Version = Model<"ComponentVersion">;
export type Chapter = Model<"Chapter">;

export const VERSIONS = "/api/components/versions";
const DOMAIN = "components/";

export const short = (hash: string) => hash.slice(0, 8);

export const subjectOf = (path: string) => DOMAIN + path;

/** The component that an event is about; null where it is about something else. */
export function componentOf(subject: string): string | null {
  return subject.startsWith(DOMAIN) ? subject.slice(DOMAIN.length) : null;
}

function parts(path: string): [category: string, name: string] {
  const at = path.indexOf("/");
  return [path.slice(0, at), path.slice(at + 1).replace(/\.py$/, "")];
}

/** A component's place in these pages. */
export function placeOf(path: string, search = ""): string {
  const [category, file] = path.split("/", 2);
  return `/components/${category}/${encodeURIComponent(file ?? "")}${search && `?${search}`}`;
}

function historyOf(path: string): string {
  const [category, name] = parts(path);
  return `${VERSIONS}/${encodeURIComponent(category)}/${encodeURIComponent(name)}`;
}

/** `limit` versions before the one with the number `before`, newest first. */
export function versionsOf(path: string, part: { before?: number; limit: number }): Promise<Version[]> {
  return call<Version[]>(historyOf(path), { query: part });
}

/** A version by its number. */
export async function versionOf(path: string, number: number): Promise<Version | null> {
  const [found] = await versionsOf(path, { before: number + 1, limit: 1 });
  return found?.number === number ? found : null;
}

export function summaryOf(path: string): Promise<Summary> {
  return call<Summary>(`${historyOf(path)}/summary`);
}

/** How a component stands now. */
export function presentOf(path: string) {
  return { queryKey: [subjectOf(path), "present"], queryFn: () => summaryOf(path) };
}

/** A version's source. It never changes. */
export function contentOf(hash: string | null) {
  return {
    queryKey: ["content", hash],
    queryFn: async () => (hash ? ((await call<Version>(`${VERSIONS}/hash/${hash}`)).content ?? "") : ""),
  };
}

/**
 * Make a version the active one (null: let none be) where `base` still is it, and say why. False: the server has taken
 * this and not carried it through yet. Throws a Failure of status 409 where somebody else was first.
 */
export async function activate(path: string, hash: string | null, base: string | null, reason = ""): Promise<boolean> {
  const answer = await call<object | null>(`${VERSIONS}/activate`, { body: { path, hash, base, reason } });
  return !answer || !("change" in answer);
}
