/** Lets in who is logged in; everybody else sees the log-in. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, type ReactNode } from "react";

import { Waiting } from "../parts/Waiting";
import { Wrong } from "../parts/Wrong";
import { LogIn } from "../screens/login/LogIn";
import { foundSession, SessionContext } from "./session";

export function Gate({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const { data: session, error, refetch } = useQuery(foundSession);
  useEffect(() => {
    const ended = () => client.setQueryData(["session"], null);
    addEventListener("unauthorized", ended);
    return () => removeEventListener("unauthorized", ended);
  }, [client]);
  if (session) return <SessionContext value={session}>{children}</SessionContext>;
  if (session === null) return <LogIn onEntered={() => void client.resetQueries()} />;
  return error ? <Wrong error={error} onRetry={() => void refetch()} /> : <Waiting />;
}
