/** A component's versions, each with who made it, why it was taken, and who made it active again. */

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { call } from "../../api/client";
import type { LogEvent } from "../../api/types";
import { useRecent } from "../../live/use";
import { subjectOf, versionsOf, type Chapter, type Version } from "./api";

export interface Deed {
  who: string;
  at: string;
}

export interface Row extends Version {
  number: number;
  author: string | null;
  /** The rule by which it was taken. */
  policy: string | null;
  /** When it was made the active one by hand, the last time first. */
  activations: Deed[];
}

interface Told {
  authors: Map<number, { who: string; policy: string | null }>;
  activations: Map<number, Map<string, Deed>>;
}

export function useHistory(path: string) {
  const subject = subjectOf(path);
  const versions = useQuery({ queryKey: [subject, "versions"], queryFn: () => versionsOf(path), refetchOnMount: "always" });
  const story = useQuery({
    queryKey: [subject, "story"],
    queryFn: () => call<Chapter[]>("/api/replay/story", { query: { subject } }),
    refetchOnMount: "always",
  });
  const recent = useRecent();
  const told = useMemo(() => tell(story.data ?? [], recent.filter((event) => event.subject === subject)), [story.data, recent, subject]);
  const rows = useMemo(() => versions.data?.map((one, index, all) => row(one, all.length - index, told)), [versions.data, told]);
  return { rows, error: versions.error, refetch: versions.refetch };
}

function row(version: Version, number: number, { authors, activations }: Told): Row {
  const author = authors.get(number);
  return {
    ...version,
    number,
    author: author?.who ?? null,
    policy: author?.policy ?? null,
    activations: [...(activations.get(number)?.values() ?? [])].sort((one, other) => (one.at < other.at ? 1 : -1)),
  };
}

/** What the archive tells, and what was heard since. */
function tell(chapters: Chapter[], events: LogEvent[]): Told {
  const told: Told = { authors: new Map(), activations: new Map() };
  for (const { story, actor, time, did, policy, version, active } of chapters) {
    if (!version) continue;
    if (did !== "activated") addAuthor(told, version, actor, policy ?? null);
    else if (active) addActivation(told, version, story, { who: actor, at: time });
  }
  for (const { type, correlationid, actor, time, data } of events) {
    if (typeof data.number !== "number") continue;
    if (type === "version.created") addAuthor(told, data.number, actor, null);
    if (type === "head.moved" && data.reason === "activated") addActivation(told, data.number, correlationid, { who: actor, at: time });
  }
  return told;
}

function addAuthor({ authors }: Told, number: number, who: string, policy: string | null): void {
  if (!authors.has(number)) authors.set(number, { who, policy });
}

function addActivation({ activations }: Told, number: number, story: string, deed: Deed): void {
  const known = activations.get(number) ?? new Map<string, Deed>();
  if (!known.has(story)) known.set(story, deed);
  activations.set(number, known);
}

/** The version that an address means, by its number or by the beginning of its hash; 0 means none at all. */
export function meant(rows: readonly Row[], said: string | null): number | null {
  if (said === null) return null;
  if (!/^\d{1,7}$/.test(said)) return rows.find(({ hash }) => hash.startsWith(said))?.number ?? null;
  const number = Number(said);
  return number <= rows.length ? number : null;
}

export function numbered(rows: readonly Row[], number: number): Row | undefined {
  return rows[rows.length - number];
}
