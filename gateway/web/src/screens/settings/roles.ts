import type { Role } from "../../app/session";

export const ROLES: readonly Role[] = ["viewer", "user", "admin"];

/** `a=user, b=viewer` as the server takes it. */
export function projectsOf(said: string): Record<string, string> {
  const pairs = said.split(",").map((one) => one.trim()).filter(Boolean);
  return Object.fromEntries(pairs.map((one) => one.split("=").map((part) => part.trim()) as [string, string]));
}

export function shownRoles(role: string | null, projects: Record<string, string>, everywhere: string): string {
  return [...(role ? [`${role} (${everywhere})`] : []), ...Object.entries(projects).map(([name, one]) => `${name}=${one}`)].join(", ");
}
