/** Decisions about dead letters: first how many they are about, then page by page until none is left. */

import { call } from "../../../api/client";
import type { Model } from "../../../api/types";
import type { LetterFilter } from "./filter";

export type Decision = "retry" | "discard";
export type Chosen = { ids: string[] } | { filter: LetterFilter };
type Decided = Model<"Decided">;

/** How many wait for a decision. Nothing is decided. */
export function counted(chosen: Chosen): Promise<Decided> {
  return call<Decided>("/api/dead/retry", { body: { ...chosen, dry_run: true } });
}

export async function decide(decision: Decision, chosen: Chosen, reason: string, tell: (done: number) => void): Promise<number> {
  const why = decision === "discard" ? { reason } : {};
  let behind: Decided["next"] = null;
  let done = 0;
  do {
    const answer: Decided = await call<Decided>(`/api/dead/${decision}`, { body: { ...chosen, ...why, ...(behind ? { behind } : {}) } });
    const [refused] = answer.refused;
    if (refused) throw new Error(refused.reason);
    done += answer.decided.length;
    tell(done);
    behind = answer.next;
  } while (behind);
  return done;
}
