/** Calls to the server. Every answer is `{success, data, meta}`; whatever is not becomes a `Failure` that says what to do. */

import { project } from "./project";

/** `status`: that of HTTP, or 0 where the server does not answer at all. */
export class Failure extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly remedy: string = "",
  ) {
    super(message);
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;

interface Request {
  method?: string;
  query?: Query | undefined;
  body?: unknown;
}

/** What is about one project; all else is about all, or is asked for a project by its filter. */
const OF_A_PROJECT = /^\/api\/(components|replay\/story|v1\/(elements|clients|policies|sync|conflicts|logs|exports?|reinjections))(\/|$)/;

export function address(path: string, query: Query = {}): string {
  const asked = OF_A_PROJECT.test(path) ? { ...query, project: query.project ?? project } : query;
  const named = Object.entries(asked).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const said = new URLSearchParams(named.map(([name, value]) => [name, String(value)])).toString();
  return said ? `${path}?${said}` : path;
}

export async function call<T>(path: string, request?: Request): Promise<T> {
  return (await answered<T>(path, request)).data;
}

export interface Answer<T> {
  data: T;
  /** Where a list goes on, if there may be more. */
  next: string | null;
}

export async function answered<T>(path: string, { method, query, body }: Request = {}): Promise<Answer<T>> {
  const response = await ask(address(path, query), {
    method: method ?? (body === undefined ? "GET" : "POST"),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  });
  if (response.status === 204) return { data: undefined as T, next: null };
  const answer = await response.json().catch(() => null);
  if (response.ok && answer?.success) return { data: answer.data as T, next: answer.meta?.next ?? null };
  if (response.status === 401) dispatchEvent(new Event("unauthorized"));
  throw new Failure(response.status, answer?.error?.message ?? response.statusText, remedyOf(answer?.error?.detail));
}

export async function text(path: string, query?: Query): Promise<string> {
  const response = await ask(address(path, query), {});
  if (response.ok) return response.text();
  const answer = await response.json().catch(() => null);
  throw new Failure(response.status, answer?.error?.message ?? response.statusText, remedyOf(answer?.error?.detail));
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    throw new Failure(0, "The server does not answer.", error instanceof Error ? error.message : "");
  }
}

function remedyOf(detail: unknown): string {
  if (typeof detail === "string") return detail;
  if (!Array.isArray(detail)) return "";
  return detail.map((one) => `${(one.loc ?? []).join(".")}: ${one.msg ?? ""}`).join("; ");
}
