/** Calls to the server. Every answer is `{success, data, meta}`; whatever is not becomes a `Failure` that says what to do. */

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

export function address(path: string, query: Query = {}): string {
  const named = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const said = new URLSearchParams(named.map(([name, value]) => [name, String(value)])).toString();
  return said ? `${path}?${said}` : path;
}

export async function call<T>(path: string, { method, query, body }: Request = {}): Promise<T> {
  const response = await ask(address(path, query), {
    method: method ?? (body === undefined ? "GET" : "POST"),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  });
  if (response.status === 204) return undefined as T;
  const answer = await response.json().catch(() => null);
  if (response.ok && answer?.success) return answer.data as T;
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
