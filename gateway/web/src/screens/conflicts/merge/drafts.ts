/** Drafts, kept in this browser until their conflicts are decided: the newest ones of each reader, and none that is huge. */

import type { Draft } from "./draft";
import { isObject, parsed } from "./element";

const PREFIX = "merge:";
const MOST = 20;
const LARGEST = 200_000;

function place(reader: string, conflict: string): string {
  return `${PREFIX}${conflict}:${reader}`;
}

/** Keep a draft; whether it is kept. */
export function keep(reader: string, conflict: string, draft: Draft): boolean {
  const said = JSON.stringify({ ...draft, at: Date.now() });
  forget(reader, conflict);
  if (said.length > LARGEST) return false;
  makeRoom();
  try {
    localStorage.setItem(place(reader, conflict), said);
    return true;
  } catch {
    return false;
  }
}

export function kept(reader: string, conflict: string): Draft | null {
  const found = parsed(localStorage.getItem(place(reader, conflict)));
  if (!found) return null;
  const { text, rest, open, head } = found;
  const isOne = typeof text === "string" && isObject(rest) && Array.isArray(open) && (head === null || typeof head === "string");
  return isOne ? { text, rest, open: open.map(String), head } : null;
}

export function forget(reader: string, conflict: string): void {
  localStorage.removeItem(place(reader, conflict));
}

function makeRoom(): void {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  const ages = new Map(names.map((name) => [name, Number(parsed(localStorage.getItem(name))?.at) || 0]));
  const newestFirst = names.sort((a, b) => (ages.get(b) ?? 0) - (ages.get(a) ?? 0));
  newestFirst.slice(MOST - 1).forEach((name) => localStorage.removeItem(name));
}
