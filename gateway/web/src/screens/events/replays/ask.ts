/** Replays into the log, as the server knows them. */

import { call } from "../../../api/client";
import type { LogEvent, Model } from "../../../api/types";

export type Reinjection = Model<"Reinjection">;
export type Plan = Model<"Plan">;

/** Which events of a project: some by their ids, or a range. */
export interface Chosen {
  project: string | undefined;
  ids?: string[];
  subject?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

const URL = "/api/v1/reinjections";
/** What somebody once asked for; all else followed from it, and follows anew. */
const REPLAYABLE = new Set(["change.observed", "version.activate"]);

export function isReplayable({ type }: LogEvent): boolean {
  return REPLAYABLE.has(type);
}

/** Whether an event says again what an older one said: its cause, though it begins a story. */
export function isReplayed({ id, correlationid, causationid }: LogEvent): boolean {
  return Boolean(causationid) && id === correlationid;
}

export function planOf({ project, ...selection }: Chosen): Promise<Plan> {
  return call<Plan>(`${URL}/preview`, { query: { project }, body: selection });
}

/** Begin one: up to the last event of its plan, though more should come meanwhile. */
export function begin({ project, ...selection }: Chosen, { last }: Plan, rate: number): Promise<Reinjection> {
  const before = last ? Number(last.sequence) + 1 : 0;
  return call<Reinjection>(URL, { query: { project }, body: { ...selection, before, rate } });
}

export function all(project: string | undefined): Promise<Reinjection[]> {
  return call<Reinjection[]>(URL, { query: { project } });
}

export function cancel({ id, project }: Reinjection): Promise<Reinjection> {
  return call<Reinjection>(`${URL}/${id}`, { method: "DELETE", query: { project } });
}
