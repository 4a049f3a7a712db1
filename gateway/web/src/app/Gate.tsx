/** Lets in who is logged in; everybody else sees the log-in. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, type ReactNode } from "react";

import { Waiting } from "../parts/Waiting";
import { Wrong } from "../parts/Wrong";
import { LogIn } from "../screens/login/LogIn";
import { base, home } from "../api/project";
import { foundSession, SessionContext, type Session } from "./session";

export function Gate({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const { data: session, error, refetch } = useQuery(foundSession);
  useEffect(() => {
    const ended = () => client.setQueryData(["session"], null);
    addEventListener("unauthorized", ended);
    return () => removeEventListener("unauthorized", ended);
  }, [client]);
  const elsewhere = session && elsewhereOf(session);
  useEffect(() => {
    if (elsewhere) location.replace(elsewhere);
  }, [elsewhere]);
  if (elsewhere) return <Waiting />;
  if (session) return <SessionContext value={session}>{children}</SessionContext>;
  if (session === null) return <LogIn onEntered={() => void client.resetQueries()} />;
  return error ? <Wrong error={error} onRetry={() => void refetch()} /> : <Waiting />;
}

/** Who may see nothing of the server's own project begins with another one. */
function elsewhereOf({ role, projects, project: own }: Session): string | null {
  const [first] = Object.keys(projects).sort();
  return base || role || own in projects || !first ? null : `${home(first, own)}${location.pathname}${location.search}`;
}
