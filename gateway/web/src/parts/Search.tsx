/** A search field that keeps what is typed in the address, as `q`. The key `/` leads to it. */

import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useSearchParams } from "react-router";

export function useSearched(): string {
  return (useSearchParams()[0].get("q") ?? "").trim().toLowerCase();
}

export function Search({ label }: { label: string }) {
  const [asked, ask] = useSearchParams();
  const field = useRef<HTMLInputElement>(null);
  const said = asked.get("q") ?? "";
  useEffect(() => {
    if (field.current && field.current !== document.activeElement) field.current.value = said;
  }, [said]);
  const search = (text: string) =>
    ask(
      (now) => {
        if (text) now.set("q", text);
        else now.delete("q");
        return now;
      },
      { replace: true },
    );
  return (
    <TextInput
      ref={field}
      type="search"
      aria-label={label}
      placeholder={label}
      defaultValue={said}
      leftSection={<IconSearch size={16} aria-hidden />}
      onChange={(event) => search(event.currentTarget.value)}
      data-search
    />
  );
}
