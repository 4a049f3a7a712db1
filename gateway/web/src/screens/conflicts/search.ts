/** What is searched for, kept in the address. */

import { useSearchParams } from "react-router";

import type { Asked } from "./ask";

export function useSearch() {
  const [query, setQuery] = useSearchParams();
  const text = query.get("q") ?? "";
  const kind = query.get("kind") ?? "";
  const look = (said: Record<string, string>) =>
    setQuery(
      (before) => {
        const next = new URLSearchParams(before);
        Object.entries(said).forEach(([name, value]) => (value ? next.set(name, value) : next.delete(name)));
        return next;
      },
      { replace: true },
    );
  const fits = (one: Asked) => (!kind || one.kind === kind) && `${one.path} ${one.worker}`.toLowerCase().includes(text.toLowerCase());
  return { text, kind, look, fits };
}
