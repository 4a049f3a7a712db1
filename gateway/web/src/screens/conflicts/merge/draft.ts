/** What a person makes of both sides: begun by a three-way merge, then chosen field by field, or written by hand. */

import type { ElementKind } from "../../clients/ask";
import { differing, flat, parsed, put, same, spelled, type Element } from "./element";

export interface Sides {
  kind: ElementKind;
  /** What stands; null: nothing. */
  ours: Element | null;
  /** What the client wants; null: nothing. */
  theirs: Element | null;
  /** What both started from; undefined: that is not known. */
  base: Element | null | undefined;
}

export interface Draft {
  /** What is written by hand: a rule's text, or else the whole element. */
  text: string;
  /** What a rule is besides its text. */
  rest: Element;
  /** Fields that both sides have changed, of which nobody has chosen one yet. */
  open: readonly string[];
  /** The hash of what stood when it was begun. */
  head: string | null;
}

/** What one side alone has changed is taken from there; all else stays as it stands, and is still to be chosen. */
export function begun(sides: Sides, head: string | null): Draft {
  const { kind, ours, theirs, base } = sides;
  if (ours === null || theirs === null) return { ...written(kind, ours ?? theirs ?? {}), open: [], head };
  const [mine, other, was] = [flat(ours), flat(theirs), flat(base ?? null)];
  const open: string[] = [];
  let element = ours;
  for (const name of differing(ours, theirs)) {
    const isTheirs = base !== undefined && same(mine.get(name), was.get(name));
    if (isTheirs) element = put(element, name, other.get(name));
    else if (base === undefined || !same(other.get(name), was.get(name))) open.push(name);
  }
  return { ...written(kind, element), open, head };
}

export function written(kind: ElementKind, element: Element): Pick<Draft, "text" | "rest"> {
  if (kind !== "rules") return { text: `${spelled(element)}\n`, rest: {} };
  const { body, ...rest } = element;
  return { text: typeof body === "string" ? body : "", rest };
}

/** The element that a draft is; null where its text cannot be read as one. */
export function elementOf(kind: ElementKind, { text, rest }: Draft): Element | null {
  return kind === "rules" ? { ...rest, body: text } : parsed(text);
}

/** What is sent of a draft. */
export function contentOf(kind: ElementKind, draft: Draft): string {
  return kind === "rules" ? `${spelled(elementOf(kind, draft))}\n` : draft.text;
}

/** Take a field as one side has it. */
export function chosen(sides: Sides, draft: Draft, name: string, value: unknown): Draft {
  const element = elementOf(sides.kind, draft);
  if (!element) return draft;
  return { ...draft, ...written(sides.kind, put(element, name, value)), open: draft.open.filter((one) => one !== name) };
}

/** Write by hand: a field that is not as it stands any more is chosen by that. */
export function typed(sides: Sides, draft: Draft, text: string): Draft {
  const next = { ...draft, text };
  const element = elementOf(sides.kind, next);
  if (!element) return next;
  const [now, mine] = [flat(element), flat(sides.ours)];
  return { ...next, open: draft.open.filter((name) => same(now.get(name), mine.get(name))) };
}

/** An element as text that people can compare: what a rule says in lines, behind all else that it is. */
export function shown(kind: ElementKind, element: Element | null): string {
  if (!element) return "";
  if (kind !== "rules") return `${spelled(element)}\n`;
  const { body, ...rest } = element;
  const head = Object.entries(rest).sort().map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`);
  return [...head, ...(head.length ? ["\n"] : []), typeof body === "string" ? body : spelled(body)].join("");
}
