/** Who is logged in, and what that allows. */

import { useQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";

import { call, Failure } from "../api/client";
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

/** Whether the reader may do what a role may. */
export function useMay(role: Role): boolean {
  return ROLES.indexOf(useSession().role) >= ROLES.indexOf(role);
}

/** The session; null where nobody is logged in. */
export function useFoundSession() {
  return useQuery({
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
}
