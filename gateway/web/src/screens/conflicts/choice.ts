/** The three ways to settle a conflict, said by what they do. */

import { useCallback } from "react";

import { useWords } from "../../words";
import type { Asked, Decision } from "./ask";
import { words } from "./words";

export interface Choice {
  /** What the button does. */
  action: string;
  /** What follows from it. */
  effect: string;
}

export function useChoice(): (one: Asked, decision: Decision) => Choice {
  const say = useWords(words);
  return useCallback(
    (one, decision) => {
      const who = one.worker;
      const isOfClients = one.kind === "clients";
      if (decision === "skip") return { action: say("skip"), effect: say("skipEffect", who) };
      if (decision === "upload") {
        if (one.local_hash === null) return { action: say("uploadGone", who), effect: say("uploadGoneEffect") };
        return { action: say("upload", who), effect: say(isOfClients ? "uploadClientEffect" : "uploadEffect", who) };
      }
      if (one.server_hash === null) return { action: say("downloadGone", who), effect: say("downloadGoneEffect", who) };
      return { action: say("download", who), effect: say(isOfClients ? "downloadClientEffect" : "downloadEffect", who) };
    },
    [say],
  );
}
