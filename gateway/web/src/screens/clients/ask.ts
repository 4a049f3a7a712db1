/** What is asked of the server about clients. The first words of the keys say which news make an answer old. */

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { call, text } from "../../api/client";
import type { Model } from "../../api/types";

export type Client = Model<"ClientShown">;
export type Session = Model<"SessionShown">;
export type SessionDetail = Model<"SessionDetail">;
export type Element = Model<"CentralElement">;
export type Preview = Model<"Preview">;
export type Move = Model<"ElementMove">;
export type Policy = Model<"PolicyRecord">;
export type Strategy = Policy["strategy"];
export type Scope = Client["scope"];

export const SCOPES: readonly Scope[] = ["project", "user"];
export const KINDS = ["servers", "rules", "permissions"] as const;
export type ElementKind = (typeof KINDS)[number];

/** The clients that can be kept in step: what each is called in commands, and what people call it. */
export const TYPES: Readonly<Record<string, string>> = {
  agents: "AGENTS.md", claude: "Claude Code", cline: "Cline", codex: "Codex CLI", continue: "Continue", copilot: "GitHub Copilot CLI",
  cursor: "Cursor", gemini: "Gemini CLI", kiro: "Kiro", opencode: "opencode", qwen: "Qwen Code", roo: "Roo Code / Zoo Code",
  rovodev: "Rovo Dev CLI", vscode: "VS Code (GitHub Copilot)", windsurf: "Windsurf / Devin", zed: "Zed",
};

const BASE = "/api/v1/clients";
const PAGE = 50;

export const everyClient = queryOptions({ queryKey: ["sync", "clients"], queryFn: () => call<Client[]>(BASE) });

export function clientOf(name: string) {
  return queryOptions({ queryKey: ["sync", "clients", name], queryFn: () => call<Client>(`${BASE}/${encodeURIComponent(name)}`) });
}

/** What the next sync would do; it is asked for whenever somebody looks. */
export function previewOf(name: string) {
  return queryOptions({
    queryKey: ["clients", "preview", name],
    queryFn: () => call<Preview>(`${BASE}/${encodeURIComponent(name)}/preview`),
    refetchOnMount: "always",
    gcTime: 0,
  });
}

export function elementsOf(scope: Scope) {
  return queryOptions({
    queryKey: ["clients", "elements", scope],
    queryFn: () => call<Element[]>("/api/v1/elements", { query: { scope } }),
  });
}

export function movesOf(path: string) {
  return infiniteQueryOptions({
    queryKey: ["clients", "moves", path],
    queryFn: ({ pageParam }) =>
      call<Move[]>("/api/v1/elements/history", { query: { path, limit: PAGE, before: pageParam } }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => (page.length === PAGE ? page.at(-1)?.move : undefined),
  });
}

export function sessionsOf(client: string) {
  return infiniteQueryOptions({
    queryKey: ["sync", "sessions", client],
    queryFn: ({ pageParam }) =>
      call<Session[]>("/api/v1/sync/sessions", { query: { client, limit: PAGE, before: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page.length === PAGE ? page.at(-1)?.id : undefined),
  });
}

export function sessionOf(id: string) {
  return queryOptions({ queryKey: ["sync", "session", id], queryFn: () => call<SessionDetail>(`/api/v1/sync/sessions/${id}`) });
}

/** What a session left never changes. */
export function leftOf(url: string) {
  return queryOptions({ queryKey: ["left", url], queryFn: () => text(url) });
}

export function policyOf(scope: Scope) {
  return queryOptions({ queryKey: ["policies", scope], queryFn: () => call<Policy>(`/api/v1/policies/${scope}`) });
}

export function add(body: Pick<Client, "type" | "scope" | "config_path" | "machine"> & { name: string | null }): Promise<Client> {
  return call<Client>(BASE, { body });
}

export function settle(name: string, settings: Client["settings"]): Promise<Client> {
  return call<Client>(`${BASE}/${encodeURIComponent(name)}`, { method: "PATCH", body: { settings } });
}

export function forget(name: string): Promise<void> {
  return call(`${BASE}/${encodeURIComponent(name)}`, { method: "DELETE" });
}

export function trigger(clients: string[] | null): Promise<Session[]> {
  return call<Session[]>("/api/v1/sync/trigger", { body: { clients } });
}
