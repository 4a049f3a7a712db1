/** A whole list, part by part, so that no single answer keeps the server busy for long. */

import { call } from "./client";

const PART = 10_000;

export async function everything<Item>(path: string, keyOf: (item: Item) => string): Promise<Item[]> {
  const found: Item[] = [];
  for (let after = ""; ; ) {
    const part = await call<Item[]>(path, { query: { limit: PART, after } });
    found.push(...part);
    const last = part.at(-1);
    if (!last || part.length < PART) return found;
    after = keyOf(last);
  }
}
