/** The live feed in components, and what of the server's answers is old by what it says. */

import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";

import type { LogEvent } from "../api/types";
import { feed, type Link } from "./feed";

export function useLink(): Link {
  return useSyncExternalStore(feed.subscribe, () => feed.link);
}

export function useRecent(): readonly LogEvent[] {
  return useSyncExternalStore(feed.subscribe, () => feed.recent);
}

export function useEvents(listener: (events: LogEvent[]) => void): void {
  useEffect(() => feed.listen(listener), [listener]);
}

/**
 * Which answers are old once an event of this kind has happened: the first words of their query keys. What is about one
 * document only has its subject for a first word, and stays as it is while others change.
 */
function outdated(event: LogEvent): string[] {
  const [domain = "", ...rest] = event.subject.split("/");
  if (event.type.startsWith("conflict.")) return ["conflicts", domain];
  if (event.type === "event.buried" || event.type === "letter.decided") return ["dead", "status"];
  if (event.type === "version.created") return [event.subject];
  if (event.type !== "head.moved") return [];
  if (domain === "sync") return ["sync", rest[0] === "exports" ? "exports" : "logs", "policies"];
  return event.data.reason === "decided" ? [domain, event.subject, "conflicts"] : [domain, event.subject];
}

/** Milliseconds for which news are gathered before anything is asked for anew. */
const PAUSE = 150;

/** Ask anew for what has changed, gathered: at hundreds of events a second still a few times a second. */
export function useFreshness(): void {
  const client = useQueryClient();
  useEffect(() => refreshed(client), [client]);
}

/** What is being asked for when it changes is asked for again behind that, so that an answer always comes through. */
function refreshed(client: QueryClient): () => void {
  const old = new Set<string>();
  let timer = 0;
  const plan = () => {
    if (old.size && !timer) timer = window.setTimeout(flush, PAUSE);
  };
  const flush = () => {
    timer = 0;
    for (const name of [...old].filter((one) => !client.isFetching({ queryKey: [one] }))) {
      old.delete(name);
      void client.invalidateQueries({ queryKey: [name] });
    }
    plan();
  };
  const end = feed.listen((events) => {
    events.forEach((event) => outdated(event).forEach((name) => old.add(name)));
    plan();
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}
