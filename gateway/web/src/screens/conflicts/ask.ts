/** What is asked of the server about conflicts: both sides, what they started from, and the decision. */

import { queryOptions } from "@tanstack/react-query";

import { call, Failure } from "../../api/client";
import type { Model } from "../../api/types";
import { KINDS, type Conflict, type Kind } from "../../app/waiting";

export type Detail = Model<"ConflictDetail">;
export type Decision = Model<"Decide">["decision"];

/** A conflict together with the kind that it is of. */
export type Asked = Conflict & { kind: Kind };

export const DECISIONS: readonly Decision[] = ["upload", "download", "skip"];

const MOVES = 1000;

export function oneOf(kind: Kind, id: string) {
  return queryOptions({ queryKey: ["conflicts", kind, id], queryFn: () => call<Detail>(`${KINDS[kind]}/${id}`) });
}

/** What the worker started from; null where that is not kept. */
export function baseOf(kind: Kind, one: Conflict) {
  return queryOptions({
    queryKey: ["base", kind, one.path, one.base_hash],
    queryFn: () => (one.base_hash === null ? null : kept(kind, one.path, one.base_hash)),
  });
}

async function kept(kind: Kind, path: string, hash: string): Promise<string | null> {
  try {
    if (kind === "components") return (await call<Model<"ComponentVersion">>(`/api/components/versions/hash/${hash}`)).content;
    const moves = await call<Model<"ElementMove">[]>("/api/v1/elements/history", { query: { path, limit: MOVES } });
    return moves.find((move) => move.hash === hash)?.content ?? null;
  } catch (error) {
    if (error instanceof Failure && error.status === 404) return null;
    throw error;
  }
}

/** What is wrong with what somebody would make of both sides. */
export type Checked = Model<"Checked">;

export function checkOf(one: Conflict, content: string) {
  return queryOptions({
    queryKey: ["check", one.id, one.server_hash, content],
    queryFn: () => call<Checked>(`${KINDS.clients}/${one.id}/check`, { body: { content } }),
    gcTime: 60_000,
  });
}

/** Settle a conflict of configurations by what was made of both sides, as they were seen. */
export function merge(one: Conflict, content: string): Promise<Conflict> {
  return call<Conflict>(`${KINDS.clients}/${one.id}/merge`, { body: { content, server_hash: one.server_hash } });
}

/** Settle a conflict as it was seen: whoever was first is told of by the server. */
export function decide(one: Asked, decision: Decision): Promise<Conflict> {
  return call<Conflict>(`${KINDS[one.kind]}/${one.id}`, { body: { decision, server_hash: one.server_hash } });
}
