/** The sides of a conflict as text that people can compare. */

import type { Kind } from "../../app/waiting";
import type { DiffProps } from "../../parts/Diff";
import { named } from "../clients/elements";
import { shown } from "./merge/draft";
import { parsed } from "./merge/element";

export interface Legible {
  text: (content: string | null | undefined) => string;
  language: NonNullable<DiffProps["language"]>;
}

/** A rule is text with a few words about it, and not one long line of JSON. */
export function legible(kind: Kind, path: string): Legible {
  const isRule = kind === "clients" && named(path).kind === "rules";
  if (isRule) return { text: (content) => shown("rules", parsed(content ?? null)), language: "none" };
  return { text: (content) => content ?? "", language: kind === "clients" ? "json" : "python" };
}
