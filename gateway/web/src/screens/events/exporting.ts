/** All events that a filter names, read page by page: a whole log fits into no memory of ours, but into the browser's files. */

import { answered, call } from "../../api/client";
import type { LogEvent } from "../../api/types";
import { queryOf } from "../../live/wanted";
import { wantedOf, type Filter } from "./filter";

const PAGE = 1000;

export interface Progress {
  found: number;
  /** The number up to which the log was read, and up to which it will be. */
  seen: number;
  last: number;
}

/** The events as lines of JSON; null where `isStopped` said so meanwhile. */
export async function exported(filter: Filter, tell: (progress: Progress) => void, isStopped: () => boolean): Promise<Blob | null> {
  const [newest] = await call<LogEvent[]>("/api/events", { query: { newest_first: true, limit: 1 } });
  const last = Number(newest?.sequence ?? 0);
  const pages: Blob[] = [];
  let [seen, found] = [0, 0];
  while (seen < last && !isStopped()) {
    const query = { ...queryOf(wantedOf(filter)), after: seen, before: last + 1, limit: PAGE };
    const { data: page, next } = await answered<LogEvent[]>("/api/events", { query });
    found += page.length;
    pages.push(new Blob(page.map((event) => `${JSON.stringify(event)}\n`)));
    seen = Number(next ?? last);
    tell({ found, seen, last });
  }
  return isStopped() ? null : new Blob(pages, { type: "application/jsonl" });
}

export function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
