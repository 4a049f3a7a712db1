/** How a conflict between a client and the common configuration is decided under a policy, as machines decide it. */

import type { Conflict } from "../../../app/waiting";
import type { Client, Element, ElementKind, Policy } from "../ask";
import { named } from "../elements";

export type Winner = "person" | "server" | "client";

export interface Contest {
  id: string;
  path: string;
  kind: ElementKind;
  worker: string;
  /** The client's type, which is what a policy names. */
  client: string;
  /** Whose change stands in the common configuration. */
  author: string;
  /** Whether the client's change came after the one that stands. */
  isLater: boolean;
  /** Whether it would let agents do more: then a person decides, whatever the policy says. */
  isWider: boolean;
}

const BOTH = "both sides have changed ";

export function contestsOf(conflicts: readonly Conflict[], clients: readonly Client[], elements: readonly Element[]): Contest[] {
  const types = new Map(clients.map((one) => [one.name, one.type]));
  const standing = new Map(elements.map((one) => [one.path, one]));
  return conflicts.map(({ id, path, worker, why, created_at }) => {
    const stands = standing.get(path);
    return {
      id, path, worker,
      kind: named(path).kind,
      client: types.get(worker) ?? worker.split("@", 1)[0] ?? worker,
      author: stands?.author.split("/").at(-1) ?? "",
      isLater: !stands || Date.parse(created_at) >= Date.parse(stands.changed_at),
      isWider: !why.startsWith(BOTH),
    };
  });
}

export function winner(policy: Policy, one: Contest): Winner {
  if (one.isWider || one.kind === "permissions") return "person";
  const special = policy.kinds?.[one.kind];
  const scores = { ...policy.priorities, ...special?.priorities };
  const [mine, other] = [scores[one.author] ?? 0, scores[one.client] ?? 0];
  if (mine !== other) return other > mine ? "client" : "server";
  const strategy = special?.strategy ?? policy.strategy;
  if (strategy === "manual-review") return "person";
  if (strategy === "central-authoritative") return "server";
  return one.isLater ? "client" : "server";
}
