/** All components, kept up to date by what the log says: few changes are asked for one by one, many all at once. */

import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";

import { Failure } from "../../api/client";
import { everything } from "../../api/everything";
import { useProject } from "../../app/session";
import { feed } from "../../live/feed";
import { componentOf, summaryOf, VERSIONS, type Summary } from "./api";

const KEY = ["tree"];
/** Changes that are asked for one by one. */
const FEW = 5;
/** Milliseconds for which changes are gathered; between two times that everything is asked for; that a change is shown. */
const GATHER = 150, REST = 2000, FRESH = 4000;

export function useTree() {
  const client = useQueryClient();
  const project = useProject();
  const found = useQuery({ queryKey: KEY, queryFn: everyComponent, refetchOnMount: "always" });
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const mark = useCallback((paths: string[]) => {
    setFresh((now) => new Set([...now, ...paths]));
    setTimeout(() => setFresh((now) => new Set([...now].filter((path) => !paths.includes(path)))), FRESH);
  }, []);
  useEffect(() => followed(client, project, mark), [client, project, mark]);
  return { components: found.data, error: found.error, refetch: found.refetch, fresh };
}

async function everyComponent(): Promise<Summary[]> {
  const found = await everything<Summary>(VERSIONS, ({ path }) => path);
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

function followed(client: QueryClient, project: string, mark: (paths: string[]) => void): () => void {
  const stale = new Set<string>();
  let timer = 0;
  let isOver = false;
  const flush = async () => {
    if (client.isFetching({ queryKey: KEY })) return wait(GATHER);
    const paths = [...stale];
    stale.clear();
    try {
      const isMuch = paths.length > FEW;
      await (isMuch ? client.refetchQueries({ queryKey: KEY }, { throwOnError: true }) : Promise.all(paths.map((path) => refresh(client, path))));
      mark(paths);
      if (stale.size) wait(isMuch ? REST : GATHER);
      else timer = 0;
    } catch {
      paths.forEach((path) => stale.add(path));
      wait(REST);
    }
  };
  const wait = (pause: number) => {
    if (!isOver) timer = window.setTimeout(() => void flush(), pause);
  };
  const end = feed.listen((events) => {
    for (const event of events) {
      const isOurs = event.project === project && (event.type === "head.moved" || event.type === "version.created");
      const path = isOurs ? componentOf(event.subject) : null;
      if (path) stale.add(path);
    }
    if (stale.size && !timer) wait(GATHER);
  });
  return () => {
    end();
    isOver = true;
    clearTimeout(timer);
  };
}

/** What is not there any more stays as it was last seen. */
async function refresh(client: QueryClient, path: string): Promise<void> {
  try {
    const now = await summaryOf(path);
    client.setQueryData<Summary[]>(KEY, (all) => all && put(all, now));
  } catch (error) {
    if (!(error instanceof Failure && error.status === 404)) throw error;
  }
}

function put(all: Summary[], one: Summary): Summary[] {
  const at = all.findIndex(({ path }) => path >= one.path);
  if (at < 0) return [...all, one];
  return all[at]?.path === one.path ? all.with(at, one) : all.toSpliced(at, 0, one);
}
