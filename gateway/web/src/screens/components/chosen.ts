/** Which two versions are compared: as the address says, else the newest one with the one before it. */

import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";

import { call, Failure } from "../../api/client";
import { versionOf, VERSIONS, type Version } from "./api";
import type { History, Row } from "./history";

export interface Chosen {
  /** Null: it is compared with nothing. Undefined, as the other: it is being asked for. */
  from: Row | null | undefined;
  to: Row | undefined;
  compareWith: (number: number) => void;
}

const NOTHING = "0";

export function useChosen(history: History): Chosen {
  const [asked, ask] = useSearchParams();
  const said = asked.get("from");
  const named = useMeant(history, asked.get("to"));
  const to = named === null ? history.rows[0] : named;
  const before = useMeant(history, to ? String(to.number - 1) : null);
  const other = useMeant(history, said);
  const from = said === NOTHING ? null : other === null ? before : other;
  const compareWith = (number: number) =>
    ask(
      (now) => {
        now.set("from", String(number));
        if (to) now.set("to", String(to.number));
        return now;
      },
      { replace: true },
    );
  return { from, to, compareWith };
}

/**
 * The version that somebody means by its number or its hash, wherever in the history it lies; of those that are loaded
 * also by the beginning of its hash. Null: there is none. Undefined: it is being asked for.
 */
function useMeant({ path, now, rows, rowOf }: History, said: string | null): Row | null | undefined {
  const number = said !== null && /^\d{1,7}$/.test(said) ? Number(said) : null;
  const loaded = number === null ? rows.find(({ hash }) => said !== null && hash.startsWith(said)) : rows[(rows[0]?.number ?? 0) - number];
  const mayBe = number === null ? /^[0-9a-f]{16}$/.test(said ?? "") : number > 0 && number <= now.version_count;
  const { data, error } = useQuery({
    queryKey: ["version", path, said],
    queryFn: () => (number === null ? versionNamed(path, said ?? "") : versionOf(path, number)),
    enabled: !loaded && mayBe,
  });
  if (loaded) return loaded;
  if (!mayBe || error) return null;
  return data && rowOf(data);
}

async function versionNamed(path: string, hash: string): Promise<Version | null> {
  try {
    return await call<Version>(`${VERSIONS}/hash/${hash}`, { query: { path } });
  } catch (error) {
    if (error instanceof Failure && error.status === 404) return null;
    throw error;
  }
}
