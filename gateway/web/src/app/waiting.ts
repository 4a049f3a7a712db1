/** What waits for a person: components and configurations that were changed on two sides. */

import { useQueries } from "@tanstack/react-query";

import { call } from "../api/client";
import type { Model } from "../api/types";

export type Conflict = Model<"Conflict">;

/** Where the conflicts of each kind are asked for and decided. */
export const KINDS = { components: "/api/components/conflicts", clients: "/api/v1/conflicts" } as const;
export type Kind = keyof typeof KINDS;

export function pendingOf(kind: Kind) {
  return {
    queryKey: ["conflicts", kind, "pending"],
    queryFn: () => call<Conflict[]>(KINDS[kind], { query: { state: "pending", limit: 500 } }),
  };
}

export function useWaiting(): number {
  const found = useQueries({ queries: [pendingOf("components"), pendingOf("clients")] });
  return found.reduce((sum, one) => sum + (one.data?.length ?? 0), 0);
}
