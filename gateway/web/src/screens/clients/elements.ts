/** Elements by name, and letting one stand as it did. */

import { call, Failure } from "../../api/client";
import type { Model } from "../../api/types";
import { KINDS, type ElementKind } from "./ask";

/** As whose change a roll-back is written down, as `headrace clients rollback` does. */
const AUTHOR = "rollback";

export interface Named {
  kind: ElementKind;
  name: string;
}

/** What a path `SCOPE/KIND/NAME` names. */
export function named(path: string): Named {
  const [, kind = "", quoted = ""] = path.split("/");
  return { kind: KINDS.find((one) => one === kind) ?? "servers", name: unquoted(quoted) };
}

function unquoted(said: string): string {
  try {
    return decodeURIComponent(said);
  } catch {
    return said;
  }
}

/** Let an element stand as `content` in the place of what has the hash `base`; null: gone. What stands then. */
export async function stand(path: string, content: string | null, base: string | null): Promise<string | null> {
  const element = { id: crypto.randomUUID?.() ?? fresh(), path, content, base };
  const [settled] = await call<Model<"SettledElement">[]>("/api/v1/elements", { body: { client: AUTHOR, elements: [element] } });
  if (settled?.error) throw new Failure(422, settled.error);
  if (!settled?.stands) throw new Failure(409, "Somebody was first.", "Look at what stands now, then decide again.");
  return settled.active_hash;
}

/** An id where the page is not served over TLS. */
function fresh(): string {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
