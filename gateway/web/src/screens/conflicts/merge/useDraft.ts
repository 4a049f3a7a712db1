/** A draft in a component: begun or taken up again, kept as long as it is sound, forgotten once all is decided. */

import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { useSession } from "../../../app/session";
import { checkOf, type Checked, type Detail } from "../ask";
import { begun, type Draft, type Sides } from "./draft";
import { forget, keep, kept } from "./drafts";

/** Milliseconds after which nobody types any more. */
const PAUSE = 300;

export interface Drafting {
  draft: Draft;
  /** Whether it is another than the one that it begins with. */
  isTouched: boolean;
  change: (next: Draft) => void;
  restart: () => void;
}

export function useDraft(one: Detail, sides: Sides): Drafting {
  const { name } = useSession();
  const [touched, setTouched] = useState<Draft | null>(() => kept(name, one.id));
  const restart = () => {
    forget(name, one.id);
    setTouched(null);
  };
  return { draft: touched ?? begun(sides, one.server_hash), isTouched: touched !== null, change: setTouched, restart };
}

export interface Verdict {
  /** What the server has said last. */
  checked: Checked | undefined;
  /** Whether that is of this very content, and nothing is wrong with it. */
  isSound: boolean;
  error: Error | null;
}

export function useVerdict(one: Detail, content: string): Verdict {
  const [asked] = useDebouncedValue(content, PAUSE);
  const { data, error, isPlaceholderData } = useQuery({ ...checkOf(one, asked), placeholderData: keepPreviousData });
  const isCurrent = asked === content && !isPlaceholderData;
  return { checked: data, isSound: isCurrent && data?.flaws.length === 0, error };
}

/** Keep a draft that the server has found sound: what is not may hold a secret. Whether it is kept. */
export function useKept(one: Detail, { draft, isTouched }: Drafting, isSound: boolean): boolean {
  const { name } = useSession();
  const [saved, setSaved] = useState<Draft | null>(null);
  useEffect(() => {
    if (isTouched && isSound) setSaved(keep(name, one.id, draft) ? draft : null);
  }, [name, one.id, draft, isTouched, isSound]);
  return isTouched && saved === draft;
}

export function useForgotten(one: Detail): void {
  const { name } = useSession();
  useEffect(() => {
    if (one.state !== "pending") forget(name, one.id);
  }, [name, one.id, one.state]);
}
