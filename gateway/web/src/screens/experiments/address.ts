/** What of a list is open, filtered or chosen, kept in the address. */

import { useSearchParams } from "react-router";

export function useAsked(name: string): [value: string | null, set: (value: string | null) => void] {
  const [asked, ask] = useSearchParams();
  const set = (value: string | null) =>
    ask(
      (now) => {
        if (value === null) now.delete(name);
        else now.set(name, value);
        return now;
      },
      { replace: true },
    );
  return [asked.get(name), set];
}
