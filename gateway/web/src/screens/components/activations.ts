/** Who made which version active by hand, when and why: what the archive tells, and what was heard since. */

import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";

import { call } from "../../api/client";
import type { LogEvent } from "../../api/types";
import { useProject } from "../../app/session";
import { useRecent } from "../../live/use";
import type { Chapter } from "./api";

export interface Activation {
  who: string;
  at: string;
  /** In the person's own words. */
  reason: string | null;
}

/** By the number of the version, and by the story in which it happened. */
type Told = Map<number, Map<string, Activation>>;

export function useActivations(subject: string): (number: number) => Activation[] {
  const story = useQuery({
    queryKey: [subject, "story"],
    queryFn: () => call<Chapter[]>("/api/replay/story", { query: { subject } }),
    refetchOnMount: "always",
  });
  const project = useProject();
  const heard = useRecent().filter((event) => event.subject === subject && event.project === project);
  const told = useMemo(() => tell(story.data ?? [], heard), [story.data, heard.length, heard.at(-1)?.sequence]);
  return useCallback((number) => [...(told.get(number)?.values() ?? [])].sort((one, other) => (one.at < other.at ? 1 : -1)), [told]);
}

function tell(chapters: readonly Chapter[], events: readonly LogEvent[]): Told {
  const told: Told = new Map();
  for (const { story, actor, time, did, version, active, reason } of chapters) {
    if (version && active && did === "activated") add(told, version, story, { who: actor, at: time, reason });
  }
  const reasons = new Map<string, string>();
  for (const { type, correlationid, actor, time, data } of events) {
    if (type === "version.activate" && typeof data.reason === "string") reasons.set(correlationid, data.reason);
    if (type !== "head.moved" || data.reason !== "activated" || typeof data.number !== "number") continue;
    add(told, data.number, correlationid, { who: actor, at: time, reason: reasons.get(correlationid) ?? null });
  }
  return told;
}

function add(told: Told, number: number, story: string, activation: Activation): void {
  const known = told.get(number) ?? new Map<string, Activation>();
  if (!known.has(story)) known.set(story, activation);
  told.set(number, known);
}
