import type { Role } from "../../app/session";

export const ROLES: readonly Role[] = ["viewer", "user", "admin"];

/** As it is typed: a role, and the projects in which it or another one holds, such as `a, b=viewer`. */
export interface Rights {
  role: Role;
  projects: string;
}

interface Given {
  role: Role | null;
  projects: Record<string, string>;
}

export function namesOf(said: string): string[] {
  return said.split(",").map((one) => one.trim()).filter(Boolean);
}

/** As the server takes it: no project means everywhere. */
export function givenBy({ role, projects }: Rights): Given {
  const pairs = namesOf(projects).map((one) => {
    const [project = "", own = role] = one.split("=").map((part) => part.trim());
    return [project, own] as const;
  });
  return pairs.length ? { role: null, projects: Object.fromEntries(pairs) } : { role, projects: {} };
}

export function typedOf({ role, projects }: { role: Role | null; projects: Record<string, string> }): Rights {
  return { role: role ?? "user", projects: shown(projects) };
}

export function shownRoles(role: string | null, projects: Record<string, string>, everywhere: string): string {
  return [...(role ? [`${role} (${everywhere})`] : []), shown(projects)].filter(Boolean).join(", ");
}

function shown(projects: Record<string, string>): string {
  return Object.entries(projects).sort().map(([name, role]) => `${name}=${role}`).join(", ");
}
