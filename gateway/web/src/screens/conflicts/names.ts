/** What the sides are called; a side that has nothing there says so. */

import type { Kind } from "../../app/waiting";
import { useWords } from "../../words";
import type { Detail } from "./ask";
import { words } from "./words";

export function useNames(kind: Kind, one: Detail): { ours: string; theirs: string; base: string } {
  const say = useWords(words);
  const server = say(kind === "clients" ? "common" : "server");
  return {
    ours: one.server_content === null ? say("gone", server) : server,
    theirs: one.local_content === null ? say("gone", one.worker) : one.worker,
    base: say("base"),
  };
}
