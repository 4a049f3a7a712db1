/** Who is logged in, and what that allows. */

import { queryOptions } from "@tanstack/react-query";
import { createContext, useContext } from "react";

import { call, Failure } from "../api/client";
import { project } from "../api/project";
import type { Model } from "../api/types";

export type Role = "viewer" | "user" | "admin";
export type Session = Model<"Session">;

const ROLES: readonly string[] = ["viewer", "user", "admin"] satisfies Role[];

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("nobody is logged in");
  return session;
}

/** The project that the pages are about. */
export function useProject(): string {
  const { project: own } = useSession();
  return project ?? own;
}

/** Whether the reader may do what a role may, in this project or another: the server has the last word. */
export function useMay(role: Role, of?: string): boolean {
  const { role: everywhere, projects } = useSession();
  const chosen = useProject();
  return reaches([everywhere, projects[of ?? chosen]], role);
}

/** The same in some project at least. */
export function useMaySomewhere(role: Role): boolean {
  const { role: everywhere, projects } = useSession();
  return reaches([everywhere, ...Object.values(projects)], role);
}

function reaches(roles: readonly (string | null | undefined)[], needed: Role): boolean {
  return roles.some((one) => ROLES.indexOf(one ?? "") >= ROLES.indexOf(needed));
}

/** Whether the reader is an administrator of all projects: users and everybody's keys are theirs alone. */
export function useIsAdministrator(): boolean {
  return useSession().role === "admin";
}

/** The session; null where nobody is logged in. */
export const foundSession = queryOptions({
  queryKey: ["session"],
  queryFn: async () => {
    try {
      return await call<Session>("/api/session");
    } catch (error) {
      if (error instanceof Failure && error.status === 401) return null;
      throw error;
    }
  },
});
