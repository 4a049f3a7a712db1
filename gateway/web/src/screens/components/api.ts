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

export async function versionsOf(path: string): Promise<Version[]> {
  const [category, name] = parts(path);
  return call<Version[]>(`${VERSIONS}/${encodeURIComponent(category)}/${encodeURIComponent(name)}`);
}

/** A version's source. It never changes. */
export function contentOf(hash: string | null) {
  return {
    queryKey: ["content", hash],
    queryFn: async () => (hash ? ((await call<Version>(`${VERSIONS}/hash/${hash}`)).content ?? "") : ""),
  };
}

/**
 * Make a version the active one, where `base` still is it. False: the server has taken this and not carried it through yet.
 * Throws a Failure of status 409 where somebody else was first.
 */
export async function activate(path: string, hash: string, base: string | null): Promise<boolean> {
  const answer = await call<object>(`${VERSIONS}/activate`, { body: { path, hash, base } });
  return !("change" in answer);
}
