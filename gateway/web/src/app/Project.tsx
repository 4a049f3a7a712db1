/** Which project all pages are about, where there are several. */

import { NativeSelect } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useLocation } from "react-router";

import { home } from "../api/project";
import type { LogEvent } from "../api/types";
import { useEvents } from "../live/use";
import { useWords } from "../words";
import { projects } from "./projects";
import { useProject, useSession } from "./session";
import { words } from "./words";

export function ProjectChoice() {
  const say = useWords(words);
  const { project: own } = useSession();
  const chosen = useProject();
  const { pathname } = useLocation();
  const { data } = useQuery(projects);
  useNewProjects(data?.map(({ name }) => name));
  const names = [...new Set([own, chosen, ...(data ?? []).map(({ name }) => name)])].sort();
  if (names.length < 2) return null;
  const section = pathname.split("/")[1] ?? "";
  return (
    <NativeSelect
      size="xs"
      maw={220}
      miw={0}
      aria-label={say("project")}
      value={chosen}
      data={names}
      onChange={(event) => location.assign(`${home(event.currentTarget.value, own)}/${section}`)}
    />
  );
}

/** A project is there with its first event. */
function useNewProjects(known: readonly string[] | undefined): void {
  const client = useQueryClient();
  useEvents(
    useCallback(
      (events: LogEvent[]) => {
        const isNews = known && events.some((event) => event.type === "version.created" && !known.includes(event.project));
        if (isNews) void client.invalidateQueries(projects);
      },
      [client, known],
    ),
  );
}
